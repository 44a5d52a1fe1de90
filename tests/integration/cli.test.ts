import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { isNodeNewEnough } from '../../src/main/commands/newer-node';
import { CLI, runCli, startCli, type CliProcess } from '../fakes/cli-process';

/** Windows has no signals that a program can answer, and other permissions than modes. */
const onWindows = process.platform === 'win32';

/** So long `ws` waits for a peer that does not answer the close frame; stopping must not. */
const WS_CLOSE_TIMEOUT_MS = 30_000;

let folder: string;
let running: CliProcess[] = [];

beforeAll(() => {
  if (!existsSync(CLI)) throw new Error('These tests need the built command line: run "npm run build".');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirewatch-cli-'));
});
afterEach(async () => {
  for (const each of running) each.kill();
  await Promise.all(running.map(({ ended }) => ended));
  running = [];
  rmSync(folder, { recursive: true, force: true });
});

/** `serve` on a free port of loopback with a folder of its own. */
function serve(...args: string[]): CliProcess {
  const started = startCli([
    'serve',
    '--port=0',
    '--host=127.0.0.1',
    `--data-dir=${join(folder, 'data')}`,
    ...args,
  ]);
  running.push(started);
  return started;
}

async function readyUrl(cli: CliProcess): Promise<string> {
  return String((await cli.event('ready'))['url']);
}

async function devicesOf(url: string): Promise<Record<string, unknown>[]> {
  const response = await fetch(`${url}/api/v1/devices`);
  return ((await response.json()) as { devices: Record<string, unknown>[] }).devices;
}

