import { afterEach, describe, expect, it } from 'vitest';
import type { Limits } from '@shared/protocol/limits';
import { hello, startHub, TestClient, type TestHub } from '../fakes/hub-harness';
import { eventually } from '../patience';
import { clientFrame, RawPeer, textFrame, upgradeRequest } from '../fakes/raw-peer';

const V1 = 'wirewatch.v1';

describe('who takes more than its share', () => {
  let test: TestHub;
  afterEach(() => test.dispose());

  async function start(limits: Partial<Limits> = {}): Promise<number> {
    test = await startHub({ admit: 'open', limits, timings: { floodMs: 600, expelTimeoutMs: 200 } });
    return test.hub.port;
  }

  async function joined(port: number, id: string, from = '127.0.0.1'): Promise<RawPeer> {
    const peer = await RawPeer.upgraded(port, '/agent', { protocol: V1, from });
    peer.send(textFrame(JSON.stringify(hello(id))));
    await peer.until(() => peer.heard.includes('"welcome"'));
    return peer;
  }

  const refused = async (code: string): Promise<number> => (await test.api.call('getRefused', {}))[code] ?? 0;

  it('a message that does not become complete is cut with 1008: a lone header, a lone byte, a drip of fragments', async () => {
    const port = await start({ messageTimeoutMs: 500 });
    const header = await joined(port, 'header');
    header.send(Buffer.from([0x81, 0xfe, 0xff, 0xff, 1, 2, 3, 4]));
    const oneByte = await joined(port, 'one-byte');
    oneByte.send(Buffer.from([0x81]));
    const drip = await joined(port, 'drip');
    drip.send(clientFrame(0x01, '{'));
    const dripping = setInterval(() => drip.send(clientFrame(0x00, ' '), clientFrame(0x8a, '')), 100);
    const calm = await joined(port, 'calm');
    await Promise.all([header.closed(), oneByte.closed(), drip.closed()]);
    clearInterval(dripping);
    expect([header.closeCode, oneByte.closeCode, drip.closeCode]).toEqual([1008, 1008, 1008]);
    expect(await refused('SLOW_MESSAGE')).toBe(3);
    expect(calm.isClosed).toBe(false);
    calm.destroy();
  });

  it('pings and unasked pongs are a flood like any other, and end with 4003', async () => {
    const port = await start({ controlFramesPerSec: 5 });
    for (const opcode of [0x89, 0x8a]) {
      const peer = await joined(port, `flood-${opcode}`);
      for (let i = 0; i < 200; i++) peer.send(clientFrame(opcode, 'x'));
      await peer.closed();
      expect(peer.closeCode).toBe(4003);
    }
    expect(await refused('TOO_MANY_CONTROL_FRAMES')).toBe(2);
  });

  it('bytes far over the rate are left to TCP, then end with 4003; a burst is only made to wait', async () => {
    const port = await start({ bytesPerSec: 100_000, messageBytes: 50_000 });
    const burst = await joined(port, 'burst');
    const padding = ' '.repeat(40_000);
    const metrics = (x: number): Buffer => textFrame(`{"type":"metrics","values":{"x":${x}}}${padding}`);
    for (let i = 0; i < 6; i++) burst.send(metrics(i));
    burst.send(clientFrame(0x89, 'done'));
    await burst.until(() => burst.heard.includes(clientPong('done')));
    const flood = await joined(port, 'flood');
    const more = (): void => {
      while (!flood.isClosed && flood.socket.write(metrics(1)));
    };
    flood.socket.on('drain', more);
    more();
    await flood.closed();
    expect(flood.closeCode).toBe(4003);
    expect(await refused('TOO_MANY_BYTES')).toBe(1);
    await eventually(
      () => test.api.call('listDevices', {}),
      (devices) => devices.find(({ id }) => id === 'flood')?.state === 'offline',
    );
    expect(burst.isClosed).toBe(false);
    burst.destroy();
  });

  it('after a flood nothing more of it is read, and its address has to wait when it comes again and again', async () => {
    // Everybody else would have to wait longer than this test does.
    const port = await start({ messagesPerSec: 5, freeStrikes: 1, penaltyMs: 600_000 });
    const from = '127.0.0.1';
    const flood = async (): Promise<void> => {
      const peer = await eventually(() => joined(port, 'again', from).catch(() => null));
      for (let n = 0; n < 100; n++) peer.send(textFrame('{"type":"metrics","values":{"x":1}}'));
      await peer.closed();
      expect(peer.closeCode).toBe(4003);
    };
    await flood();
    // Loopback waits a second and no longer: the hub's own agent lives there too. Whoever asks later says nothing.
    const refusal = await eventually(async () => {
      await flood();
      const cutAt = performance.now();
      const early = new RawPeer(port, from);
      early.socket.write(upgradeRequest('/agent', V1));
      await early.until(() => early.heard.includes('\r\n\r\n'));
      early.destroy();
      return performance.now() - cutAt < 1_000 && early.heard.toString();
    });
    expect(refusal).toContain('429');
    expect(refusal).toContain('COOLING_OFF');
    const other = await joined(port, 'other', '127.0.0.2');
    other.destroy();
    const later = await eventually(() => joined(port, 'later').catch(() => null));
    expect(later.heard.toString()).toContain('"welcome"');
    later.destroy();
  });

  it('an echo that nobody takes stops what is read', async () => {
    const port = await start({ messagesPerSec: 10_000, waitingBytesPerSec: 50_000_000 });
    const peer = await RawPeer.upgraded(port, '/echo/raw');
    peer.socket.pause();
    const frame = clientFrame(0x82, Buffer.alloc(60_000));
    let written = 0;
    for (let i = 0; i < 600; i++) {
      peer.socket.write(frame);
      written += frame.length;
    }
    await eventually(
      () => peer.socket.bytesWritten - peer.socket.writableLength,
      (bytes) => bytes > 0,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    const [session] = (
      await new Promise<{ changed: { bytesIn: number }[] }>((resolve) => {
        const stop = test.api.subscribe('sessions', {}, (message) => {
          setImmediate(() => stop());
          resolve(message);
        });
      })
    ).changed;
    expect(session?.bytesIn ?? written).toBeLessThan(written);
    peer.destroy();
  });

  it('connections that say nothing make room for who does, the oldest first', async () => {
    const port = await start({ arrivals: 20, unauthenticatedPerAddress: 64 });
    const silent = Array.from({ length: 40 }, (_, i) => new RawPeer(port, `127.0.0.${2 + (i % 8)}`));
    await eventually(
      () => silent.filter(({ isClosed }) => isClosed).length,
      (count) => count >= 20,
    );
    const agent = await TestClient.open(`${test.url}/agent`, [V1]);
    agent.send(hello('honest'));
    expect(await agent.message('welcome')).toMatchObject({ state: 'approved' });
    expect(await refused('TOO_MANY_ARRIVALS')).toBeGreaterThanOrEqual(20);
    for (const peer of silent) peer.destroy();
    agent.end();
  });

  it('HTTP requests without end get 429, pipelined ones too, and agents notice nothing', async () => {
    const port = await start({ requestsPerSec: 5 });
    const agent = await joined(port, 'calm');
    const answers = await Promise.all(
      Array.from({ length: 60 }, async () => {
        const peer = new RawPeer(port);
        peer.socket.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(3));
        await peer.closed();
        return peer.heard.toString();
      }),
    );
    expect(answers.filter((answer) => answer.includes('TOO_MANY_REQUESTS')).length).toBeGreaterThan(5);
    expect(await refused('TOO_MANY_REQUESTS')).toBeGreaterThan(5);
    expect(agent.isClosed).toBe(false);
    agent.destroy();
  });

  it('rows of a few bytes that stand for thousands of cells are weighed before they are written', async () => {
    const port = await start({ samplesPerSec: 1_000 });
    const series = Array.from({ length: 900 }, (_, i) => ({ name: `s${i}` }));
    const rows = (count: number): number[][] => Array.from({ length: count }, () => [1]);
    const peer = await joined(port, 'wide');
    const tell = (message: object): void => peer.send(textFrame(JSON.stringify(message)));
    tell({ type: 'schema', version: 1, series });
    tell({ type: 'rows', seq: 1, schema: 1, rows: rows(10_000) });
    await peer.until(() => peer.heard.includes('TOO_MANY_SAMPLES'));
    await peer.until(() => peer.heard.includes('"ack"'));
    tell({ type: 'rows', seq: 2, schema: 1, rows: rows(8) });
    tell({ type: 'rows', seq: 3, schema: 1, rows: rows(8) });
    await peer.closed();
    expect(peer.closeCode).toBe(4003);
    const again = await joined(port, 'wide');
    await again.until(() => again.heard.includes('"welcome"'));
    // What was not stored is not said to be here either.
    expect(again.heard.toString()).toContain('"stream-wide":2');
    again.destroy();
  });

  it('rows strewn over the years cost more than rows in order, whoever sends them', async () => {
    const port = await start({ samplesPerSec: 1_000 });
    const now = Date.now();
    const hours = (count: number): number[] => Array.from({ length: count }, (_, i) => now - i * 3_600_000);
    const peer = await joined(port, 'strewn');
    const tell = (message: object): void => peer.send(textFrame(JSON.stringify(message)));
    tell({ type: 'schema', version: 1, series: [{ name: 'x' }] });
    tell({ type: 'rows', seq: 1, schema: 1, rows: Array.from({ length: 4_000 }, (_, i) => [i, 1]) });
    await peer.until(() => peer.heard.includes('"ack","seq":1'));
    tell({ type: 'rows', seq: 2, schema: 1, rows: hours(400).map((time) => [time, 1]) });
    await peer.closed();
    expect(peer.closeCode).toBe(4003);
    const board = await RawPeer.upgraded(port, '/agent', { from: '127.0.0.7' });
    for (let i = 0; i < 4 && !board.isClosed; i++) {
      board.send(
        textFrame(
          hours(200)
            .map((time) => `x v=1 ${time}000000`)
            .join('\n'),
        ),
      );
    }
    await board.closed();
    expect(board.closeCode).toBe(4003);
  });

  it('events without end fill neither the log nor the history, and say how many were left out', async () => {
    const port = await start({ eventsPerSec: 2 });
    const peer = await joined(port, 'chatty');
    for (let i = 0; i < 100; i++) {
      peer.send(textFrame(JSON.stringify({ type: 'event', level: 'info', text: `word ${i}`, seq: i + 1 })));
    }
    await peer.until(() => peer.heard.includes('TOO_MANY_EVENTS') && peer.heard.includes('"seq":100'));
    await new Promise((resolve) => setTimeout(resolve, 600));
    peer.send(textFrame(JSON.stringify({ type: 'event', level: 'info', text: 'later' })));
    const events = await eventually(
      () => test.api.call('listEvents', { device: 'chatty', limit: 1_000 }),
      (all) => all.some(({ text }) => text === 'later'),
    );
    expect(events.length).toBeLessThan(30);
    expect(await refused('TOO_MANY_EVENTS')).toBe(
      101 - events.filter(({ text }) => /^word|^later/.test(text)).length,
    );
    expect(events.some(({ text }) => /^\d+ more events from this device were dropped/.test(text))).toBe(true);
    peer.destroy();
  });

  it('schemas count like samples, and one whose names are novels is not kept', async () => {
    const port = await start({ samplesPerSec: 100 });
    const peer = await joined(port, 'schemes');
    const labels = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`l${i}`, 'x'.repeat(500)]));
    const tell = (message: object): void => peer.send(textFrame(JSON.stringify(message)));
    tell({ type: 'schema', version: 1, series: [{ name: 'novel', labels }] });
    await peer.until(() => peer.heard.includes('BAD_LABELS'));
    for (let version = 2; version < 30; version++) {
      tell({ type: 'schema', version, series: Array.from({ length: 100 }, (_, i) => ({ name: `v${i}` })) });
    }
    await peer.closed();
    expect(peer.closeCode).toBe(4003);
  });

  it('a UI that asks for everything at once gets refusals, not a growing hub', async () => {
    await start({ callsPerUi: 4, subscriptionsPerUi: 3, feedsPerUi: 2 });
    const codes: string[] = [];
    const ui = test.hub.connectUi(
      (message) => {
        if (message.op === 'error') codes.push(message.code);
      },
      { from: 'test', role: 'admin' },
    );
    for (let id = 1; id <= 10; id++) {
      ui.receive({ op: 'call', id, name: 'listDevices', params: {} });
      ui.receive({ op: 'subscribe', id: 100 + id, topic: 'hub' });
      ui.receive({ op: 'openFeed', id: 200 + id, spec: { series: [], windowMs: 60_000, flushMs: 100 } });
    }
    await eventually(
      () => codes.length,
      (count) => count >= 6 + 7 + 8,
    );
    expect(await refused('TOO_MANY_CALLS')).toBe(6);
    expect(await refused('TOO_MANY_SUBSCRIPTIONS')).toBe(7);
    expect(await refused('TOO_MANY_FEEDS')).toBe(8);
    ui.dispose();
  });

  it('half a farewell is enough: a peer that ends its side is gone', async () => {
    const port = await start();
    const peer = await joined(port, 'half');
    peer.socket.end();
    await peer.closed();
    await eventually(
      () => test.api.call('listDevices', {}),
      ([device]) => device?.state === 'offline',
    );
  });
});

/** A pong as the hub sends it: unmasked. */
function clientPong(payload: string): Buffer {
  return Buffer.concat([Buffer.from([0x8a, payload.length]), Buffer.from(payload)]);
}
