import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CLOSE } from '@shared/protocol/close-codes';
import type { RowsMessage } from '@shared/protocol/agent-messages';
import { createAgent, type AgentOptions, type AgentState } from './agent';
import type { Collector } from './collectors/collector';
import { createMemoryQueue } from './memory-queue';
import { startTestHub } from './testing/test-hub';
import { eventually } from '../../tests/patience';
import { recordingLogger, temporaryFolder } from './testing/test-support';

/** How long `ws` waits for a peer that does not answer the close frame; an agent must not wait that long. */
const WS_CLOSE_TIMEOUT_MS = 30_000;

/** One series whose value rises by one with each row, so that lost and repeated rows can be seen. */
function counting(): Collector {
  let value = 0;
  return {
    name: 'cpu',
    everyMs: 0,
    read: (slots) => slots.set('a', value++, () => ({ name: 'count', unit: '1', kind: 'gauge' })),
  };
}

async function start(url: string, more: Partial<AgentOptions> = {}) {
  const log = recordingLogger();
  const states: AgentState[] = [];
  const agent = createAgent({
    url,
    name: 'test',
    dataDir: null,
    log,
    collectors: [counting()],
    random: () => 0,
    ...more,
    timings: { primeMs: 50, ...more.timings },
  });
  agent.onState((state) => states.push(state));
  onTestFinished(() => agent.dispose());
  const started = await agent.start();
  return { agent, log, states, started };
}

const cells = (messages: RowsMessage[]) => messages.flatMap((m) => m.rows.map((row) => row[1]));
const state = <S extends AgentState['state']>(states: AgentState[], name: S) =>
  states.filter((s): s is Extract<AgentState, { state: S }> => s.state === name);

