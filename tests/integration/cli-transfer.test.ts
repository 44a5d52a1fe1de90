import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CLI, runCli, startCli, type CliProcess } from '../fakes/cli-process';

let folder: string;
let running: CliProcess[] = [];

beforeAll(() => {
  if (!existsSync(CLI)) throw new Error('These tests need the built command line: run "npm run build".');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirewatch-transfer-'));
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

/** Not older than what a hub keeps by itself. */
const RECENTLY = Math.floor(Date.now() / 3_600_000 - 24) * 3_600_000;

/** Lines of NDJSON as the hub writes them: every kind of number, odd names, counters that begin anew. */
function sampleFile(seed: number): string {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.constantFrom(-0, 0.1, Number.MIN_VALUE, Number.MAX_VALUE, 2 ** 53),
  );
  const heads = [
    { device: 'nas', metric: 'a', labels: {}, unit: 'By', kind: 'gauge' },
    { device: 'nas', metric: 'b', labels: { q: '"x",\n', z: 'é𝅝' }, unit: '', kind: 'counter' },
    { device: 'pump:1', metric: '=1+1', labels: {}, unit: 'Cel', kind: 'gauge' },
  ];
  let text = '';
  for (const [i, head] of heads.entries()) {
    const values = fc.sample(value, { seed: seed + i, numRuns: 3_000 });
    const t = values.map((_, row) => RECENTLY + row * 1_000 + (row % 7) + i);
    const v = values.map((each) => (Object.is(each, -0) ? '-0' : String(each)));
    text += `${JSON.stringify(head).slice(0, -1)},"t":[${t.join()}],"v":[${v.join()}]}\n`;
  }
  return text;
}

function samplesOf(ndjson: string): Map<string, [number, number][]> {
  const found = new Map<string, [number, number][]>();
  for (const line of ndjson.split('\n').filter(Boolean)) {
    const { t, v, ...head } = JSON.parse(line) as { t: number[]; v: number[] };
    const samples = found.get(JSON.stringify(head)) ?? [];
    for (const [i, time] of t.entries()) samples.push([time, v[i] ?? Number.NaN]);
    found.set(JSON.stringify(head), samples);
  }
  return found;
}

describe('wirewatch import and export', () => {
  it('bring everything from one hub to another, to the last bit, over HTTP and from folder to folder', async () => {
    const original = sampleFile(7);
    writeFileSync(at('in.ndjson'), original);
    const first = await serve('first');
    const imported = await runCli(['import', at('in.ndjson'), '--url', first.url]);
    expect(imported).toMatchObject({ code: 0, stdout: '' });
    expect(imported.stderr).toContain('imported 9000 samples');
    const exported = await runCli([
      'export',
      '--url',
      first.url,
      '--format',
      'ndjson',
      '--output',
      at('out.ndjson'),
    ]);
    expect(exported.code).toBe(0);
    expect(samplesOf(readFileSync(at('out.ndjson'), 'utf8'))).toEqual(samplesOf(original));

    expect((await runCli(['export', '--data-dir', at('first')])).stderr).toContain('in use');
    await stop(first.cli);
    expect((await runCli(['import', at('out.ndjson'), '--data-dir', at('second')])).code).toBe(0);
    const copied = await runCli(['export', '--data-dir', at('second'), '--format', 'ndjson']);
    expect(samplesOf(copied.stdout)).toEqual(samplesOf(original));

    const second = await serve('second');
    const { devices } = (await (await fetch(`${second.url}/api/v1/devices`)).json()) as {
      devices: Record<string, unknown>[];
    };
    expect(devices).toMatchObject([
      { id: 'nas', approval: 'approved', seriesCount: 2 },
      { id: 'pump:1', approval: 'approved', seriesCount: 1 },
    ]);
  });

  it('take nothing from a folder, however old it is and however long they take', async () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => i);
    const text = `{"device":"a","metric":"n","unit":"","kind":"gauge","t":[${rows.map((i) => 1_600_000_000_000 + i * 1_000).join()}],"v":[${rows.join()}]}\n`;
    writeFileSync(at('in.ndjson'), text);
    expect((await runCli(['import', at('in.ndjson'), '--data-dir', at('old')])).code).toBe(0);
    const args = ['export', '--data-dir', at('old'), '--format', 'ndjson'];
    // Held up by whom it writes to: the history is open all the while.
    const slow = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(slow.stdout, 'readable');
    const chunks: Buffer[] = [];
    for await (const chunk of slow.stdout) chunks.push(chunk as Buffer);
    const first = samplesOf(Buffer.concat(chunks).toString());
    expect([...first.values()].map((samples) => samples.length)).toEqual([40_000]);
    expect(samplesOf((await runCli(args)).stdout)).toEqual(first);
  });

  it('write CSV with rates, of what was asked for', async () => {
    const hub = await serve('hub');
    writeFileSync(
      at('in.ndjson'),
      '{"device":"a","metric":"n","kind":"counter","unit":"By","t":[1000,2000,3000],"v":[0,50,10]}\n',
    );
    expect((await runCli(['import', at('in.ndjson'), '--url', hub.url, '--device', 'b'])).code).toBe(0);
    const args = [
      'export',
      '--url',
      hub.url,
      '--device',
      'b',
      '--metric',
      'n',
      '--to',
      '1970-01-01T00:00:03Z',
    ];
    expect((await runCli([...args, '--time', 'ms'])).stdout).toBe(
      'time,device,metric,labels,unit,value\r\n2000,b,n,,By/s,50\r\n',
    );
    expect((await runCli([...args, '--raw'])).stdout).toContain('1970-01-01T00:00:01.000Z,b,n,,By,0\r\n');
  });

  it('pass the token on, and say when it is missing', async () => {
    const hub = await serve('hub', '--ui-token=a-secret-of-this-test');
    const refused = await runCli(['export', '--url', hub.url, '--output', at('out.csv')]);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(/^wirewatch: .*token.*\n$/i);
    expect(readdirSync(folder)).not.toContain('out.csv');
    expect((await runCli(['export', '--url', hub.url, '--token', 'a-secret-of-this-test'])).code).toBe(0);
  });

  it('name the line that is wrong', async () => {
    const hub = await serve('hub');
    writeFileSync(at('in.ndjson'), '{"device":"a","metric":"n","t":[1],"v":[1]}\nnonsense\n');
    const failed = await runCli(['import', at('in.ndjson'), '--url', hub.url]);
    expect(failed).toMatchObject({ code: 2, stderr: 'wirewatch: Line 2: This is not valid JSON.\n' });
  });

  it.each([
    [['import', '/nowhere/in.ndjson'], 2, /does not exist/],
    [['import', '-', '--url', 'http://127.0.0.1:9'], 1, /No hub answers at/],
    [['export', '--from', 'yesterday'], 2, /"from"/],
    [['export', '--data-dir', '/nowhere'], 2, /contains no history/],
    [['export', '--data-dir', '.', '--url', 'http://localhost'], 2, /cannot be used with/],
    [['export', '--url', 'ws://localhost'], 2, /must be a URL/],
  ])('end %j with %i and one sentence', async (args, code, message) => {
    const line = '{"device":"a","metric":"n","t":[1],"v":[1]}\n';
    const ended = await runCli(args, args[1] === '-' ? { input: line } : {});
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('recover', () => {
  it('copies what can be read of a damaged history, keeps that, and says what is lost', async () => {
    writeFileSync(at('in.ndjson'), sampleFile(7));
    expect((await runCli(['import', at('in.ndjson'), `--data-dir=${at('hub')}`])).code).toBe(0);
    const before = await runCli(['export', `--data-dir=${at('hub')}`, '--format=ndjson']);
    const path = join(at('hub'), 'history', 'history.db');
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 0, 4_096);
    writeFileSync(path, bytes);
    const single = await runCli(['recover', path, '--json']);
    expect([single.code, JSON.parse(single.stdout)]).toMatchObject([0, { kept: path, lost: [] }]);
    expect(readFileSync(path)).toEqual(bytes);
    const recovered = await runCli(['recover', at('hub')]);
    expect(recovered.stdout).toMatch(
      /^Saved to .*: \d+ samples .*\nThe old file is .*\nNothing is lost\.\n$/,
    );
    expect(recovered.code).toBe(0);
    const aside = readdirSync(join(at('hub'), 'history')).find((name) => name.includes('damaged'));
    expect(readFileSync(join(at('hub'), 'history', aside ?? ''))).toEqual(bytes);
    const after = await runCli(['export', `--data-dir=${at('hub')}`, '--format=ndjson']);
    expect(after.stdout).toBe(before.stdout);
    expect((await runCli(['recover', at('nowhere')])).code).toBe(2);
  });
});
