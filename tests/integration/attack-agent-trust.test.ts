import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgent, type Agent, type AgentOptions, type AgentState } from '../../src/agent/agent';
import { recordingLogger } from '../../src/agent/testing/test-support';
import { keyIdOf } from '../../src/agent/trust/fingerprint';
import { forgetHub } from '../../src/agent/find-hub';
import type { HubOptions } from '../../src/main/hub/hub-contract';
import { testCertificate, writeCertificate, type TestCertificate } from '../fakes/certificates';
import { startHub, type TestHub } from '../fakes/hub-harness';
import { eventually } from '../patience';

describe('an agent that somebody wants to mislead', () => {
  let folder: string;
  let certificate: TestCertificate;
  let test: TestHub;
  let port: number;
  const agents: Agent[] = [];
  const servers: Server[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wirewatch-'));
    certificate = await testCertificate();
    test = await hubWith(certificate);
    port = test.hub.port;
  });
  afterEach(async () => {
    await Promise.all(agents.splice(0).map((agent) => agent.dispose()));
    await test.dispose();
    for (const server of servers.splice(0)) server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function hubWith(shown: TestCertificate, more: Partial<HubOptions> = {}): Promise<TestHub> {
    const tlsFiles = writeCertificate(mkdtempSync(join(folder, 'hub-')), shown);
    return startHub({ tlsFiles, admit: 'open', ...more });
  }

  /** Another hub, or the same one with another face, where the agent expects the first. */
  async function replaceHub(shown: TestCertificate, more: Partial<HubOptions> = {}): Promise<void> {
    await test.dispose();
    test = await hubWith(shown, { port, ...more });
  }

  async function start(url: string, more: Partial<AgentOptions> = {}) {
    const log = recordingLogger();
    const states: AgentState[] = [];
    const agent = createAgent({
      url,
      name: 'test',
      dataDir: join(folder, 'agent'),
      spool: false,
      collectors: [],
      log,
      random: () => 0,
      timings: { primeMs: 0, refusedMs: 60_000, handshakeMs: 1_000 },
      ...more,
    });
    agent.onState((state) => states.push(state));
    agents.push(agent);
    const started = await agent.start();
    return { agent, log, states, started };
  }

  async function stop(agent: Agent): Promise<void> {
    agents.splice(agents.indexOf(agent), 1);
    await agent.dispose();
  }

  const online = (states: AgentState[]) =>
    eventually(
      () => states.find((state) => state.state === 'online'),
      (state) => state !== undefined,
    );
  const waiting = (states: AgentState[]) =>
    eventually(
      () => states.findLast((state) => state.state === 'waiting'),
      (state) => state !== undefined,
    );
  const host = (): string => `127.0.0.1:${port}`;
  const deviceCount = async (): Promise<number> => (await test.api.call('listDevices', {})).length;

  /** Meets the hub once, so that it is known. */
  async function meet(): Promise<void> {
    const { agent, states } = await start(host());
    await online(states);
    await stop(agent);
  }

  it('trusts the first hub loudly, remembers it for the owner only, and says nothing the next time', async () => {
    const first = await start(host());
    expect(await online(first.states)).toMatchObject({ url: `wss://${host()}/agent` });
    const fingerprint = test.hub.info().tls.fingerprint ?? '';
    expect(first.log.lines).toContainEqual(
      expect.stringMatching(new RegExp(`^warn first connection .*${fingerprint}`)),
    );
    await stop(first.agent);
    const file = join(folder, 'agent', 'hubs.json');
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain(fingerprint);
    const second = await start(host());
    await online(second.states);
    expect(second.log.lines.filter((line) => line.startsWith('warn'))).toEqual([]);
  });

  it('says nothing at all to a hub that shows another key than before, and what to do', async () => {
    await meet();
    await replaceHub(await testCertificate());
    const { log, states } = await start(host());
    expect(await waiting(states)).toMatchObject({ code: 1015, retryInMs: 60_000 });
    const told = log.lines.find((line) => line.startsWith('error')) ?? '';
    expect(told).toContain('its certificate has changed');
    expect(told).toContain(`wirewatch agent --forget-hub ${host()}`);
    expect(await deviceCount()).toBe(0);
    expect([...(await test.api.call('listEvents', {}))]).toEqual([]);
  });

  it('trusts a changed hub again once it is told to forget the old one', async () => {
    await meet();
    await replaceHub(await testCertificate());
    const data = join(folder, 'agent');
    expect(forgetHub('127.0.0.9', data, recordingLogger())).toMatchObject({ error: { code: 'HUB_UNKNOWN' } });
    expect(forgetHub(host(), data, recordingLogger())).toMatchObject({ ok: true });
    const { states } = await start(host());
    await online(states);
  });

  it('goes on with a renewed certificate of the same key, and notes it', async () => {
    await meet();
    await replaceHub(await testCertificate({ keyPem: certificate.keyPem }));
    const { states, log } = await start(host());
    await online(states);
    expect(log.lines.filter((line) => line.startsWith('warn'))).toEqual([]);
    const renewed = test.hub.info().tls.fingerprint ?? '';
    expect(readFileSync(join(folder, 'agent', 'hubs.json'), 'utf8')).toContain(renewed);
  });

  it('goes on with an expired certificate of a hub it knows: nobody else has the key', async () => {
    await meet();
    const expired = { keyPem: certificate.keyPem, notAfter: Date.now() - 1_000 };
    await replaceHub(await testCertificate(expired));
    expect(test.hub.info().tls.problem?.code).toBe('TLS_CERT_EXPIRED');
    await online((await start(host())).states);
  });

  it('never goes back to plain WebSocket with a hub that it met over TLS', async () => {
    await meet();
    await replaceHub(certificate, { tls: 'off' });
    const { states } = await start(host());
    expect(await waiting(states)).toMatchObject({
      reason: expect.stringContaining('does not support TLS') as string,
    });
    expect((await start(`ws://${host()}`, { name: 'other' })).started).toMatchObject({
      error: { code: 'TLS_EXPECTED', message: expect.stringContaining('--forget-hub') as string },
    });
    expect(await deviceCount()).toBe(0);
  });

  it('falls back to plain WebSocket only where it never met TLS and nobody told how, and says so', async () => {
    await replaceHub(certificate, { tls: 'off' });
    const open = await start(host());
    expect(await online(open.states)).toMatchObject({ url: `ws://${host()}/agent` });
    expect(open.log.lines).toContainEqual(expect.stringMatching(/^warn .*without encryption/));
    const strict = await start(`wss://${host()}`, { name: 'strict' });
    expect(await waiting(strict.states)).toMatchObject({
      reason: expect.stringContaining('does not support TLS') as string,
    });
    const pinned = await start(host(), { name: 'pinned', fingerprint: 'AB:'.repeat(32).slice(0, -1) });
    await waiting(pinned.states);
    expect(await deviceCount()).toBe(1);
  });

  it('does not take a broken TLS for none: a cut, a silence and a refusal are no reason to go plain', async () => {
    await test.dispose();
    const heard: string[] = [];
    const behaviours: ((socket: Socket) => void)[] = [
      (socket) => socket.resetAndDestroy(),
      (socket) => void socket.end(),
      () => {},
    ];
    for (const [i, behave] of behaviours.entries()) {
      const server = createServer((socket) => {
        socket.on('error', () => {});
        socket.on('data', (data) => heard.push(data.toString('latin1')));
        socket.once('data', () => behave(socket));
      }).listen(0, '127.0.0.1');
      servers.push(server);
      await once(server, 'listening');
      const address = server.address();
      const at = typeof address === 'object' && address !== null ? address.port : 0;
      const { agent, states, log } = await start(`127.0.0.1:${at}`, { name: `agent ${i}`, dataDir: null });
      await waiting(states);
      expect(log.lines.filter((line) => line.includes('without encryption'))).toEqual([]);
      await stop(agent);
    }
    expect(heard.some((text) => text.includes('GET '))).toBe(false);
    test = await hubWith(certificate);
  });

  it('follows its hub to another address, and whoever lures it elsewhere gains nothing', async () => {
    const first = await start(host());
    await online(first.states);
    await stop(first.agent);
    const impostor = await hubWith(await testCertificate());
    const lure = `wss://127.0.0.1:${impostor.hub.port}`;
    await test.dispose();
    const calls: string[] = [];
    let answer = lure;
    const { states, log } = await start(`wss://${host()}`, {
      relocate: () => {
        calls.push(answer);
        return Promise.resolve([answer]);
      },
      timings: {
        primeMs: 0,
        refusedMs: 60_000,
        handshakeMs: 1_000,
        retryBaseMs: 100,
        retryCapMs: 100,
        searchEveryMs: 50,
      },
    });
    await eventually(() => calls.length >= 3);
    const told = log.lines.filter((line) => line.includes(String(impostor.hub.port)));
    expect(told).toEqual([expect.stringMatching(/^warn what answers at .* is not the hub/)]);
    expect(log.lines.join()).not.toContain('--forget-hub');
    expect(await impostor.api.call('listDevices', {})).toEqual([]);
    await impostor.dispose();
    // The real one is back, at another port.
    test = await hubWith(certificate);
    answer = `wss://127.0.0.1:${test.hub.port}`;
    expect(await online(states)).toMatchObject({ url: `${answer}/agent` });
  });

  it('leaves an address that does not even refuse as soon as it knows a better one', async () => {
    await meet();
    let attempts = 0;
    const silent = createServer((socket) => {
      attempts++;
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    servers.push(silent);
    await once(silent, 'listening');
    const address = silent.address();
    const at = typeof address === 'object' && address !== null ? address.port : 0;
    let asked = 0;
    const { states } = await start(`wss://127.0.0.1:${at}`, {
      // The first attempt has failed and the second is under way when the answer comes.
      relocate: async () => {
        asked++;
        await eventually(() => attempts >= 2);
        return [`wss://${host()}`];
      },
      timings: { primeMs: 0, handshakeMs: 700, retryBaseMs: 50, retryCapMs: 50 },
    });
    expect(await online(states)).toMatchObject({ url: `wss://${host()}/agent` });
    expect(asked).toBe(1);
  });

  it('keeps trying where its hub was, however many other places are announced for it', async () => {
    await meet();
    const silent = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    servers.push(silent);
    await once(silent, 'listening');
    const address = silent.address();
    const at = typeof address === 'object' && address !== null ? address.port : 0;
    const real = host();
    await test.dispose();
    let round = 0;
    const { states } = await start(`wss://127.0.0.1:${at}`, {
      found: { name: 'nas', keyId: keyIdOf(new X509Certificate(certificate.certPem)), fingerprint: null },
      alternatives: [`wss://${real}`],
      relocate: () => {
        round++;
        return Promise.resolve(
          Array.from({ length: 8 }, (_, i) => `wss://127.0.0.1:${10_000 + 8 * round + i}`),
        );
      },
      timings: { primeMs: 0, handshakeMs: 300, retryBaseMs: 50, retryCapMs: 50, searchEveryMs: 100 },
    });
    await eventually(() => round >= 12);
    test = await hubWith(certificate, { port });
    expect(await online(states)).toMatchObject({ url: `wss://${real}/agent` });
  });

  it('takes the hub of --fingerprint at once, and no other', async () => {
    const fingerprint = test.hub.info().tls.fingerprint ?? '';
    const right = await start(`wss://${host()}`, { fingerprint });
    await online(right.states);
    expect(right.log.lines.filter((line) => line.startsWith('warn'))).toEqual([]);
    await stop(right.agent);
    const wrong = await start(`wss://${host()}`, {
      name: 'wrong',
      dataDir: null,
      fingerprint: (await otherFingerprint()) ?? '',
    });
    expect(await waiting(wrong.states)).toMatchObject({ code: 1015 });
    expect(await deviceCount()).toBe(1);
    expect(
      (await start(`ws://${host()}`, { name: 'plain', dataDir: null, fingerprint })).started,
    ).toMatchObject({
      error: { code: 'TLS_EXPECTED' },
    });
  });

  it('lets no other hub pass for the one of --fingerprint, however well it is known', async () => {
    const wanted = test.hub.info().tls.fingerprint ?? '';
    await meet();
    const other = await hubWith(await testCertificate());
    const otherHost = `127.0.0.1:${other.hub.port}`;
    const met = await start(otherHost);
    await online(met.states);
    await stop(met.agent);
    const known = readFileSync(join(folder, 'agent', 'hubs.json'), 'utf8');
    const devices = (await other.api.call('listDevices', {})).length;
    const { states } = await start(otherHost, { name: 'pinned', fingerprint: wanted });
    expect(await waiting(states)).toMatchObject({ code: 1015 });
    // Nor where the wanted one was: at its address, the other key is as wrong as anywhere.
    await other.dispose();
    await replaceHub(await testCertificate());
    const there = await start(host(), { name: 'there', fingerprint: wanted });
    expect(await waiting(there.states)).toMatchObject({ code: 1015 });
    expect(devices).toBe(1);
    expect(await deviceCount()).toBe(0);
    expect(readFileSync(join(folder, 'agent', 'hubs.json'), 'utf8')).toBe(known);
  });

  it('sends its token to no hub without the announced key and certificate, known or not', async () => {
    await meet();
    const before = await deviceCount();
    const keyId = keyIdOf(new X509Certificate(certificate.certPem));
    const fingerprint = test.hub.info().tls.fingerprint ?? '';
    const elsewhere = join(folder, 'newcomer');
    const announced = { name: 'nas', keyId, fingerprint };
    const otherKey = { ...announced, keyId: keyId.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')) };
    const otherCertificate = { ...announced, fingerprint: 'AB:'.repeat(32).slice(0, -1) };
    for (const [found, dataDir] of [
      [otherKey, elsewhere],
      [otherKey, join(folder, 'agent')],
      [otherCertificate, elsewhere],
    ] as const) {
      const one = await start(`wss://${host()}`, { name: 'lured', token: 'wwt_secret', found, dataDir });
      expect(await waiting(one.states)).toMatchObject({ reason: 'its certificate is not trusted' });
      await stop(one.agent);
    }
    expect(await deviceCount()).toBe(before);
    const right = await start(`wss://${host()}`, { name: 'led', found: announced, dataDir: elsewhere });
    await online(right.states);
  });

  it('takes a hub that the authority of --ca vouches for, and no other', async () => {
    const right = await start(`wss://localhost:${port}`, { ca: certificate.certPem });
    await online(right.states);
    const { certPem: ca } = await testCertificate();
    const wrong = await start(`wss://localhost:${port}`, { name: 'wrong', dataDir: null, ca });
    expect(await waiting(wrong.states)).toMatchObject({ code: 1015 });
    const wrongName = await start(`wss://127.0.0.2:${port}`, {
      name: 'name',
      dataDir: null,
      ca: certificate.certPem,
    });
    await waiting(wrongName.states);
    expect(await deviceCount()).toBe(1);
  });

  it('trusts nobody anew while its list of hubs cannot be understood', async () => {
    await meet();
    writeFileSync(join(folder, 'agent', 'hubs.json'), '{"hubs":[{"keyId":');
    const { states, log } = await start(host());
    expect(await waiting(states)).toMatchObject({ code: 1015 });
    expect(log.lines.join('\n')).toContain('hubs.json');
    expect(readFileSync(join(folder, 'agent', 'hubs.json'), 'utf8')).toBe('{"hubs":[{"keyId":');
  });

  async function otherFingerprint() {
    const { certPem, keyPem } = await testCertificate();
    const { readCertificate } = await import('../../src/main/hub/tls/certificate');
    const read = readCertificate(certPem, keyPem);
    return read.ok ? read.value.fingerprint : null;
  }
});