describe('an agent and its hub', () => {
  it('introduces itself on /agent with wirewatch.v1 and says nothing more before the welcome', async () => {
    const hub = await startTestHub();
    const startedAt = Date.now();
    const { agent } = await start(hub.url, { tags: ['lab'], token: 'join', minIntervalMs: 250 });
    const peer = await hub.peer(1);
    const hello = await peer.hello();
    expect(peer.request.url).toBe('/agent');
    expect(peer.socket.protocol).toBe('wirewatch.v1');
    expect(hello).toMatchObject({
      device: { id: agent.device, name: 'test', kind: 'computer', tags: ['lab'] },
      token: 'join',
      minIntervalMs: 250,
    });
    expect(hello.stream).toBeDefined();
    expect(hello.now).toBeGreaterThanOrEqual(startedAt);
    expect(hello.now).toBeLessThanOrEqual(Date.now());
    await sleep(300);
    expect(peer.messages).toHaveLength(1);
  });

  it('sends the schema and then rows, numbered one after the other', async () => {
    const hub = await startTestHub();
    const { states } = await start(hub.url);
    const peer = await hub.peer(1);
    await peer.welcome();
    const rows = await peer.rows(4);
    const types = peer.messages.map((m) => m.type);
    expect(types.slice(0, 3)).toEqual(['hello', 'schema', 'rows']);
    expect((await peer.schema()).series).toEqual([{ name: 'count', unit: '1', kind: 'gauge' }]);
    expect(cells(rows).slice(1)).toEqual(
      cells(rows)
        .slice(0, -1)
        .map((value) => Number(value) + 1),
    );
    expect(state(states, 'online')[0]).toMatchObject({ name: 'test', session: 's' });
  });

  it('tells what its collectors warn of once it is let in, once', async () => {
    const hub = await startTestHub();
    const read: Collector['read'] = (slots) => {
      slots.set('a', 1, () => ({ name: 'count', kind: 'gauge' }));
      slots.trouble('disk', 'the file system at /dead does not answer');
    };
    const { log } = await start(hub.url, { collectors: [{ name: 'filesystem', everyMs: 0, read }] });
    const peer = await hub.peer(1);
    await peer.welcome({ state: 'pending' });
    await sleep(200);
    expect(peer.all('event')).toEqual([]);
    peer.send({ type: 'admission', state: 'approved' });
    await eventually(() => peer.all('rows').length >= 2);
    expect(peer.all('event')).toMatchObject([
      { level: 'warning', text: 'the file system at /dead does not answer' },
    ]);
    expect(log.lines).toContain('warn the file system at /dead does not answer');
  });

  it('keeps rows back while it waits for approval, and sends them once approved', async () => {
    const hub = await startTestHub();
    const { states } = await start(hub.url);
    const peer = await hub.peer(1);
    await peer.welcome({ state: 'pending' });
    peer.send({ type: 'admission', state: 'pending', code: '4711' });
    await sleep(600);
    expect(peer.all('rows')).toHaveLength(0);
    peer.send({ type: 'admission', state: 'approved' });
    peer.acknowledgeAll();
    await eventually(() => new Set(cells(peer.all('rows'))).size >= 8);
    const values = cells(peer.all('rows'))
      .map(Number)
      .sort((a, b) => a - b);
    expect(values).toEqual(values.map((_, i) => Number(values[0]) + i));
    expect(state(states, 'pending').at(-1)).toMatchObject({ code: '4711' });
    expect(states.at(-1)?.state).toBe('online');
  });

  it('sends a new schema with a new version when series come up', async () => {
    const hub = await startTestHub();
    let second = false;
    const growing: Collector = {
      name: 'disk',
      everyMs: 0,
      read(slots) {
        slots.set('a', 1, () => ({ name: 'a' }));
        if (second) slots.set('b', 2, () => ({ name: 'b' }));
      },
    };
    await start(hub.url, { collectors: [growing] });
    const peer = await hub.peer(1);
    await peer.welcome();
    await peer.rows(2);
    second = true;
    await eventually(() => peer.all('schema').length === 2);
    const [one, two] = peer.all('schema');
    expect(two?.version).toBeGreaterThan(one?.version ?? 0);
    await eventually(() =>
      peer.all('rows').some((m) => m.schema === two?.version && m.rows[0]?.length === 3),
    );
  });

  it('obeys configure, but never below its own least interval', async () => {
    const hub = await startTestHub();
    const { states } = await start(hub.url, { minIntervalMs: 200 });
    const peer = await hub.peer(1);
    await peer.welcome({ intervalMs: 3_600_000 });
    await eventually(() => state(states, 'online')[0]?.intervalMs === 3_600_000);
    peer.send({ type: 'configure', intervalMs: 100 });
    await eventually(() => state(states, 'online').at(-1)?.intervalMs === 200);
    await peer.rows(2);
  });

  it("stamps rows with the hub's time", async () => {
    const startedAt = Date.now();
    const hub = await startTestHub();
    await start(hub.url);
    const peer = await hub.peer(1);
    await peer.welcome({ hubTime: Date.now() + 3_600_000 });
    const rows = await peer.rows(2);
    const now = Date.now();
    const error = Math.abs((rows.at(-1)?.rows.at(-1)?.[0] ?? 0) - now - 3_600_000);
    expect(error).toBeLessThanOrEqual(now - startedAt);
  });

  it('answers requests, and says so when it knows no such method', async () => {
    const hub = await startTestHub();
    await start(hub.url);
    const peer = await hub.peer(1);
    await peer.welcome();
    peer.send({ type: 'request', id: 1, method: 'processes.list', params: { limit: 5, sort: 'memory' } });
    peer.send({ type: 'request', id: 2, method: 'reboot', params: {} });
    peer.send({ type: 'request', id: 3, method: 'processes.list', params: { limit: 'all' } });
    await eventually(() => peer.all('result').length === 3);
    const by = (id: number) => peer.all('result').find((m) => m.id === id);
    expect(by(2)?.error?.code).toBe('METHOD_NOT_FOUND');
    expect(by(3)?.error?.code).toBe('BAD_PARAMS');
    if (process.platform !== 'linux') return;
    const value = by(1)?.value as { total: number; processes: { pid: number; rssBytes: number }[] };
    expect(value.processes).toHaveLength(5);
    expect(value.total).toBeGreaterThanOrEqual(5);
    expect(value.processes[0]?.rssBytes).toBeGreaterThanOrEqual(value.processes[4]?.rssBytes ?? 0);
  });

  it('keeps the key it is given, in a file that only its owner may read, and shows it next time', async () => {
    const hub = await startTestHub();
    const dataDir = temporaryFolder();
    const first = await start(hub.url, { dataDir });
    const peer = await hub.peer(1);
    await peer.welcome({ state: 'pending' });
    peer.send({ type: 'admission', state: 'approved', key: 'wwk_0123456789abcdef0123' });
    await eventually(() => first.states.at(-1)?.state === 'online');
    await first.agent.dispose();
    const folder = join(dataDir, 'agents');
    const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.json')) ?? '');
    expect(readFileSync(file, 'utf8')).toContain('wwk_0123456789abcdef0123');
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    await start(hub.url, { dataDir });
    expect((await (await hub.peer(2)).hello()).key).toBe('wwk_0123456789abcdef0123');
  });

  it('ignores what it does not understand', async () => {
    const hub = await startTestHub();
    const { log } = await start(hub.url);
    const peer = await hub.peer(1);
    await peer.welcome();
    peer.send({ type: 'from-the-future', of: 'the protocol' });
    peer.socket.send('not json');
    peer.send({ type: 'configure', intervalMs: 'often' });
    peer.send({ type: 'notice', code: 'X', message: 'Mind the gap.' });
    peer.send({ type: 'notice', code: 'X', message: 'Mind the gap.' });
    const before = peer.all('rows').length;
    await peer.rows(before + 2);
    expect(log.lines.filter((line) => line.includes('Mind the gap.'))).toHaveLength(1);
    expect(peer.closed).toBeNull();
  });
});