describe('wirewatch serve', () => {
  it('tells where it listens in its first line of JSON, and answers there', async () => {
    const cli = serve('--json', '--no-local-agent');
    const ready = await cli.event('ready');
    expect(JSON.parse(cli.stdout.split('\n')[0] ?? '')).toEqual(ready);
    expect(ready['url']).toBe(`http://127.0.0.1:${String(ready['port'])}`);
    expect(ready['link']).toMatch(/#code=[\w-]{22}$/);
    const health = await fetch(`${String(ready['url'])}/healthz`);
    expect(await health.json()).toMatchObject({ status: 'ok' });
  });

  it.skipIf(onWindows)('keeps its data for this user alone', async () => {
    const cli = serve('--json', '--no-local-agent');
    await cli.event('ready');
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
  });

  it('watches this very computer within seconds, and its values change', async () => {
    const cli = serve('--json');
    const url = await readyUrl(cli);
    await expect
      .poll(async () => (await devicesOf(url))[0])
      .toMatchObject({ state: 'online', kind: 'computer', local: true });
    await expect
      .poll(async () => Number((await devicesOf(url))[0]?.['seriesCount']))
      .toBeGreaterThanOrEqual(30);
    const [device] = await devicesOf(url);
    const query = `${url}/api/v1/query?device=${String(device?.['id'])}&metric=system.uptime`;
    await expect
      .poll(async () => {
        const { series } = (await (await fetch(query)).json()) as { series: { t: number[] }[] };
        return series[0]?.t.length ?? 0;
      })
      .toBeGreaterThanOrEqual(2);
  });

  it('does not watch this computer with --no-local-agent', async () => {
    const cli = serve('--json', '--no-local-agent');
    expect(await devicesOf(await readyUrl(cli))).toEqual([]);
  });

  it('tells people what to open, and how to stop', async () => {
    const cli = serve('--no-local-agent');
    await expect.poll(() => cli.stdout).toContain('Stop');
    expect(cli.stdout).toMatch(/Open +http:\/\/127\.0\.0\.1:\d+\/#code=/);
    expect(cli.stdout).toMatch(/Agents +wss:\/\/127\.0\.0\.1:\d+/);
    expect(cli.stderr).toBe('');
  });

  it.skipIf(onWindows).each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'stops cleanly on %s, with people connected',
    async (signal) => {
      const cli = serve('--json');
      const url = await readyUrl(cli);
      const echo = new WebSocket(`${url.replace('http', 'ws')}/echo`);
      await once(echo, 'open');
      const goodbye = once(echo, 'close') as Promise<[number]>;
      const startedAt = performance.now();
      cli.kill(signal);
      expect(await cli.ended).toEqual({ code: 0, signal: null });
      expect(performance.now() - startedAt).toBeLessThan(WS_CLOSE_TIMEOUT_MS);
      expect((await goodbye)[0]).toBe(1001);
      expect(cli.stdout.trim().split('\n').at(-1)).toBe('{"event":"stopped"}');
    },
  );

  it.skipIf(onWindows)('stops in time although a peer answers nothing', async () => {
    const cli = serve('--json', '--no-local-agent');
    const url = await readyUrl(cli);
    const echo = new WebSocket(`${url.replace('http', 'ws')}/echo`);
    await once(echo, 'open');
    echo.pause();
    const startedAt = performance.now();
    cli.kill('SIGTERM');
    expect((await cli.ended).code).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(WS_CLOSE_TIMEOUT_MS);
    echo.terminate();
  });

  it('goes on when nobody reads its output any more', async () => {
    const cli = serve('--json', '--no-local-agent');
    const url = await readyUrl(cli);
    cli.child.stdout.destroy();
    const echo = new WebSocket(`${url.replace('http', 'ws')}/`);
    await once(echo, 'open');
    echo.send('{"id":"probe","temp":1}');
    await expect.poll(async () => (await devicesOf(url)).length).toBe(1);
    expect(cli.child.exitCode).toBeNull();
    echo.terminate();
  });

  it('approves nobody by itself, unless told to with --admit open', async () => {
    for (const [policy, state] of [
      ['ask', 'pending'],
      ['open', 'online'],
    ]) {
      const cli = serve('--json', '--no-local-agent', `--admit=${policy}`);
      const url = await readyUrl(cli);
      const board = new WebSocket(`${url.replace('http', 'ws')}/`);
      await once(board, 'open');
      board.send('{"id":"probe","temp":21.5}');
      await expect.poll(async () => (await devicesOf(url))[0]?.['state']).toBe(state);
      board.terminate();
    }
  });

  it('asks for the UI token when it is given one', async () => {
    const cli = serve('--json', '--no-local-agent', '--ui-token=open-sesame-open');
    const url = await readyUrl(cli);
    expect((await fetch(`${url}/api/v1/devices`)).status).toBe(401);
    const headers = { Authorization: 'Bearer open-sesame-open' };
    expect((await fetch(`${url}/api/v1/devices`, { headers })).status).toBe(200);
  });

  it('obeys the limits it is given', async () => {
    const cli = serve('--json', '--no-local-agent', '--limit', 'sessions=1', '--limit', 'messageBytes=1000');
    const url = (await readyUrl(cli)).replace('http', 'ws');
    const first = new WebSocket(`${url}/echo`);
    await once(first, 'open');
    const second = new WebSocket(`${url}/echo`);
    const [, response] = (await once(second, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(503);
    first.send('x'.repeat(1_001));
    const [code] = (await once(first, 'close')) as [number];
    expect(code).toBe(1009);
    second.on('error', () => {});
    second.terminate();
  });
});

describe('what cannot be started', () => {
  it('is a port in use: one line, exit 2', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, stdout, stderr } = await runCli([
      'serve',
      `--port=${port}`,
      '--host=127.0.0.1',
      `--data-dir=${folder}`,
    ]);
    other.close();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^wirewatch: .*in use.*\n$/);
  });

  it('is a folder that cannot be written: one line, exit 2', async () => {
    writeFileSync(join(folder, 'file'), '');
    const unwritable = [join(folder, 'file', 'below')];
    if (process.platform === 'linux') unwritable.push('/proc/wirewatch');
    for (const path of unwritable) {
      const { code, stderr } = await runCli(['serve', '--port=0', `--data-dir=${path}`]);
      expect(code, path).toBe(2);
      expect(stderr, path).toMatch(/^wirewatch: .*cannot be used.*\n$/);
    }
  });

  it.each([
    ['an unknown flag', ['serve', '--frobnicate']],
    ['an unknown command', ['frobnicate']],
    ['a port that is none', ['serve', '--port', '70000']],
    ['a missing value', ['serve', '--port']],
    ['an unknown limit', ['serve', '--limit', 'patience=3']],
    ['a limit without a value', ['serve', '--limit', 'sessions']],
    ['a limit of zero', ['serve', '--limit', 'sessions=0']],
    ['an unknown policy', ['serve', '--admit', 'maybe']],
    ['an unknown store', ['serve', '--store', 'tape']],
    ['an address that is not here', ['serve', '--port=0', '--host=203.0.113.7']],
    ['an argument too many', ['serve', 'now']],
    ['a host name with a port', ['serve', '--allow-host', 'a.example:80']],
    ['an origin with a path', ['serve', '--allow-origin', 'https://a.example/x']],
    ['a token with a space', ['serve', '--ui-token', 'a secret with spaces']],
    ['a token that can be guessed', ['serve', '--ui-token', 'fifteen-letters']],
    ['a viewer token that can be guessed', ['serve', '--ui-viewer-token', 'x']],
    ['no devices', ['demo', '--devices', '0']],
    ['an agent with an address that is none', ['agent', 'ftp://nas']],
  ])('is %s: one line, exit 2', async (_, args) => {
    const { code, stdout, stderr } = await runCli(args, { env: { XDG_DATA_HOME: folder } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^wirewatch: .+\n$/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('on a Node that is too old for the hub', () => {
  const old = findOldNode();

  it.skipIf(old === null)('serve runs under the newer one that is installed with it', async () => {
    const cli = startCli(['serve', '--port=0', '--host=127.0.0.1', `--data-dir=${folder}`, '--json'], {
      node: old ?? '',
    });
    running.push(cli);
    const url = await readyUrl(cli);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    cli.kill('SIGTERM');
    expect(await cli.ended).toEqual({ code: 0, signal: null });
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  it.skipIf(old === null)('nothing is left running when serve is killed', async () => {
    const cli = startCli(['serve', '--port=0', '--host=127.0.0.1', `--data-dir=${folder}`, '--json'], {
      node: old ?? '',
    });
    const url = await readyUrl(cli);
    cli.kill('SIGKILL');
    await cli.ended;
    await expect.poll(() => fetch(`${url}/healthz`).catch(() => 'gone')).toBe('gone');
  });

  it.skipIf(old === null)('the exit code is passed on', async () => {
    const args = ['serve', '--port=0', '--host=203.0.113.7', `--data-dir=${folder}`];
    const { code, stderr } = await runCli(args, { node: old ?? '' });
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('wirewatch', () => {
  it.each([[['--help']], [['serve', '--help']], [['demo', '--help']], [['agent', '--help']], [[]]])(
    'explains itself: %j',
    async (args) => {
      const { code, stdout } = await runCli(args);
      expect(code).toBe(0);
      expect(stdout).toContain('Usage: wirewatch');
    },
  );

  it('tells its version', async () => {
    const { code, stdout } = await runCli(['--version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

/** A Node before 22.16 on this machine, if there is one. */
function findOldNode(): string | null {
  const places = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((place) => !place.includes('node_modules'));
  for (const place of places) {
    const path = join(place, 'node');
    if (!existsSync(path)) continue;
    const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim().slice(1);
    if (!isNodeNewEnough(version)) return path;
  }
  return null;
}
