import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeviceClock } from './device-clock';

const NOW = Date.UTC(2026, 10, 30);
const HOUR = 3_600_000;

describe("a simple device's clock", () => {
  it('is right within ten seconds of the arrival, ahead or behind', () => {
    const clock = new DeviceClock();
    for (const offset of [-10_000, -5, 0, 9_999]) {
      expect(clock.judge(NOW + offset, NOW)).toEqual({ kind: 'take', shiftMs: 0 });
      expect(clock.offsetMs).toBe(offset);
    }
  });

  it('is wrong once five messages over 30 s are off by the same; what came before stays as said', () => {
    const clock = new DeviceClock();
    for (const s of [0, 10, 20, 25]) {
      expect(clock.judge(NOW + s * 1_000 - HOUR, NOW + s * 1_000)).toEqual({ kind: 'take', shiftMs: 0 });
    }
    expect(clock.isWrong).toBe(false);
    expect(clock.judge(NOW + 30_000 - HOUR - 40, NOW + 30_000)).toEqual({ kind: 'take', shiftMs: HOUR + 40 });
    // The offset is estimated again with each message.
    expect(clock.judge(NOW + 31_000 - HOUR, NOW + 31_000)).toEqual({ kind: 'take', shiftMs: HOUR });
    expect(clock.offsetMs).toBe(-HOUR);
  });

  it('is not called wrong for a backlog, which catches up', () => {
    const clock = new DeviceClock();
    for (let s = 0; s < 120; s += 5) {
      // Ten seconds of buffered data arrive each second.
      const newest = NOW - HOUR + s * 10_000;
      expect(clock.judge(newest, NOW + s * 1_000)).toEqual({ kind: 'take', shiftMs: 0 });
    }
  });

  it('sets what is ahead aside until it is known to be wrong', () => {
    const clock = new DeviceClock();
    for (const s of [0, 8, 16, 24]) {
      expect(clock.judge(NOW + s * 1_000 + HOUR, NOW + s * 1_000)).toEqual({ kind: 'aside' });
    }
    expect(clock.judge(NOW + 32_000 + HOUR, NOW + 32_000)).toEqual({ kind: 'take', shiftMs: -HOUR });
  });

  it('that was set within a connection is taken at its arrival when it is a little ahead', () => {
    const clock = new DeviceClock();
    clock.judge(NOW - 3 * HOUR, NOW);
    expect(clock.judge(NOW + 2_000, NOW + 200)).toEqual({ kind: 'take', shiftMs: -1_800 });
    expect(clock.judge(NOW + 300, NOW + 400)).toEqual({ kind: 'take', shiftMs: 0 });
  });

  it('is right again the moment that it is set right', () => {
    const clock = new DeviceClock();
    for (let s = 0; s <= 40; s += 8) clock.judge(NOW + s * 1_000 - HOUR, NOW + s * 1_000);
    expect(clock.isWrong).toBe(true);
    expect(clock.judge(NOW + 50_000, NOW + 50_010)).toEqual({ kind: 'take', shiftMs: 0 });
    expect(clock.isWrong).toBe(false);
  });

  it("goes on to correct a clock that is wrong when the hub's is set, and trusts one that turns out right", () => {
    const wrong = new DeviceClock();
    for (let s = 0; s <= 40; s += 8) wrong.judge(NOW + s * 1_000 - HOUR, NOW + s * 1_000);
    wrong.hubSet(3 * HOUR);
    const arrival = NOW + 3 * HOUR + 41_000;
    expect(wrong.judge(arrival - 4 * HOUR, arrival)).toEqual({ kind: 'take', shiftMs: 4 * HOUR });

    const right = new DeviceClock();
    for (let s = 0; s <= 40; s += 8) right.judge(NOW + s * 1_000 + 3 * HOUR, NOW + s * 1_000);
    expect(right.isWrong).toBe(true);
    right.hubSet(3 * HOUR);
    expect([right.isWrong, right.offsetMs]).toEqual([false, 0]);
    // The device's own clock was not set, so a time that is slightly ahead is taken as it is.
    expect(right.judge(arrival + 500, arrival)).toEqual({ kind: 'take', shiftMs: 0 });
  });

  it('never moves data into the future', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: -2 * HOUR, max: 2 * HOUR })),
        ),
        (steps) => {
          const clock = new DeviceClock();
          let now = NOW;
          for (const [passed, offset] of steps) {
            now += passed;
            const judgement = clock.judge(now + offset, now);
            if (judgement.kind !== 'take' || judgement.shiftMs === 0) continue;
            expect(now + offset + judgement.shiftMs).toBeLessThanOrEqual(now);
          }
        },
      ),
    );
  });
});