describe('an agent that is cut off', () => {
  it('loses nothing and doubles nothing: backlog on the old stream, live rows on a fresh one', async () => {
    const hub = await startTestHub();
    const { states } = await start(hub.url, { timings: { retryBaseMs: 100, retryCapMs: 100 } });
    const first = await hub.peer(1);
    const { stream: oldStream } = await first.welcome();
    await first.rows(3);
    const acked = first.all('rows')[1]?.seq ?? 0;
    first.send({ type: 'ack', seq: acked });
    await hub.cut();
    await eventually(() => state(states, 'waiting').some((s) => s.queuedRows >= 12));
    await hub.listen();
    const second = await eventually(() => hub.peers.find((p) => p !== first && p.messages.length > 0));
    await second.welcome({ ackedSeq: acked });
    second.acknowledgeAll();
    await eventually(() => second.all('rows').some((m) => m.stream !== undefined));
    await second.rows(6);
    const streamOf = (m: RowsMessage) => m.stream ?? oldStream;
    const backlog = second.all('rows').filter((m) => streamOf(m) === oldStream);
    const live = second.all('rows').filter((m) => streamOf(m) !== oldStream);
    expect(backlog.length).toBeGreaterThan(0);
    expect(backlog.some((m) => m.rows.length > 3)).toBe(true);
    expect(live[0]?.seq).toBe(1);
    const before = cells(first.all('rows').filter((m) => m.seq <= acked));
    const all = [...before, ...cells(backlog), ...cells(live)].map(Number).sort((a, b) => a - b);
    expect(all).toEqual(all.map((_, i) => Number(all[0]) + i));
  });

  it('goes on with the same stream after a short cut', async () => {
    const hub = await startTestHub();
    await start(hub.url);
    const first = await hub.peer(1);
    const { stream } = await first.welcome();
    first.acknowledgeAll();
    await first.rows(2);
    first.socket.terminate();
    const second = await hub.peer(2);
    expect((await second.hello()).stream).toBe(stream);
    await second.welcome();
    const rows = await second.rows(2);
    expect(rows[0]?.stream).toBeUndefined();
    expect(rows[0]?.seq).toBeGreaterThan(1);
  });

  it('does not move a row in time when it sends it again', async () => {
    const hub = await startTestHub();
    await start(hub.url);
    const first = await hub.peer(1);
    await first.welcome({ hubTime: Date.now() + 60_000 });
    const sent = (await first.rows(2))[0]?.rows[0];
    first.socket.terminate();
    const second = await hub.peer(2);
    await second.welcome({ hubTime: Date.now() + 90_000 });
    const again = await second.rows(1);
    expect(again[0]?.rows[0]).toEqual(sent);
  });

  it('reports what its queue had to drop', async () => {
    const hub = await startTestHub();
    const queue = createMemoryQueue({ ageMs: 1e9, bytes: 36 * 3 });
    let pushed = 0;
    const push = queue.push.bind(queue);
    queue.push = (...row) => {
      pushed++;
      push(...row);
    };
    await start(hub.url, { queue });
    const peer = await hub.peer(1);
    await peer.welcome({ state: 'pending' });
    await eventually(() => pushed >= 6);
    peer.send({ type: 'admission', state: 'approved' });
    const lost = await eventually(() => peer.all('lost')[0]);
    expect(lost.count).toBeGreaterThanOrEqual(2);
    expect(lost.to).toBeGreaterThanOrEqual(lost.from);
  });

  it('gives up on a hub that falls silent and connects again', async () => {
    const hub = await startTestHub();
    const { states } = await start(hub.url, { timings: { silenceMs: 400, watchEveryMs: 50 } });
    await (await hub.peer(1)).welcome();
    await hub.peer(2);
    expect(state(states, 'waiting')[0]).toMatchObject({ lost: true, code: CLOSE.abnormal });
    expect(state(states, 'waiting')[0]?.reason).toContain('silent');
  });

  it('stays with a hub that pings', async () => {
    const hub = await startTestHub();
    await start(hub.url, { timings: { silenceMs: 400, watchEveryMs: 50 } });
    const peer = await hub.peer(1);
    await peer.welcome();
    const pings = setInterval(() => peer.socket.ping(), 100);
    onTestFinished(() => clearInterval(pings));
    await sleep(1_000);
    expect(hub.peers).toHaveLength(1);
    expect(peer.closed).toBeNull();
  });

  it('connects again when hello is not answered', async () => {
    const hub = await startTestHub();
    const { states } = await start(hub.url, { timings: { welcomeMs: 100, retryCapMs: 10 } });
    await hub.peer(2);
    expect(state(states, 'waiting')[0]?.reason).toContain('did not answer hello');
  });

  it('keeps trying while there is no hub', async () => {
    const hub = await startTestHub();
    await hub.cut();
    const { states } = await start(hub.url, { timings: { retryBaseMs: 10 } });
    await eventually(() => state(states, 'waiting').length >= 2);
    expect(state(states, 'waiting')[0]).toMatchObject({ lost: false, reason: 'nothing is listening there' });
    await hub.listen();
    await hub.peer(1);
  });

  it.each([
    ['superseded', CLOSE.superseded],
    ['removed', CLOSE.removed],
  ])('waits long after being %s', async (_, code) => {
    const hub = await startTestHub();
    const { states } = await start(hub.url);
    const peer = await hub.peer(1);
    await peer.welcome();
    peer.socket.close(code, 'bye');
    await eventually(() => state(states, 'waiting').length === 1);
    expect(state(states, 'waiting')[0]?.code).toBe(code);
    expect(state(states, 'waiting')[0]?.retryInMs).toBeGreaterThanOrEqual(60_000);
  });

  it('waits long after being rejected, whether that comes after or instead of a welcome', async () => {
    const hub = await startTestHub();
    const { states } = await start(hub.url);
    const peer = await hub.peer(1);
    await peer.hello();
    peer.send({ type: 'admission', state: 'rejected' });
    peer.socket.close(CLOSE.policy, 'rejected');
    await eventually(() => state(states, 'waiting').length === 1);
    expect(state(states, 'rejected')).toHaveLength(1);
    expect(state(states, 'waiting')[0]?.retryInMs).toBeGreaterThanOrEqual(60_000);
  });

  it('asks again at once when its key is revoked, and later when it is not let in at all', async () => {
    const hub = await startTestHub();
    const { states } = await start(hub.url);
    const first = await hub.peer(1);
    await first.welcome();
    await eventually(() => state(states, 'online').length === 1);
    first.socket.close(CLOSE.unauthorised, 'its key was revoked');
    const second = await hub.peer(2);
    await second.hello();
    second.send({ type: 'error', code: 'KEY_NEEDED', message: 'It has a key.' });
    second.socket.close(CLOSE.unauthorised, 'It has a key.');
    await eventually(() => state(states, 'waiting').length === 2);
    const [soon, later] = state(states, 'waiting');
    expect(soon?.retryInMs).toBeLessThan(2_000);
    expect(later?.retryInMs).toBeGreaterThanOrEqual(60_000);
  });

  it('says so when what answers is no hub', async () => {
    const hub = await startTestHub({ speaks: false });
    const { states } = await start(hub.url, { timings: { retryBaseMs: 10_000 }, random: () => 1 });
    await eventually(() => state(states, 'waiting').length === 1);
    expect(state(states, 'waiting')[0]?.reason).toContain('not a Wirewatch hub');
  });
});

