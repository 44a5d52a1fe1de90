import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '@shared/logger';
import { DEFAULT_LIMITS, type Limits } from '@shared/protocol/limits';
import { ManualClock } from '../../../../tests/fakes/manual-clock';
import { Penalties } from '../bounds/penalties';
import { RefusedCounter } from '../bounds/refused-counter';
import { TrustedProxies } from '../bounds/trusted-proxies';
import { DEFAULT_TIMINGS } from '../timings';
import { Arrivals } from './arrivals';

/** A connection; what the hub writes to it comes back. */
interface Peer {
  socket: Socket;
  /** The status line that it was told, or how it ended. */
  end(): string;
}

let clock: ManualClock;
let refused: RefusedCounter;
let penalties: Penalties;
let arrivals: Arrivals;

function start(some: Partial<Limits> = {}, proxies: string[] = []): void {
  clock = new ManualClock();
  const limits = { ...DEFAULT_LIMITS, freeStrikes: 0, ...some };
  refused = new RefusedCounter(limits, () => clock.now());
  penalties = new Penalties(clock, limits);
  const context = { clock, log: silentLogger, limits, timings: DEFAULT_TIMINGS, refused, penalties };
  arrivals = new Arrivals(context, new TrustedProxies(proxies));
}
beforeEach(() => start());

function connect(address: string): Peer {
  const stream = new PassThrough();
  let isReset = false;
  const socket = Object.assign(stream, {
    remoteAddress: address,
    setNoDelay: () => {},
    resetAndDestroy: () => {
      isReset = true;
      stream.destroy();
    },
  });
  const end = (): string => {
    if (isReset) return 'reset';
    const told = String(stream.read() ?? '').split('\r\n')[0];
    return told || (stream.destroyed ? 'destroyed' : 'open');
  };
  return { socket: socket as unknown as Socket, end };
}

function enter(address: string): Peer {
  const peer = connect(address);
  arrivals.enter(peer.socket);
  return peer;
}

const passed = (ms: number): void => {
  clock.advance(ms);
  arrivals.second(clock.monotonic());
};

describe('connections that have not said what they want', () => {
  it('are 64 at most of one address, until one of them has', () => {
    const peers = Array.from({ length: 64 }, () => enter('10.0.0.1'));
    expect(peers.every((peer) => peer.end() === 'open')).toBe(true);
    expect(enter('10.0.0.1').end()).toBe('HTTP/1.1 429 Too Many Requests');
    expect(enter('10.0.0.2').end()).toBe('open');
    expect(refused.all()).toEqual({ TOO_MANY_UNAUTHENTICATED: 1 });
    expect(arrivals.complete(peers[0]?.socket ?? new PassThrough())).toBe(0);
    expect(enter('10.0.0.1').end()).toBe('open');
  });

  it('are one fewer when one of them goes', async () => {
    start({ unauthenticatedPerAddress: 1 });
    const first = enter('10.0.0.1');
    first.socket.destroy();
    await new Promise((resolve) => first.socket.once('close', resolve));
    expect(enter('10.0.0.1').end()).toBe('open');
    expect(arrivals.unauthenticated.of('10.0.0.1')).toBe(1);
  });

  it('are cut after five seconds with 408, and not before', () => {
    const peer = enter('10.0.0.1');
    passed(4_999);
    expect(peer.end()).toBe('open');
    passed(1);
    expect(peer.end()).toBe('HTTP/1.1 408 Request Timeout');
    expect(refused.all()).toEqual({ UPGRADE_TIMEOUT: 1 });
    expect(arrivals.wasTooLate(peer.socket)).toBe(true);
    expect(arrivals.unauthenticated.of('10.0.0.1')).toBe(0);
  });

  it('have those five seconds from the first byte of TCP, with TLS and without', () => {
    const peer = connect('10.0.0.1');
    const arrival = arrivals.enter(peer.socket);
    if (arrival) arrival.speaker = null;
    passed(4_000);
    const secure = connect('10.0.0.1');
    arrivals.secured(peer.socket, secure.socket);
    passed(1_000);
    expect(secure.end()).toBe('HTTP/1.1 408 Request Timeout');
    const silent = connect('10.0.0.2');
    const half = arrivals.enter(silent.socket);
    if (half) half.speaker = null;
    passed(5_000);
    expect(silent.end()).toBe('destroyed');
    expect(half?.isTooLate).toBe(true);
  });

  it('are not cut any more once their head is complete', () => {
    const peer = enter('10.0.0.1');
    expect(arrivals.complete(peer.socket)).toBe(0);
    expect(arrivals.complete(peer.socket)).toBeNull();
    passed(60_000);
    expect(peer.end()).toBe('open');
  });

  it('make room in all for a newcomer, the oldest first, which is struck', () => {
    start({ arrivals: 2 });
    const [first, second] = [enter('10.0.0.1'), enter('10.0.0.2')];
    const third = enter('10.0.0.3');
    expect([first.end(), second.end(), third.end()]).toEqual(['reset', 'open', 'open']);
    expect(refused.all()).toEqual({ TOO_MANY_ARRIVALS: 1 });
    expect([penalties.waitMs('10.0.0.1'), penalties.waitMs('10.0.0.2')]).toEqual([1_000, 0]);
  });

  it('are refused while their address has to wait', () => {
    penalties.strike('10.0.0.1');
    expect(enter('10.0.0.1').end()).toBe('HTTP/1.1 429 Too Many Requests');
    expect(enter('10.0.0.2').end()).toBe('open');
    clock.advance(1_000);
    expect(enter('10.0.0.1').end()).toBe('open');
    expect(refused.all()).toEqual({ COOLING_OFF: 1 });
  });

  it('are refused without a word when there are more than a hundred a second', () => {
    penalties.strike('10.0.0.1');
    const ends = Array.from({ length: 150 }, () => enter('10.0.0.1').end());
    expect(ends.filter((end) => end === 'reset')).toHaveLength(50);
  });

  it('are not counted against a trusted proxy, which speaks for others', () => {
    start({ unauthenticatedPerAddress: 1, arrivals: 2 }, ['10.0.0.9']);
    penalties.strike('10.0.0.9');
    const peers = [enter('10.0.0.9'), enter('10.0.0.9')];
    expect(peers.map((peer) => peer.end())).toEqual(['open', 'open']);
    clock.advance(120_000);
    enter('10.0.0.9');
    expect(penalties.waitMs('10.0.0.9')).toBe(0);
  });
});
