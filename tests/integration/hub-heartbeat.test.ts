import { afterEach, describe, expect, it } from 'vitest';
import type { DeviceInfo } from '@shared/model';
import { startCutProxy } from '../fakes/cut-proxy';
import { hello, startHub, TestClient, type TestHub } from '../fakes/hub-harness';
import { eventually } from '../patience';

describe('heartbeats', () => {
  let test: TestHub;
  afterEach(() => test.dispose());

  const timings = { pingEveryMs: 1_000, lateAtLeastMs: 60_000, closeTimeoutMs: 300 };

  it('measure the round trip and the clock difference', async () => {
    test = await startHub({ admit: 'open' });
    const agent = await TestClient.open(`${test.url}/agent`, ['wirewatch.v1']);
    const sentAt = performance.now();
    agent.send(hello('nas', { now: Date.now() + 5_000 }));
    const [device] = await eventually(
      () => test.api.call('listDevices', {}),
      ([first]) => first !== undefined && first.rttMs !== null,
    );
    // Right but for the time that the hello was on its way.
    const error = Math.abs((device?.clockOffsetMs ?? 0) - 5_000);
    expect(error).toBeLessThanOrEqual(performance.now() - sentAt);
    const answer = await test.api.call('pingSession', { session: device?.session ?? '' });
    expect(answer.rttMs).toBeGreaterThan(0);
    agent.end();
  });

  it('turn a device behind a dead link stale, then offline with 4007, and the same device comes back', async () => {
    test = await startHub({ admit: 'open', timings });
    const proxy = await startCutProxy(() => test.hub.port);
    const agent = await TestClient.open(`ws://127.0.0.1:${proxy.port}/agent`, ['wirewatch.v1']);
    agent.send(hello('nas'));
    await agent.message('welcome');
    const stateOf = async () => (await test.api.call('listDevices', {}))[0];
    await eventually(stateOf, (device) => device?.state === 'online');
    // Stale lasts a moment only, so every change is looked at.
    const seen: DeviceInfo[] = [];
    test.api.subscribe('devices', {}, ({ changed }) => seen.push(...changed));
    proxy.pause();
    const stale = await eventually(() => seen.find(({ state }) => state === 'stale'));
    expect(stale.reason?.code).toBe('HEARTBEAT_MISSED');
    const offline = await eventually(stateOf, (device) => device?.state === 'offline');
    expect(offline?.reason).toMatchObject({ code: 4007, text: 'The device stopped answering heartbeats.' });
    const again = await TestClient.open(`${test.url}/agent`, ['wirewatch.v1']);
    again.send(hello('nas'));
    await eventually(stateOf, (device) => device?.state === 'online');
    expect(await test.api.call('listDevices', {})).toHaveLength(1);
    again.end();
    proxy.close();
  });

  it('call a device stale whose data is late though it answers', async () => {
    test = await startHub({ admit: 'open', timings: { lateAtLeastMs: 500 } });
    const agent = await TestClient.open(`${test.url}/agent`, ['wirewatch.v1']);
    agent.send(hello('slow'));
    agent.send({ type: 'schema', version: 1, series: [{ name: 'x' }] });
    agent.send({ type: 'rows', seq: 1, schema: 1, rows: [[Date.now(), 1]] });
    const device = await eventually(
      async () => (await test.api.call('listDevices', {}))[0],
      (one) => one?.state === 'stale',
    );
    expect(device?.reason?.code).toBe('LATE_DATA');
    agent.end();
  });

  it('show frames of an inspected session, pings and pongs included, and the closing handshake', async () => {
    test = await startHub({ admit: 'open', timings });
    const agent = await TestClient.open(`${test.url}/agent`, ['wirewatch.v1']);
    agent.send(hello('seen'));
    await agent.message('welcome');
    const [session] = (await test.api.call('listDevices', {})).map((device) => device.session ?? '');
    const opcodes = new Set<string>();
    test.api.subscribe('frames', { session: session ?? '' }, ({ frames }) => {
      for (const frame of frames) opcodes.add(`${frame.direction} ${frame.opcode}`);
    });
    await eventually(() => {
      agent.send({ type: 'event', level: 'info', text: 'hi' });
      return ['in text', 'out ping', 'in pong'].every((one) => opcodes.has(one));
    }, Boolean);
    await test.api.call('closeSession', { session: session ?? '' });
    expect(await agent.close()).toEqual({ code: 1000, reason: 'closed in the app' });
    const detail = await eventually(
      () => test.api.call('getSession', { session: session ?? '' }),
      (one) => one.closedAt !== null,
    );
    expect(detail.handshake.request.startLine).toBe('GET /agent HTTP/1.1');
    expect(detail.handshake.response.startLine).toBe('HTTP/1.1 101 Switching Protocols');
    expect(detail.closing).toMatchObject({ by: 'hub', sent: { code: 1000 }, received: { code: 1000 } });
  });
});
