import { ensureBuild } from './lib/build.mjs';
import { electronEnvironment, findElectron, installElectron, whyNoWindow } from './lib/electron.mjs';
import { endLike, takeOver } from './lib/processes.mjs';
import { inProject, requireNode, root } from './lib/project.mjs';

// `npm start`: opens the desktop app if possible, else the same program in a browser.

const args = process.argv.slice(2);
/** If Electron fails within this time, it never opened its window. */
const FAILED_START_MS = 10_000;

await ensureBuild();
endLike(await start());

async function start() {
  const reason = whyNoWindow();
  if (reason) return headless(`${reason}`);
  let electron = findElectron();
  if (!electron) {
    const installed = await installElectron();
    if (!installed.path) return headless(`Electron could not be downloaded (${installed.why})`);
    electron = installed.path;
  }
  const ended = await takeOver(electron, [root, ...joinValues(args)], { env: electronEnvironment() });
  const failed = ended.signal ? !['SIGINT', 'SIGTERM', 'SIGHUP'].includes(ended.signal) : ended.code !== 0;
  if (failed && ended.ms < FAILED_START_MS) {
    return headless(`The desktop window could not start (${ended.signal ?? `exit code ${ended.code}`})`);
  }
  return ended;
}

function headless(why) {
  console.error(`${why}, so Wirewatch runs without a window. Open this in a browser:`);
  return takeOver(requireNode(), [inProject('out', 'main', 'cli.js'), 'serve', ...args]);
}

/** Writes `--port 7500` as `--port=7500`, the only form that Chromium's command line accepts. */
function joinValues(words) {
  const joined = [];
  for (const word of words) {
    const last = joined.at(-1);
    if (!word.startsWith('-') && last?.startsWith('--') && !last.includes('='))
      joined[joined.length - 1] = `${last}=${word}`;
    else joined.push(word);
  }
  return joined;
}