describe('an agent whose machine changes', () => {
  const environment = () => {
    const facts = { addresses: 'eth0 10.0.0.1' };
    return { facts, sources: { addresses: () => facts.addresses, uptimeMs: () => performance.now() } };
  };

  it('tries at once when it gets a new address, whatever wait is left', async () => {
    const hub = await startTestHub();
    await hub.cut();
    const { facts, sources } = environment();
    const { states } = await start(hub.url, {
      environment: sources,
      random: () => 1,
      timings: { retryBaseMs: 30_000, watchEveryMs: 50 },
    });
    await eventually(() => state(states, 'waiting').length === 1);
    await hub.listen();
    facts.addresses = 'wlan0 10.0.0.7';
    await hub.peer(1);
  });

  it('gives up a link that does not answer after the change, and keeps one that does', async () => {
    const hub = await startTestHub();
    const { facts, sources } = environment();
    const { states } = await start(hub.url, {
      environment: sources,
      timings: { probeMs: 200, watchEveryMs: 50 },
    });
    const first = await hub.peer(1);
    await first.welcome();
    facts.addresses = 'wlan0 10.0.0.7';
    await sleep(600);
    expect(hub.peers).toHaveLength(1);
    first.socket.pause();
    facts.addresses = 'wlan0 10.0.0.8';
    await hub.peer(2);
    expect(state(states, 'waiting')[0]?.reason).toContain('stopped answering');
  });
});

