import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CLI, runCli, startCli, type CliProcess } from '../fakes/cli-process';

let folder: string;
let running: CliProcess[] = [];

beforeAll(() => {
  if (!existsSync(CLI)) throw new Error('These tests need the built command line: run "npm run build".');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirewatch-handover-'));
});
afterEach(async () => {
  for (const each of running) each.kill();
  await Promise.all(running.map(({ ended }) => ended));
  running = [];
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);

async function serve(name: string, ...args: string[]): Promise<{ cli: CliProcess; url: string }> {
  const cli = startCli([
    'serve',
    '--port=0',
    '--host=127.0.0.1',
    '--no-local-agent',
    '--no-advertise',
    '--json',
    `--data-dir=${at(name)}`,
    ...args,
  ]);
  running.push(cli);
  return { cli, url: String((await cli.event('ready'))['url']) };
}

async function stop(cli: CliProcess): Promise<void> {
  cli.kill('SIGTERM');
  expect((await cli.ended).code).toBe(0);
}

const get = async (url: string, path: string): Promise<unknown> => (await fetch(`${url}/${path}`)).json();
const RECENTLY = Math.floor(Date.now() / 3_600_000 - 24) * 3_600_000;

function samples(device: string, metric: string, count: number): string {
  const t = Array.from({ length: count }, (_, i) => RECENTLY + i * 1_000);
  const v = t.map((_, i) => Math.sin(i) * 100);
  return `${JSON.stringify({ device, metric, labels: {}, unit: 'W', kind: 'gauge', t, v })}\n`;
}

describe('wirewatch backup and restore', () => {
  it('hand everything of a running hub over to a new folder, to the last bit', async () => {
    const first = await serve('first', '--admit=open');
    writeFileSync(at('in.ndjson'), samples('nas', 'power', 5_000) + samples('pump', 'flow', 3_000));
    expect((await runCli(['import', at('in.ndjson'), '--url', first.url])).code).toBe(0);
    writeFileSync(at('passphrase'), 'correct horse battery\n');
    const file = at('hub.backup');
    const saved = await runCli(['backup', file, '--url', first.url, '--passphrase-file', at('passphrase')]);
    expect(saved.stderr).toContain('saved ');
    expect(saved.code).toBe(0);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = (await runCli(['export', '--url', first.url, '--format', 'ndjson'])).stdout;
    const audit = JSON.stringify(await get(first.url, 'api/v1/audit'));
    expect(audit).toContain('Made a backup with history, with sealed secrets.');

    // The hub that runs is not touched, and says so.
    const beside = await runCli([
      'restore',
      file,
      '--data-dir',
      at('first'),
      '--replace',
      '--passphrase-file',
      at('passphrase'),
    ]);
    expect(beside).toMatchObject({ code: 2 });
    expect(beside.stderr).toContain('A hub is running on');
    await stop(first.cli);

    const listed = await runCli(['restore', file, '--list']);
    expect(listed.stdout).toMatch(
      /2 devices, 0 boards, history from .*\n.*sealed with a passphrase.\nIt is whole.\n/,
    );
    const wrong = await runCli(['restore', file, '--data-dir', at('second')]);
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('need its passphrase') as string,
    });
    const restored = await runCli([
      'restore',
      file,
      '--data-dir',
      at('second'),
      '--passphrase-file',
      at('passphrase'),
    ]);
    expect(restored.stderr).toContain('restored 2 devices');
    expect(restored.code).toBe(0);
    expect(readFileSync(join(at('second'), 'tls', 'key.pem'))).toEqual(
      readFileSync(join(at('first'), 'tls', 'key.pem')),
    );

    const second = await serve('second', '--admit=ask');
    expect((await runCli(['export', '--url', second.url, '--format', 'ndjson'])).stdout).toBe(before);
    expect(JSON.stringify(await get(second.url, 'api/v1/audit'))).toContain('Restored the backup of');
    await stop(second.cli);

    const again = await runCli([
      'restore',
      file,
      '--data-dir',
      at('second'),
      '--passphrase-file',
      at('passphrase'),
    ]);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('--replace') as string });
    const replaced = await runCli([
      'restore',
      file,
      '--data-dir',
      at('second'),
      '--replace',
      '--passphrase-file',
      at('passphrase'),
    ]);
    expect(replaced.stderr).toContain('the former data is in');
    expect(readdirSync(at('second')).some((name) => name.startsWith('before-restore-'))).toBe(true);
  });

  it('of a folder whose hub does not run, without history and without secrets', async () => {
    const first = await serve('first', '--admit=open');
    writeFileSync(at('in.ndjson'), samples('nas', 'power', 100));
    expect((await runCli(['import', at('in.ndjson'), '--url', first.url])).code).toBe(0);
    const busy = await runCli(['backup', at('hub.backup'), '--data-dir', at('first')]);
    expect(busy).toMatchObject({ code: 2, stderr: expect.stringContaining('A hub is running') as string });
    await stop(first.cli);
    const saved = await runCli(['backup', at('hub.backup'), '--data-dir', at('first'), '--no-history']);
    expect(saved.code).toBe(0);
    const restored = await runCli(['restore', at('hub.backup'), '--data-dir', at('second')]);
    expect(restored.code).toBe(0);
    expect(restored.stderr).toContain('the backup has no secrets');
    const second = await serve('second');
    expect(JSON.stringify(await get(second.url, 'api/v1/devices'))).toContain('"nas"');
    const { entries } = (await get(second.url, 'api/v1/audit')) as { entries: { by: { kind: string } }[] };
    expect(entries[0]?.by.kind).toBe('command');
    expect((await runCli(['export', '--url', second.url, '--format', 'ndjson'])).stdout).toBe('');
  });
});
