import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright';
import { installWithApt } from './apt.mjs';
import { capture } from './processes.mjs';
import { inProject } from './project.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const USUAL_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** Finds a Chromium that runs: $CHROMIUM_PATH, Playwright's own, or the system's. Null if there is none. */
export async function findChromium() {
  const candidates = [process.env.CHROMIUM_PATH, playwrightsOwn(), ...onPath(), ...USUAL_PLACES];
  for (const path of candidates) if (path && existsSync(path) && (await runs(path))) return path;
  return null;
}

/**
 * Like {@link findChromium}, but installs a browser if there is none: Playwright's, otherwise the distribution's if
 * this process may install it. `say` is called before slow steps.
 */
export async function ensureChromium(say = () => {}) {
  const found = await findChromium();
  if (found) return found;
  say('installing a Chromium for the browser tests');
  const cli = inProject('node_modules', 'playwright', 'cli.js');
  await capture(process.execPath, [cli, 'install', 'chromium'], {
    env: { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '8000' },
    limitMs: 90_000,
  });
  const downloaded = await findChromium();
  if (downloaded) return downloaded;
  await installWithApt(['chromium'], say);
  return findChromium();
}

function playwrightsOwn() {
  try {
    return chromium.executablePath();
  } catch {
    return undefined;
  }
}

function onPath() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/** Whether a browser runs: one whose libraries are missing exists but cannot print its version. */
async function runs(path) {
  // Chrome for Windows answers --version by opening a window.
  if (process.platform === 'win32') return true;
  const { code } = await capture(path, ['--version'], { limitMs: 15_000 });
  return code === 0;
}