describe('an agent that ends', () => {
  it('says goodbye with 1001 and lets another process be this device', async () => {
    const hub = await startTestHub();
    const dataDir = temporaryFolder();
    const first = await start(hub.url, { dataDir });
    const peer = await hub.peer(1);
    await peer.welcome();
    expect((await start(hub.url, { dataDir })).started).toMatchObject({
      ok: false,
      error: { code: 'IDENTITY_IN_USE' },
    });
    await first.agent.dispose();
    await eventually(() => peer.closed);
    expect(peer.closed?.code).toBe(CLOSE.goingAway);
    expect(first.agent.state.state).toBe('stopped');
    expect((await start(hub.url, { dataDir })).started.ok).toBe(true);
  });

  it('ends at once while it waits or connects', async () => {
    const hub = await startTestHub();
    await hub.cut();
    const { agent, states } = await start(hub.url, { random: () => 1 });
    await eventually(() => state(states, 'waiting').length === 1);
    await agent.dispose();
    await agent.dispose();
    expect(agent.state.state).toBe('stopped');
  });

  it('is not held up by a hub that does not answer the close frame', async () => {
    const hub = await startTestHub();
    const { agent } = await start(hub.url, { timings: { closeMs: 100 } });
    const peer = await hub.peer(1);
    await peer.welcome();
    peer.socket.pause();
    const before = performance.now();
    await agent.dispose();
    expect(performance.now() - before).toBeLessThan(WS_CLOSE_TIMEOUT_MS);
  });

  it('refuses an address that is none', async () => {
    expect((await start('ftp://nas')).started).toMatchObject({ ok: false, error: { code: 'BAD_URL' } });
  });
});
