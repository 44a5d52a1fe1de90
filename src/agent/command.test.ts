import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { build } from 'vite';
import { CLOSE } from '@shared/protocol/close-codes';
import { createAgentCommand, parseTime } from './command';
import { parseSpoolAge, parseSpoolBytes } from './spool-options';
import { stateLine } from './state-lines';
import { startTestHub } from './testing/test-hub';
import { eventually } from '../../tests/patience';
import { temporaryFolder } from './testing/test-support';
import { AGENT_VERSION } from './version';

const root = resolve(import.meta.dirname, '../..');
const outDir = join(root, 'node_modules', '.cache', 'wirewatch-agent-test');

/** Runs the bundle alone in an empty folder, as on a machine where nothing is installed. */
function run(...args: string[]) {
  return runOn(process.execPath, ...args);
}

/** The oldest Node that the agent supports, if this machine has it. */
const node20 = ['/usr/bin/node', '/usr/local/bin/node'].find(
  (path) => existsSync(path) && execFileSync(path, ['--version'], { encoding: 'utf8' }).startsWith('v20.'),
);

function runOn(node: string, ...args: string[]) {
  const folder = temporaryFolder();
  copyFileSync(join(outDir, 'wirewatch-agent.mjs'), join(folder, 'wirewatch-agent.mjs'));
  const child = spawn(node, ['wirewatch-agent.mjs', ...args], {
    cwd: folder,
    env: { ...process.env, XDG_CONFIG_HOME: folder, APPDATA: folder, HOME: folder },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const output = { out: '', err: '' };
  child.stdout.on('data', (data) => (output.out += String(data)));
  child.stderr.on('data', (data) => (output.err += String(data)));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  return { child, output, exited, folder };
}

describe('the agent as one file', () => {
  beforeAll(async () => {
    await build({
      configFile: join(root, 'vite.agent.config.ts'),
      logLevel: 'error',
      build: { outDir, emptyOutDir: true },
    });
  });

  it('is one file', () => {
    const parts = readdirSync(outDir).filter((name) => name !== 'licenses.json');
    expect(parts).toEqual(['wirewatch-agent.mjs']);
  });

  it('reports to a hub and, told to stop, closes with 1001 and ends with 0', async () => {
    const hub = await startTestHub();
    const { child, output, exited } = run(
      hub.url,
      '--name',
      'nas',
      '--interval',
      '100ms',
      '--only',
      'cpu,memory',
    );
    const peer = await hub.peer(1);
    const hello = await peer.welcome();
    await peer.rows(2);
    expect(hello.device.name).toBe('nas');
    const names = (await peer.schema()).series.map((s) => s.name);
    expect(names.every((name) => /^system\.(cpu|memory)\./.test(name))).toBe(true);
    child.kill('SIGTERM');
    // Windows has no signals that a program can handle.
    if (process.platform !== 'win32') expect(await exited).toBe(0);
    expect(peer.closed).toEqual({ code: CLOSE.goingAway, reason: 'the agent is stopping' });
    expect(output.out).toMatch(
      /^\d\d:\d\d:\d\d connected to ws:\/\/127\.0\.0\.1:\d+\/agent as nas \(approved\)$/m,
    );
    expect(output.err).toBe('');
  });

  it('reports its states as JSON lines', async () => {
    const hub = await startTestHub();
    const { child, output, exited } = run(hub.url, '--json', '--only', 'uptime');
    await (await hub.peer(1)).welcome({ state: 'pending' });
    await eventually(() => output.out.includes('"pending"'));
    child.kill('SIGINT');
    // Windows has no signals that a program can handle.
    if (process.platform !== 'win32') expect(await exited).toBe(0);
    const states = output.out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { state: string }).state);
    expect(states).toEqual(['connecting', 'pending', 'stopped']);
  });

  it('says clearly, and with exit code 2, that another process is this device', async () => {
    const hub = await startTestHub();
    const dataDir = temporaryFolder();
    run(hub.url, '--name', 'twin', '--data-dir', dataDir);
    await (await hub.peer(1)).hello();
    const second = run(hub.url, '--name', 'twin', '--data-dir', dataDir);
    expect(await second.exited).toBe(2);
    expect(second.output.err).toMatch(
      /^wirewatch: An agent named "twin" is already running on this machine.*\n$/,
    );
  });

  const nodes: [string, string][] = [['this Node', process.execPath]];
  if (node20 !== undefined) nodes.push(['Node 20', node20]);
  it.each(nodes)(
    'killed and started again under %s, sends what was not confirmed, once, beside new rows',
    async (_, node) => {
      const hub = await startTestHub();
      const dataDir = temporaryFolder();
      const args = [hub.url, '--interval', '100ms', '--only', 'uptime', '--data-dir', dataDir];
      const first = runOn(node, ...args);
      const before = await hub.peer(1);
      const { stream: old = '' } = await before.welcome();
      await before.rows(6);
      first.child.kill('SIGKILL');
      await first.exited;
      const sent = new Map(before.all('rows').map((m) => [m.seq, m.rows[0]]));

      const second = runOn(node, ...args);
      const after = await hub.peer(2);
      const hello = await after.welcome({ acked: { [old]: 2 } });
      expect(hello.stream).not.toBe(old);
      after.acknowledgeAll();
      await eventually(() => after.all('backlog').at(-1)?.remaining === 0);
      const backlog = after.all('rows').filter((m) => m.stream === old);
      const again = backlog.flatMap((m) =>
        m.rows.map((row, i) => [m.seq - m.rows.length + 1 + i, row] as const),
      );
      expect(again.map(([seq]) => seq)).toEqual(again.map((_row, i) => 3 + i));
      expect(again.length).toBeGreaterThanOrEqual(4);
      for (const [seq, row] of again) if (sent.has(seq)) expect(row).toEqual(sent.get(seq));
      await eventually(() => after.all('rows').filter((m) => m.stream === undefined).length >= 3);
      expect(after.all('rows').find((m) => m.stream === undefined)?.seq).toBe(1);
      second.child.kill('SIGTERM');
      expect(await second.exited).toBe(0);
      expect(second.output.err).toBe('');
    },
  );

  it('keeps nothing with --no-spool', async () => {
    const hub = await startTestHub();
    const dataDir = temporaryFolder();
    const args = [hub.url, '--interval', '100ms', '--only', 'uptime', '--data-dir', dataDir, '--no-spool'];
    const { child, exited } = run(...args);
    await (await hub.peer(1)).welcome();
    await (await hub.peer(1)).rows(3);
    expect(existsSync(join(dataDir, 'spool'))).toBe(false);
    child.kill('SIGTERM');
    // Windows has no signals that a program can handle.
    if (process.platform !== 'win32') expect(await exited).toBe(0);
  });

  it.each([
    [['ws://nas', '--spool-bytes', 'much'], /Use a size from 1MiB/],
    [['ws://nas', '--spool-age', '5 parsecs'], /Use a time from 1min/],
    [['ftp://nas'], /not a hub's address/],
    [['ws://nas', '--interval', 'often'], /Use a time from 100ms/],
    [['ws://nas', '--only', 'cpu,weather'], /There is no collector "weather"/],
    [['ws://nas', '--frobnicate'], /unknown option '--frobnicate'/],
    [['nas', '--fingerprint', 'AB:CD'], /A fingerprint is 64 hex digits/],
    [['nas', '--ca', '/nowhere/ca.pem'], /authority's certificate cannot be read/],
    [['--forget-hub', 'nas'], /No hub at nas is known/],
  ])('ends with 2 and one line for %j', async (args, message) => {
    const { output, exited } = run(...args);
    expect(await exited).toBe(2);
    expect(output.err.trim().split('\n')).toHaveLength(1);
    expect(output.err).toMatch(message);
    expect(output.out).toBe('');
  });
});

describe('the command line', () => {
  it('is of the version that the package says', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(AGENT_VERSION).toBe(manifest.version);
  });

  it('explains itself', () => {
    const help = createAgentCommand().helpInformation();
    for (const flag of ['--name', '--interval', '--tags', '--token', '--only', '--json', '--data-dir']) {
      expect(help).toContain(flag);
    }
  });

  it.each([
    ['250ms', 250],
    ['5s', 5_000],
    ['1.5s', 1_500],
    ['2', 2_000],
    ['1min', 60_000],
    ['1h', 3_600_000],
  ])('takes %s as %d ms', (text, ms) => {
    expect(parseTime(text)).toBe(ms);
  });

  it.each([
    ['64MiB', 64 * 1024 ** 2],
    ['1 GiB', 1024 ** 3],
    ['500mb', 5e8],
    ['1048576', 1024 ** 2],
  ])('takes %s as %d bytes', (text, bytes) => {
    expect(parseSpoolBytes(text)).toBe(bytes);
  });

  it.each([
    ['12h', 12 * 3_600_000],
    ['7d', 7 * 86_400_000],
    ['1.5d', 36 * 3_600_000],
    ['90 min', 90 * 60_000],
  ])('takes %s as an age of %d ms', (text, ms) => {
    expect(parseSpoolAge(text)).toBe(ms);
  });

  it.each(['', '7', '1s', '20y', '-1d', '100KiB', '1e9', '5000GiB'])('refuses %j as size or age', (text) => {
    expect(() => parseSpoolAge(text)).toThrow();
    expect(() => parseSpoolBytes(text.replace(/^7$/, '7B'))).toThrow();
  });

  it.each(['', 'x', '5 parsecs', '1ms', '2h', '-5s', '__proto__'])('refuses %j as a time', (text) => {
    expect(() => parseTime(text)).toThrow();
  });
});

describe('lines about the state', () => {
  const about = { url: 'ws://hub/agent', name: 'nas', device: 'd' };
  const waiting = {
    state: 'waiting',
    lost: true,
    code: 1006,
    reason: 'it was silent for 35 s',
    retryInMs: 2_700,
    queuedRows: 0,
  } as const;

  it('say what happens in words', () => {
    expect(stateLine({ state: 'pending', ...about, session: 's', code: null, mismatch: false }, null)).toBe(
      'connected to ws://hub/agent as nas; waiting for approval in the app',
    );
    const pending = { state: 'pending', ...about, session: 's', code: '482913', mismatch: false } as const;
    expect(stateLine(pending, { ...pending, code: null })).toBe(
      'Compare 482 913 with Wirewatch, then approve nas there',
    );
    expect(stateLine({ ...pending, mismatch: true }, { ...pending, code: null })).toContain('DO NOT APPROVE');
    expect(stateLine({ ...waiting, code: 4001, retryInMs: 60_000 }, null)).toBe(
      'the hub does not admit this device; trying again in 1 min',
    );
    expect(stateLine(waiting, null)).toBe('lost the hub (it was silent for 35 s), trying again in 3 s');
    expect(stateLine({ ...waiting, lost: false, reason: 'nothing is listening there' }, null)).toBe(
      'cannot reach the hub (nothing is listening there), trying again in 3 s',
    );
    expect(stateLine({ ...waiting, retryInMs: 300_000 }, { state: 'rejected', ...about })).toBe(
      'nas was rejected in the app; trying again in 5 min',
    );
  });

  it('are left out where nothing is new', () => {
    const pending = { state: 'pending', ...about, session: 's', code: null, mismatch: false } as const;
    expect(stateLine(pending, pending)).toBeNull();
    expect(stateLine({ state: 'connecting', url: 'x' }, waiting)).toBeNull();
  });
});
