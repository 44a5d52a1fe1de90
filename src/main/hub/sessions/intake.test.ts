import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { ManualClock } from '../../../../tests/fakes/manual-clock';
import { Intake, type IntakeOptions } from './intake';

const RATE = 1_000;
/** Two seconds of the rate. */
const BURST = 2_000;

let socket: PassThrough;
afterEach(() => socket.destroy());

/** The size of an unmasked frame's head with a payload of up to 64 KiB. */
const HEAD_BYTES = 4;

/**
 * Creates an intake; `state.isRead` says whether the hub reads from its peer, which sends a `whole` frame or `begin`s
 * one.
 */
function intakeWith(options: Partial<IntakeOptions> = {}) {
  const clock = new ManualClock();
  socket = new PassThrough();
  const state = { isRead: true, floods: 0, slow: 0 };
  const webSocket = { pause: () => (state.isRead = false), resume: () => (state.isRead = true) };
  const intake = new Intake(webSocket as unknown as WebSocket, socket, {
    clock,
    bytesPerSec: RATE,
    controlFramesPerSec: 20,
    messageBytes: 10,
    messageTimeoutMs: 15_000,
    floodMs: 3_000,
    onFlood: () => state.floods++,
    onSlowMessage: () => state.slow++,
    ...options,
  });
  const begin = (bytes: number, payload: number): void => {
    const head = Buffer.from([0x82, 126, payload >> 8, payload & 0xff]);
    socket.emit('data', Buffer.concat([head, Buffer.alloc(bytes - HEAD_BYTES)]));
  };
  const whole = (bytes: number): void => begin(bytes, bytes - HEAD_BYTES);
  return { clock, intake, state, begin, whole };
}

describe('what is read from a peer', () => {
  it('is two seconds of its rate at once; what is beyond that is waited for', () => {
    const { clock, state, whole } = intakeWith();
    whole(BURST);
    expect(state.isRead).toBe(true);
    whole(500);
    expect(state.isRead).toBe(false);
    clock.advance(499);
    expect(state.isRead).toBe(false);
    clock.advance(1);
    expect(state.isRead).toBe(true);
    expect(state.floods).toBe(0);
  });

  it('is the rate, for as long as it is kept', () => {
    const { clock, state, whole } = intakeWith();
    for (let s = 0; s < 60; s++) {
      whole(RATE);
      clock.advance(1_000);
      expect(state.isRead).toBe(true);
    }
    expect(state.floods).toBe(0);
  });

  it('is a flood when it stays above the rate for three seconds, in spite of all pauses', () => {
    const { clock, state, whole } = intakeWith();
    whole(BURST + 100);
    for (let ms = 0; ms < 2_900; ms += 100) {
      clock.advance(100);
      whole(200);
      expect(state.floods).toBe(0);
    }
    clock.advance(100);
    whole(200);
    expect(state.floods).toBe(1);
  });

  it('is no flood when it was calm for more than half a second in between', () => {
    const { clock, state, whole } = intakeWith();
    for (let round = 0; round < 10; round++) {
      whole(BURST + 100);
      clock.advance(100);
      clock.advance(3_000);
    }
    expect(state.floods).toBe(0);
  });

  it('begins with a full burst at a new rate', () => {
    const { intake, state, whole } = intakeWith();
    whole(BURST + 1_000);
    expect(state.isRead).toBe(false);
    intake.bytesPerSec = 10_000;
    expect(state.isRead).toBe(true);
    whole(20_000);
    expect(state.isRead).toBe(true);
    whole(1_000);
    expect(state.isRead).toBe(false);
  });

  it('is one full read a turn', async () => {
    const { state, whole } = intakeWith({ bytesPerSec: 1e9 });
    whole(65_535);
    expect(state.isRead).toBe(true);
    socket.emit('data', Buffer.alloc(64 * 1024));
    expect(state.isRead).toBe(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(state.isRead).toBe(true);
  });

  it('waits for the slowest of all reasons', () => {
    const { intake, state } = intakeWith();
    intake.pause('history');
    intake.pause('output');
    intake.resume('history');
    expect([intake.isPaused, state.isRead]).toEqual([true, false]);
    intake.resume('output');
    expect([intake.isPaused, state.isRead]).toEqual([false, true]);
  });

  it('is nothing any more once it was stopped', async () => {
    const { clock, intake, state, whole } = intakeWith();
    whole(BURST + 100);
    intake.stop();
    clock.advance(10_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(state.isRead).toBe(false);
  });
});

describe('a message that does not become complete', () => {
  it('is too slow after fifteen seconds, not before', () => {
    const { clock, intake, state, begin } = intakeWith();
    begin(100, 1_000);
    clock.advance(14_999);
    intake.second(clock.monotonic());
    expect(state.slow).toBe(0);
    clock.advance(1);
    intake.second(clock.monotonic());
    expect(state.slow).toBe(1);
  });

  it('is in time when it becomes complete, and the next one has its own time', () => {
    const { clock, intake, state, begin } = intakeWith();
    begin(100, 196);
    clock.advance(14_000);
    socket.emit('data', Buffer.alloc(100));
    clock.advance(14_000);
    intake.second(clock.monotonic());
    expect(state.slow).toBe(0);
  });

  it('is not to blame for the time in which the hub does not read', () => {
    const { clock, intake, state, begin } = intakeWith();
    begin(100, 1_000);
    clock.advance(14_000);
    intake.pause('history');
    clock.advance(60_000);
    intake.second(clock.monotonic());
    intake.resume('history');
    clock.advance(14_999);
    intake.second(clock.monotonic());
    expect(state.slow).toBe(0);
    clock.advance(1);
    intake.second(clock.monotonic());
    expect(state.slow).toBe(1);
  });
});

describe('control frames', () => {
  it('may come ten seconds of their rate at once, then at their rate', () => {
    const { clock, intake } = intakeWith();
    const taken = (): number =>
      Array.from({ length: 500 }, () => intake.takeControlFrame()).filter(Boolean).length;
    expect(taken()).toBe(200);
    clock.advance(1_000);
    expect(taken()).toBe(20);
  });
});
