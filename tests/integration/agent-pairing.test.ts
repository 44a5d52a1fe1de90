import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { createAgent, type AgentOptions, type AgentState } from '../../src/agent/agent';
import { keyOf, refusal } from '../fakes/admission';
import { FakeStore } from '../fakes/fake-store';
import { hello, startHub, TestClient, type TestHub } from '../fakes/hub-harness';
import { eventually } from '../patience';
import { startTlsRelay } from '../fakes/tls-relay';

/** The agent and the hub, as they are, with nobody and with somebody between them. */

const folder = () => mkdtempSync(join(tmpdir(), 'wirewatch-'));

describe('an agent and a hub that meet', () => {
  let test: TestHub;
  afterEach(() => test.dispose());

  const devices = () => test.api.call('listDevices', {});
  const only = async () => (await devices())[0] ?? expect.fail('no device');

  async function start(url: string, more: Partial<AgentOptions> = {}) {
    const states: AgentState[] = [];
    const lines: string[] = [];
    const keep = (text: string): void => void lines.push(text);
    const agent = createAgent({
      url,
      name: 'nas',
      dataDir: folder(),
      collectors: [],
      spool: false,
      log: { debug: keep, info: keep, warn: keep, error: keep },
      ...more,
      timings: { primeMs: 0, refusedMs: 300, refusedCapMs: 300, ...more.timings },
    });
    agent.onState((state) => states.push(state));
    onTestFinished(() => agent.dispose());
    expect((await agent.start()).ok).toBe(true);
    return { agent, states, lines };
  }
  const reached = <S extends AgentState['state']>(states: AgentState[], name: S) =>
    eventually(
      () => states.find((state): state is Extract<AgentState, { state: S }> => state.state === name),
      (state) => state !== undefined,
    );
  const withCode = (states: AgentState[]) =>
    eventually(
      () => states.find((state) => state.state === 'pending' && state.code !== null),
      (state) => state !== undefined,
    ) as Promise<Extract<AgentState, { state: 'pending' }>>;

  it.each(['ws', 'wss'])(
    'show the same digits on both sides over %s, and different ones each time',
    async (scheme) => {
      test = await startHub({ dataDir: folder() });
      const url = `${scheme}://127.0.0.1:${test.hub.port}`;
      const shown = new Set<string | null>();
      for (let i = 0; i < 2; i++) {
        const { agent, states } = await start(url);
        const pending = await withCode(states);
        const device = (await devices()).find(({ id }) => id === agent.device);
        expect(pending.code).toMatch(/^\d{6}$/);
        expect(device?.code).toBe(pending.code);
        expect(pending.mismatch).toBe(false);
        shown.add(pending.code);
        await agent.dispose();
      }
      expect(shown.size).toBe(2);
    },
  );

  it('show the same digits over TLS when the hub knows the device from a file, and lists the agent beside it', async () => {
    test = await startHub({ dataDir: folder(), store: new FakeStore() });
    const url = `wss://127.0.0.1:${test.hub.port}`;
    const dataDir = folder();
    const first = await start(url, { dataDir });
    await reached(first.states, 'pending');
    await first.agent.dispose();
    const device = first.agent.device ?? expect.fail('it has no id');
    await test.api.call('removeDevice', { device });
    const line = JSON.stringify({ device, metric: 'm', t: [1_795_378_213_002], v: [1] });
    await test.hub.importSamples(Readable.from([Buffer.from(`${line}\n`)]));
    const { states } = await start(url, { dataDir });
    const pending = await withCode(states);
    expect(pending.mismatch).toBe(false);
    expect((await devices()).map(({ code }) => code)).toContain(pending.code);
  });

  it('show different digits when somebody sits between them, and the agent says so', async () => {
    test = await startHub({ dataDir: folder() });
    const relay = await startTlsRelay(test.hub.port);
    onTestFinished(() => relay.dispose());
    const { states, lines } = await start(`wss://127.0.0.1:${relay.port}`);
    const pending = await withCode(states);
    expect((await only()).code).not.toBe(pending.code);
    await eventually(
      () => lines.join('\n'),
      (text) => text.includes('DO NOT APPROVE'),
    );
    expect(states.some((state) => state.state === 'pending' && state.mismatch)).toBe(true);
  });

  it.each(['plain', 'tls'] as const)(
    'show the digits of the hub when a proxy that the user vouches for ends TLS and goes on over %s',
    async (onward) => {
      test = await startHub({ dataDir: folder() });
      const relay = await startTlsRelay(test.hub.port, onward);
      onTestFinished(() => relay.dispose());
      const { fingerprint256: fingerprint } = new X509Certificate(relay.cert);
      for (const vouching of [{ ca: relay.cert }, { fingerprint }]) {
        const { agent, states, lines } = await start(`wss://127.0.0.1:${relay.port}`, vouching);
        const pending = await withCode(states);
        const device = (await devices()).find(({ id }) => id === agent.device);
        expect(pending.code).toBe(device?.code);
        expect(states.some((state) => state.state === 'pending' && state.mismatch)).toBe(false);
        expect(lines.join('\n')).not.toContain('DO NOT APPROVE');
        await agent.dispose();
      }
    },
  );

  it('are warned of a proxy that ends TLS and that nobody vouches for', async () => {
    test = await startHub({ dataDir: folder() });
    const relay = await startTlsRelay(test.hub.port, 'plain');
    onTestFinished(() => relay.dispose());
    const { lines } = await start(`wss://127.0.0.1:${relay.port}`);
    await eventually(
      () => lines.join('\n'),
      (text) => text.includes('DO NOT APPROVE'),
    );
  });

  it('show none over TLS when the agent commits to no nonce, since somebody in between could try until his match', async () => {
    test = await startHub({ dataDir: folder() });
    const agent = await TestClient.open(`wss://127.0.0.1:${test.hub.port}/agent`, ['wirewatch.v1'], {
      rejectUnauthorized: false,
    });
    agent.send(hello('own'));
    expect(await agent.message('admission')).toEqual({ type: 'admission', state: 'pending' });
    expect((await only()).code).toBeNull();
    await test.api.call('approveDevice', { device: 'own' });
    expect(await keyOf(agent)).toMatch(/^wwk_/);
    agent.end();
  });

  it('do not go on when the agent reveals another nonce than it committed to', async () => {
    test = await startHub({ dataDir: folder() });
    const agent = await TestClient.open(`wss://127.0.0.1:${test.hub.port}/agent`, ['wirewatch.v1'], {
      rejectUnauthorized: false,
    });
    agent.send(hello('own', { pairing: 'A'.repeat(43) }));
    await agent.message('admission');
    agent.send({ type: 'pairing', nonce: 'B'.repeat(43) });
    expect(await refusal(agent)).toEqual({ close: 4002, error: 'BAD_PAIRING' });
  });

  it('stay paired over restarts of both: the key is kept by its owner only, and shown', async () => {
    const hubDir = folder();
    const dataDir = folder();
    test = await startHub({ dataDir: hubDir });
    const first = await start(test.url, { dataDir });
    await reached(first.states, 'pending');
    await test.api.call('approveDevice', { device: (await only()).id });
    await reached(first.states, 'online');
    const agents = join(dataDir, 'agents');
    const file = join(agents, readdirSync(agents).find((name) => name.endsWith('.json')) ?? '');
    await eventually(
      () => readFileSync(file, 'utf8'),
      (text) => text.includes('wwk_'),
    );
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    await first.agent.dispose();
    const { port } = test.hub;
    await test.dispose();
    test = await startHub({ dataDir: hubDir, port });
    const { states } = await start(test.url, { dataDir });
    await reached(states, 'online');
    expect(states.map(({ state }) => state)).not.toContain('pending');
    const stranger = await TestClient.open(`${test.url}/agent`, ['wirewatch.v1']);
    stranger.send(hello((await only()).id));
    expect(await refusal(stranger)).toEqual({ close: 4001, error: 'KEY_NEEDED' });
  });

  it('stay paired when the agent first came plain, then over TLS, then by another address', async () => {
    const dataDir = folder();
    test = await startHub({ dataDir: folder() });
    const { port } = test.hub;
    const first = await start(`ws://127.0.0.1:${port}`, { dataDir });
    await reached(first.states, 'pending');
    await test.api.call('approveDevice', { device: (await only()).id });
    await reached(first.states, 'online');
    await eventually(only, ({ keyIssuedAt }) => keyIssuedAt !== null);
    await first.agent.dispose();
    for (const url of [`wss://127.0.0.1:${port}`, `wss://localhost:${port}`]) {
      const { agent, states } = await start(url, { dataDir });
      await reached(states, 'online');
      await agent.dispose();
    }
    expect(await devices()).toHaveLength(1);
  });

  it('let it in with a join token, without a word to the user', async () => {
    test = await startHub({ admit: 'token' });
    const { secret } = await test.api.call('createJoinToken', {
      name: 'lab',
      lifetimeMs: 60_000,
      maxUses: 1,
    });
    const { states } = await start(test.url, { token: secret });
    await reached(states, 'online');
    expect(states.map(({ state }) => state)).not.toContain('pending');
    expect(await only()).toMatchObject({ approvedBy: 'token' });
  });

  it('meet again when the agent was rejected and then approved, and after its key was revoked', async () => {
    test = await startHub();
    const { states, lines } = await start(test.url);
    await reached(states, 'pending');
    const { id } = await only();
    await test.api.call('rejectDevice', { device: id });
    await reached(states, 'rejected');
    await test.api.call('approveDevice', { device: id });
    await reached(states, 'online');
    await eventually(only, ({ keyIssuedAt }) => keyIssuedAt !== null);
    states.length = 0;
    await test.api.call('revokeDeviceKey', { device: id });
    await withCode(states);
    await test.api.call('approveDevice', { device: id });
    await reached(states, 'online');
    expect(lines.join()).not.toContain('wwk_');
  });

  it('part with advice when the agent lost its key', async () => {
    test = await startHub();
    const dataDir = folder();
    const first = await start(test.url, { dataDir });
    await reached(first.states, 'pending');
    const { id } = await only();
    await test.api.call('approveDevice', { device: id });
    await eventually(only, ({ keyIssuedAt }) => keyIssuedAt !== null);
    // The address is another, and so is the place of its key; the hub is the same.
    const other = await start(test.url.replace('127.0.0.1', 'localhost'), { dataDir, name: 'other' });
    await reached(other.states, 'pending');
    await first.agent.dispose();
    const { states, lines } = await start(test.url.replace('127.0.0.1', 'localhost'), { dataDir });
    const waiting = await reached(states, 'waiting');
    expect(waiting).toMatchObject({ code: 4001 });
    expect(lines.join('\n')).toContain('revoke the key in Wirewatch');
  });
});
