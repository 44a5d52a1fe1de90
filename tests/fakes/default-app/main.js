// Starts the app in the folder passed to Electron, as Electron's own default app does; a packaged Electron has none. It
// is a module, because Electron delays `ready` until its main module has finished.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const [program, ...args] = process.argv;
const require = createRequire(import.meta.url);

function start() {
  // Playwright loads its side of the protocol with `-r FILE`.
  while (args.length > 0) {
    const arg = args.shift();
    if (arg === '-r') require(args.shift());
    else if (!arg.startsWith('-')) return run(resolve(arg));
  }
  throw new Error('No folder was given.');
}

async function run(folder) {
  const { name, productName, version, main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  process.argv = [program, folder, ...args];
  app.name = productName ?? name;
  app.setVersion(version);
  app.setAppPath(folder);
  await import(pathToFileURL(join(folder, main)).href);
}

try {
  await start();
} catch (error) {
  console.error(error);
  process.exit(1);
}
