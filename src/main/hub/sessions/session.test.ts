import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '@shared/logger';
import type { StateReason } from '@shared/model';
import { DEFAULT_LIMITS, type Limits } from '@shared/protocol/limits';
import { ManualClock } from '../../../../tests/fakes/manual-clock';
import { Penalties } from '../bounds/penalties';
import { refusedAddress } from '../bounds/refused-client';
import { RefusedCounter } from '../bounds/refused-counter';
import { DEFAULT_TIMINGS } from '../timings';
import type { Endpoint } from './endpoint';
import type { HubWebSocket } from './hub-web-socket';
import { Session } from './session';
import type { SessionFacts } from './session-facts';

const ADDRESS = '192.168.1.7';

/** The hub's end of a WebSocket, which records the calls to it. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readonly CLOSING = 2;
  readyState = 1;
  protocol = 'wirewatch.v1';
  bufferedAmount = 0;
  isRead = true;
  readonly sent: (string | Buffer)[] = [];
  readonly pings: Buffer[] = [];
  closed: [number, string] | null = null;
  isCut = false;
  send = (data: string | Buffer): number => this.sent.push(data);
  ping = (payload: Buffer): number => this.pings.push(payload);
  pause = (): void => void (this.isRead = false);
  resume = (): void => void (this.isRead = true);
  closeBroken = (reason: string): void => this.close(1002, reason);
  close = (code: number, reason: string): void => {
    this.closed = [code, reason];
    this.readyState = 2;
  };
  terminate = (): void => {
    if (this.isCut) return;
    this.isCut = true;
    this.readyState = 3;
    this.emit('close', 1006, Buffer.alloc(0));
  };
}

let clock: ManualClock;
let refused: RefusedCounter;
let penalties: Penalties;
let socket: FakeSocket;
let endpoint: Endpoint & { state: Endpoint['state']; heard: string[]; ends: StateReason[] };
let onMessage: () => void;

beforeEach(() => {
  clock = new ManualClock();
  socket = new FakeSocket();
  onMessage = () => {};
  endpoint = {
    name: 'attic',
    device: 'attic',
    state: 'online',
    reason: null,
    agent: null,
    clockOffsetMs: null,
    intervalMs: null,
    heard: [],
    ends: [],
    message: (data) => {
      onMessage();
      endpoint.heard.push(data.toString());
    },
    second: () => {},
    clockSet: () => {},
    pong: () => {},
    closed: (reason) => endpoint.ends.push(reason),
  };
});

function open(
  facts: Partial<SessionFacts> = {},
  some: Partial<Limits> = {},
  link = new PassThrough(),
): Session {
  const limits = { ...DEFAULT_LIMITS, ...some };
  refused = new RefusedCounter(limits, () => clock.now());
  penalties = new Penalties(clock, { ...limits, freeStrikes: 0 });
  const head = { startLine: '', headers: [] };
  const session = new Session(
    socket as unknown as HubWebSocket,
    link,
    {
      endpoint: 'agent',
      path: '/agent',
      address: ADDRESS,
      port: 1,
      isFromOtherSite: false,
      tls: null,
      agent: null,
      client: refusedAddress(ADDRESS),
      handshake: { request: head, response: head, startedAt: 0, durationMs: 0, bytes: 0 },
      ...facts,
    },
    { clock, log: silentLogger, limits, timings: DEFAULT_TIMINGS, refused, penalties },
    () => {},
  );
  session.start(endpoint);
  return session;
}

function seconds(session: Session, count: number): void {
  for (let i = 0; i < count; i++) {
    clock.advance(1_000);
    session.second(clock.now(), clock.monotonic());
  }
}

describe('a peer that does not read', () => {
  it('is cut when more is waiting for it than the limit, and not before', () => {
    const session = open();
    socket.bufferedAmount = 4 * 1024 * 1024;
    session.sendData('a');
    expect([socket.sent, socket.isCut]).toEqual([['a'], false]);
    socket.bufferedAmount++;
    session.sendData('b');
    expect([socket.sent, socket.isCut]).toEqual([['a'], true]);
    expect(refused.all()).toEqual({ SLOW_READER: 1 });
    expect(endpoint.ends).toEqual([{ code: 1008, text: 'The device did not read what the hub sent it.' }]);
    session.sendData('c');
    expect(socket.sent).toEqual(['a']);
  });

  it('is not read while its output waits', () => {
    const session = open();
    session.pauseForOutput();
    expect(socket.isRead).toBe(true);
  });
});

describe('the heartbeat', () => {
  it('pings every ten seconds, and ends the connection when a second ping met with silence', () => {
    const session = open();
    seconds(session, 9);
    expect(socket.pings).toHaveLength(0);
    seconds(session, 1);
    expect(socket.pings).toHaveLength(1);
    seconds(session, 10);
    expect([socket.pings.length, session.heartbeat.missed]).toEqual([2, 1]);
    seconds(session, 9);
    expect(socket.isCut).toBe(false);
    seconds(session, 1);
    expect(socket.closed?.[0]).toBe(4007);
    expect(socket.isCut).toBe(true);
    expect(endpoint.ends).toEqual([{ code: 4007, text: 'The device stopped answering heartbeats.' }]);
  });

  it('goes on with a peer that answers, or says anything at all', () => {
    const session = open();
    for (let round = 0; round < 10; round++) {
      seconds(session, 10);
      const ping = socket.pings.at(-1);
      if (round % 2 === 0) socket.emit('pong', Buffer.from(ping ?? ''));
      else socket.emit('message', Buffer.from('{}'), false);
    }
    expect([socket.isCut, socket.closed, socket.pings.length]).toEqual([false, null, 10]);
  });

  it('does not count silence while the hub does not read', () => {
    const session = open();
    session.pause();
    expect(socket.isRead).toBe(false);
    seconds(session, 60);
    expect(socket.pings).toHaveLength(0);
    session.resume();
    expect(socket.isRead).toBe(true);
    seconds(session, 9);
    expect(socket.pings).toHaveLength(0);
    seconds(session, 1);
    expect(socket.pings).toHaveLength(1);
  });
});

describe('a peer that floods', () => {
  it('hears why, is not read any more, waits at its next try, and is cut after half a second', () => {
    const session = open();
    for (let i = 0; i < 200; i++) socket.emit('ping', Buffer.alloc(0));
    expect(socket.closed).toBeNull();
    socket.emit('ping', Buffer.alloc(0));
    expect(socket.closed).toEqual([4003, 'Too many pings or pongs per second.']);
    expect(JSON.parse(String(socket.sent[0]))).toMatchObject({ code: 'TOO_MANY_CONTROL_FRAMES' });
    expect(refused.all()).toEqual({ TOO_MANY_CONTROL_FRAMES: 1 });
    expect([socket.isRead, session.refused]).toEqual([false, 1]);
    expect(penalties.waitMs(ADDRESS)).toBe(1_000);
    clock.advance(499);
    expect(socket.isCut).toBe(false);
    clock.advance(1);
    expect(socket.isCut).toBe(true);
    expect(endpoint.ends[0]?.code).toBe(4003);
  });

  it('may answer each of the hub’s pings for ever', () => {
    const session = open();
    for (let i = 0; i < 400; i++) {
      void session.ping().catch(() => {});
      socket.emit('pong', socket.pings.at(-1));
    }
    expect(socket.closed).toBeNull();
    for (let i = 0; i < 201; i++) socket.emit('pong', Buffer.from('unasked'));
    expect(socket.closed?.[0]).toBe(4003);
  });

  it('does not make its machine wait when it is a page from another site', () => {
    open({ isFromOtherSite: true });
    for (let i = 0; i < 201; i++) socket.emit('ping', Buffer.alloc(0));
    expect(socket.closed?.[0]).toBe(4003);
    expect(penalties.waitMs(ADDRESS)).toBe(0);
  });

  it('is not heard any more, while what came before the hub stopped is', () => {
    const session = open();
    session.close(4003, 'Too many.');
    socket.emit('message', Buffer.from('late'), false);
    expect(endpoint.heard).toEqual([]);
    socket = new FakeSocket();
    const stopping = open();
    stopping.close(1001, 'Stopping.');
    socket.emit('message', Buffer.from('last'), false);
    expect(endpoint.heard).toEqual(['last']);
  });
});

describe('a broken frame', () => {
  it('is counted by its code, answered with its rule, and struck', () => {
    const session = open();
    const error = Object.assign(new Error('x'), { code: 'WS_ERR_EXPECTED_MASK' });
    socket.emit('error', error);
    expect(socket.closed).toEqual([1002, 'frames from a client must be masked']);
    expect(refused.all()).toEqual({ WS_ERR_EXPECTED_MASK: 1 });
    expect([penalties.waitMs(ADDRESS), session.refused, socket.isRead]).toEqual([1_000, 1, false]);
  });

  it('is not what a broken connection is', () => {
    open();
    socket.emit('error', Object.assign(new Error('x'), { code: 'ECONNRESET' }));
    expect([socket.closed, refused.all()]).toEqual([null, {}]);
  });
});

describe('the closing handshake', () => {
  it('is waited for a second and a half, then the connection is cut', () => {
    const session = open();
    session.close(1000, 'Bye.');
    expect(session.isOpen).toBe(false);
    clock.advance(1_499);
    expect(socket.isCut).toBe(false);
    clock.advance(1);
    expect(socket.isCut).toBe(true);
    expect(penalties.waitMs(ADDRESS)).toBe(0);
  });

  it('is begun once', () => {
    const session = open();
    session.close(1000, 'Bye.');
    session.close(4003, 'Again.');
    expect(socket.closed).toEqual([1000, 'Bye.']);
    expect(penalties.waitMs(ADDRESS)).toBe(0);
  });
});

describe('a fault of the hub in one connection', () => {
  it('ends that connection with 1011', () => {
    const session = open();
    onMessage = () => {
      throw new Error('a bug');
    };
    socket.emit('message', Buffer.from('{}'), false);
    expect(socket.closed?.[0]).toBe(1011);
    expect(session.isOpen).toBe(false);
  });
});

describe('the rate at which a peer is read', () => {
  it.each([
    ['waits to be admitted', 'pending', 'agent', false],
    ['talks to the echo', 'online', 'echo', false],
    ['is an admitted agent', 'online', 'agent', true],
    ['is late with its data', 'stale', 'agent', true],
  ] as const)('of one who %s', (_, state, kind, isFast) => {
    endpoint.state = state;
    const limits = { bytesPerSec: 1_000_000, waitingBytesPerSec: 1_000, messageBytes: 1_000 };
    const link = new PassThrough();
    const session = open({ endpoint: kind }, limits, link);
    session.second(clock.now(), clock.monotonic());
    link.emit('data', Buffer.alloc(50_000));
    expect(socket.isRead).toBe(isFast);
  });
});
