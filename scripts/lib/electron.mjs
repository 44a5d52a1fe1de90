import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { capture } from './processes.mjs';
import { startProgress } from './progress.mjs';
import { requireNode } from './project.mjs';

// `require('electron')` on plain Node starts a download and throws; only its package.json is safe to resolve.
const packageFile = createRequire(import.meta.url).resolve('electron/package.json');
const folder = dirname(packageFile);

const STALLED_AFTER_MS = 30_000;
const LIMIT_MS = 10 * 60_000;

export const electronVersion = JSON.parse(readFileSync(packageFile, 'utf8')).version;

/** Returns the Electron program, or null if its binary was not downloaded yet. */
export function findElectron() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  let name;
  try {
    name = readFileSync(join(folder, 'path.txt'), 'utf8').trim();
  } catch {
    name = undefined;
  }
  if (override) {
    const path = join(override, name ?? (process.platform === 'win32' ? 'electron.exe' : 'electron'));
    return existsSync(path) ? path : null;
  }
  if (!name) return null;
  const path = join(folder, 'dist', name);
  return existsSync(path) ? path : null;
}

/** Returns why Electron cannot show a window here, as the start of a sentence; null if it can. */
export function whyNoWindow() {
  if (process.platform !== 'linux') return null;
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (!DISPLAY && !WAYLAND_DISPLAY) return 'There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)';
  if (process.getuid?.() === 0) return 'Electron’s sandbox does not run as root';
  return null;
}

/** Electron's environment without a variable, left over from some editors, that would make it a plain Node. */
export function electronEnvironment() {
  const env = { ...process.env };
  delete env.ELECTRON_RUN_AS_NODE;
  return env;
}

/**
 * Runs Electron's own installer with visible progress, as long as the download grows. Resolves with the
 * program, or with `{why}`.
 */
export async function installElectron() {
  const temporary = mkdtempSync(join(tmpdir(), 'wirewatch-electron-'));
  const progress = startProgress(`Downloading Electron ${electronVersion}, once`);
  const stop = new AbortController();
  const env = {
    ...electronEnvironment(),
    TMPDIR: temporary,
    TEMP: temporary,
    TMP: temporary,
    ELECTRON_GET_NO_PROGRESS: '1',
    // The installer uses Node's own fetch, which ignores proxy settings unless this is set.
    NODE_USE_ENV_PROXY: '1',
  };
  let bytes = 0;
  let grownAt = Date.now();
  const watch = setInterval(() => {
    const now = sizeOf(temporary);
    if (now !== bytes) {
      bytes = now;
      grownAt = Date.now();
      progress.update(`${(bytes / 1e6).toFixed(0)} MB`);
    } else if (Date.now() - grownAt > STALLED_AFTER_MS) stop.abort();
  }, 1_000);
  const options = { env, limitMs: LIMIT_MS, stopOn: stop.signal };
  const result = await capture(requireNode(), [join(folder, 'install.js')], options);
  clearInterval(watch);
  rmSync(temporary, { recursive: true, force: true });
  const found = result.code === 0 ? findElectron() : null;
  progress.end(found ? 'done' : 'failed');
  if (found) return { path: found };
  return { why: result.timedOut ? 'the download stood still' : reasonIn(result.output) };
}

function sizeOf(path) {
  try {
    return readdirSync(path, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  } catch {
    // The file was moved away while it was counted.
    return 0;
  }
}

/** Returns the most informative line of the installer's output. */
function reasonIn(output) {
  if (/fetch failed|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT/.test(output))
    return 'its server cannot be reached';
  const message = /Error: ([^\n]+)/.exec(output);
  return message ? message[1].trim() : 'its installer failed';
}
