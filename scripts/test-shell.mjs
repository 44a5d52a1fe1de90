import { spawn } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installWithApt } from './lib/apt.mjs';
import { borrowElectron } from './lib/borrowed-electron.mjs';
import { ensureBuild } from './lib/build.mjs';
import { electronEnvironment, findElectron } from './lib/electron.mjs';
import { capture } from './lib/processes.mjs';
import { inProject, requireNode, root } from './lib/project.mjs';

// `npm run test:shell`: runs the desktop tests on a real Electron. On Linux without a display they run under Xvfb, and
// for root as another user, because Electron's sandbox does not run as root. If that is impossible, the script says why
// and skips them.

/** Debian's packages, and how to tell that each is installed. */
const NEEDED = [
  ['xvfb', 'command -v Xvfb'],
  ['unzip', 'command -v unzip'],
  ['libgtk-3-0', 'ldconfig -p | grep -q libgtk-3.so.0'],
  ['libnss3', 'ldconfig -p | grep -q libnss3.so'],
  ['libasound2', 'ldconfig -p | grep -q libasound.so.2'],
  ['libgbm1', 'ldconfig -p | grep -q libgbm.so.1'],
];
/** The user `nobody` of Debian. */
const NOBODY = 65_534;

const isRoot = process.getuid?.() === 0;
await ensureBuild();
process.exitCode = await run();

async function run() {
  const headless = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
  if (process.platform === 'linux') await installMissing();
  const own = findElectron();
  const borrowed = own ? null : await borrowElectron();
  if (borrowed?.why) return skip(`no Electron could be had: ${borrowed.why}`);
  if (isRoot && !(await canRead())) return skip(`another user than root cannot read ${root}`);
  const display = headless ? await startDisplay() : null;
  if (headless && !display) return skip('there is no display, and Xvfb could not be started');
  const home = mkdtempSync(join(tmpdir(), 'wirewatch-shell-'));
  if (isRoot) chownSync(home, NOBODY, NOBODY);
  try {
    return await playwright(
      {
        ...electronEnvironment(),
        ...(borrowed ? { ELECTRON_OVERRIDE_DIST_PATH: borrowed.folder } : {}),
        ...(display ? { DISPLAY: display.name } : {}),
        ...(isRoot ? { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), TMPDIR: home } : {}),
        // No browser is needed, so none is searched for.
        CHROMIUM_PATH: process.execPath,
      },
      home,
    );
  } finally {
    display?.end();
    rmSync(home, { recursive: true, force: true });
  }
}

function skip(why) {
  console.log(`skipped the desktop tests: ${why}`);
  return 0;
}

async function installMissing() {
  const missing = [];
  for (const [name, test] of NEEDED) if ((await capture('sh', ['-c', test])).code !== 0) missing.push(name);
  if (missing.length === 0 || !isRoot) return;
  await installWithApt(missing, (what) => console.log(`      ${what}`));
}

/** Whether `nobody` can read the project. */
function canRead() {
  return new Promise((resolve) => {
    const child = spawn('test', ['-r', inProject('out', 'main', 'index.js')], { uid: NOBODY, gid: NOBODY });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
}

/** Starts an X server of its own, which chooses a free number; null if none could be started. */
function startDisplay() {
  return new Promise((resolve) => {
    const args = ['-displayfd', '1', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'];
    const child = spawn('Xvfb', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    child.on('error', () => resolve(null));
    child.on('close', () => resolve(null));
    child.stdout.once('data', (number) =>
      resolve({ name: `:${String(number).trim()}`, end: () => child.kill() }),
    );
  });
}

function playwright(env, home) {
  return new Promise((resolve) => {
    const cli = inProject('node_modules', '@playwright', 'test', 'cli.js');
    const args = [cli, 'test', '--project', 'electron', '--workers', '1', '--output', join(home, 'results')];
    const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
    const child = spawn(requireNode(), args, { cwd: root, env, stdio: 'inherit', ...user });
    child.on('error', () => resolve(1));
    child.on('close', (code) => resolve(code ?? 1));
  });
}
