import { describe, expect, it } from 'vitest';
import { Heartbeat } from './heartbeat';

const EMPTY = Buffer.alloc(0);

describe('the heartbeat of a session', () => {
  it('takes the pong that carries the bytes of its ping, and knows the round trip', () => {
    const heartbeat = new Heartbeat(0);
    const ping = heartbeat.next(1_000);
    expect(heartbeat.pong(Buffer.from('other'), 1_002)).toBe(false);
    expect(heartbeat.pong(Buffer.from(ping), 1_005)).toBe(true);
    expect(heartbeat.rttMs).toBe(5);
    expect(heartbeat.pong(ping, 1_006)).toBe(false);
  });

  it('takes an empty pong for an answer, once a ping', () => {
    const heartbeat = new Heartbeat(0);
    expect(heartbeat.pong(EMPTY, 500)).toBe(false);
    heartbeat.next(1_000);
    expect(heartbeat.pong(EMPTY, 1_003)).toBe(true);
    expect(heartbeat.rttMs).toBe(3);
    expect(heartbeat.pongsReceived).toBe(1);
    expect(heartbeat.pong(EMPTY, 1_004)).toBe(false);
  });

  it('counts a ping as missed only when nothing at all came after it', () => {
    const heartbeat = new Heartbeat(0);
    heartbeat.next(1_000);
    heartbeat.heard();
    heartbeat.next(2_000);
    expect(heartbeat.missed).toBe(0);
    heartbeat.next(3_000);
    expect(heartbeat.missed).toBe(1);
    heartbeat.next(4_000);
    expect(heartbeat.missed).toBe(2);
    heartbeat.heard();
    expect(heartbeat.missed).toBe(0);
  });

  it('is due a period after the last ping, or after reading went on', () => {
    const heartbeat = new Heartbeat(0);
    expect(heartbeat.isDue(9_999, 10_000)).toBe(false);
    expect(heartbeat.isDue(10_000, 10_000)).toBe(true);
    heartbeat.next(10_000);
    expect(heartbeat.isDue(19_000, 10_000)).toBe(false);
    heartbeat.restart(15_000);
    expect(heartbeat.isDue(20_000, 10_000)).toBe(false);
  });
});
