import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/**
 * `npm start` with a shell script in Electron's place. It needs a build, which `npm test` has just made, and it
 * runs on Linux alone, where a display may be missing.
 */

const built = existsSync(join('out', 'main', 'cli.js'));
const asRoot = process.getuid?.() === 0;

let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'wirewatch-launcher-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  code: number | null;
  output: string;
}

/** Starts the launcher, ends it once `until` was printed, and gives what it said. */
function start(env: Record<string, string>, args: string[], until?: RegExp): Promise<Run> {
  return new Promise((resolve) => {
    const words = ['scripts/start.mjs', '--port', '0', '--data-dir', join(folder, 'data'), ...args];
    // The sandbox refuses root; the launcher is not to be told of it where the test itself runs as root.
    const child = spawn(process.execPath, [...(asRoot ? ['--import', pretendUser()] : []), ...words], {
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (until?.test(output)) child.kill('SIGTERM');
      });
    }
    child.once('close', (code) => resolve({ code, output }));
  });
}

function pretendUser(): string {
  const file = join(folder, 'user.mjs');
  writeFileSync(file, 'process.getuid = () => 1000;');
  return file;
}

/** An Electron that says how it was started and ends with `code`. */
function fakeElectron(code: number): Record<string, string> {
  const file = join(folder, 'electron');
  writeFileSync(file, `#!/bin/sh\necho "desktop $* node=[$ELECTRON_RUN_AS_NODE]"\nexit ${code}\n`);
  chmodSync(file, 0o755);
  return { ELECTRON_OVERRIDE_DIST_PATH: folder, DISPLAY: ':99' };
}

describe.skipIf(!built || process.platform !== 'linux')('npm start', () => {
  it('says in one line that there is no display, serves instead, and stops with 0', async () => {
    const { code, output } = await start({}, [], /http:\/\/127\.0\.0\.1:\d+/);
    expect(output).toMatch(/^There is no display .*Open this in a browser:$/m);
    expect(output).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
    expect(code).toBe(0);
  });

  it('starts the desktop app with its arguments, never as a plain Node, and ends as it ends', async () => {
    const env = { ...fakeElectron(0), ELECTRON_RUN_AS_NODE: '1' };
    const { code, output } = await start(env, []);
    expect(output).toMatch(/^desktop .* --port=0 --data-dir=\S+ node=\[\]$/m);
    expect(code).toBe(0);
  });

  it('serves instead when the desktop app breaks down at its start', async () => {
    const { code, output } = await start(fakeElectron(133), [], /http:\/\/127\.0\.0\.1:\d+/);
    expect(output).toContain('The desktop window could not start (exit code 133)');
    expect(code).toBe(0);
  });
});
