import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCli, type CliProcess } from '../fakes/cli-process';
import { makeReadOnly, whyNotReadOnly } from '../fakes/read-only-folder';

const reason = whyNotReadOnly();
const title = `a data folder that cannot be written${reason === null ? '' : ` (skipped: ${reason})`}`;

let root: string;
let data: string;
let running: CliProcess | null = null;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wirewatch-ro-'));
  data = join(root, 'data');
});
afterEach(async () => {
  running?.kill();
  await running?.ended;
  rmSync(root, { recursive: true, force: true });
});

async function serve(): Promise<string> {
  running = startCli(['serve', '--json', '--port', '0', '--host', '127.0.0.1', '--data-dir', data]);
  return String((await running.event('ready'))['url']);
}

async function stop(): Promise<string> {
  running?.kill('SIGTERM');
  expect(await running?.ended).toEqual({ code: 0, signal: null });
  return running?.stderr ?? '';
}

/** This machine's devices that have sent something, by state. */
async function devicesOf(url: string): Promise<{ id: string; state: string; seriesCount: number }[]> {
  const response = await fetch(`${url}/api/v1/devices`);
  return ((await response.json()) as { devices: { id: string; state: string; seriesCount: number }[] })
    .devices;
}

function filesIn(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return Object.fromEntries(
    files.map((one) => {
      const path = join(one.parentPath, one.name);
      return [path, readFileSync(path).toString('base64')];
    }),
  );
}

describe.skipIf(reason !== null)(title, () => {
  it('is said to be so, stays as it is, and everything else works', async () => {
    const before = await serve();
    await expect.poll(() => devicesOf(before)).toMatchObject([{ state: 'online' }]);
    await expect.poll(async () => (await devicesOf(before))[0]?.seriesCount).toBeGreaterThan(20);
    const id = (await devicesOf(before))[0]?.id;
    await stop();
    const files = filesIn(data);

    const readOnly = makeReadOnly(data);
    try {
      const url = await serve();
      await expect.poll(async () => (await devicesOf(url))[0]?.seriesCount).toBeGreaterThan(20);
      await expect.poll(() => devicesOf(url)).toMatchObject([{ id, state: 'online' }]);
      const stderr = await stop();
      expect(stderr).toContain(`The data folder ${data} is not writable:`);
      expect(stderr).toContain('Nothing is stored until history opens');
      // Not once more with each thing that would have been saved.
      expect(stderr.trimEnd().split('\n').length).toBeLessThan(6);
    } finally {
      readOnly.undo();
    }
    expect(filesIn(data)).toEqual(files);

    const after = await serve();
    await expect.poll(() => devicesOf(after)).toMatchObject([{ state: 'online' }]);
  });
});
