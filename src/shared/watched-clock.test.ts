import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../tests/fakes/manual-clock';
import { Moment } from './moment';
import { WatchedClock, type ClockStep } from './watched-clock';

const HOUR_MS = 3_600_000;

function setup() {
  const manual = new ManualClock(10 * HOUR_MS);
  const asleep = { ms: 0 };
  const clock = new WatchedClock(manual, () => Math.floor((manual.monotonic() + asleep.ms) / 1_000) * 1_000);
  const steps: ClockStep[] = [];
  const stop = clock.watch((step) => steps.push(step));
  return { manual, asleep, clock, steps, stop };
}

describe('a clock that is watched', () => {
  it.each([3 * HOUR_MS, -2 * HOUR_MS, 87_600 * HOUR_MS, -1_500])(
    'tells that it was set by %d ms',
    (stepMs) => {
      const { manual, clock, steps } = setup();
      manual.advance(90_500);
      const from = clock.now();
      manual.skip(stepMs, 0);
      manual.advance(1_000);
      expect(steps).toEqual([{ from: from + 500, to: from + 500 + stepMs, stepMs }]);
      expect(clock.steppedMs).toBe(stepMs);
      manual.advance(60_000);
      expect(steps).toHaveLength(1);
    },
  );

  it('knows it at the next reading, and tells it after that', () => {
    const { manual, clock, steps } = setup();
    manual.skip(HOUR_MS, 0);
    expect(clock.now()).toBe(11 * HOUR_MS);
    expect(clock.steppedMs).toBe(HOUR_MS);
    expect(steps).toEqual([]);
    manual.advance(0);
    expect(steps).toMatchObject([{ stepMs: HOUR_MS }]);
  });

  it('does not take a machine that slept, a stopped process or a slewed clock for one that was set', () => {
    const { manual, asleep, clock, steps } = setup();
    manual.skip(8 * HOUR_MS, 0);
    asleep.ms += 8 * HOUR_MS;
    manual.advance(5_000);
    manual.skip(HOUR_MS, HOUR_MS);
    manual.advance(5_000);
    for (let i = 0; i < 60; i++) {
      manual.skip(100, 0);
      manual.advance(1_000);
    }
    expect([steps, clock.steppedMs]).toEqual([[], 0]);
  });

  it('tells both a sleep and a step of the same time apart', () => {
    const { manual, asleep, steps } = setup();
    manual.skip(8 * HOUR_MS - HOUR_MS, 0);
    asleep.ms += 8 * HOUR_MS;
    manual.advance(1_000);
    expect(steps).toMatchObject([{ stepMs: -HOUR_MS }]);
  });

  it('is not misled by an interruption between the readings of two clocks', () => {
    const { manual, clock, steps } = setup();
    let interrupted = 0;
    const monotonic = manual.monotonic.bind(manual);
    manual.monotonic = () => {
      if (interrupted++ === 0) manual.skip(3_000, 3_000);
      return monotonic();
    };
    clock.now();
    manual.advance(5_000);
    expect([steps, clock.steppedMs]).toEqual([[], 0]);
  });

  it('stops', () => {
    const { manual, steps, stop } = setup();
    stop();
    manual.skip(HOUR_MS, 0);
    manual.advance(60_000);
    expect(steps).toEqual([]);
  });
});

describe('a moment', () => {
  it('is as long ago as it was, however the clock is set', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1e9, max: 1e9 }).filter((ms) => Math.abs(ms) > 1_000)),
        (steps) => {
          const { manual, clock } = setup();
          const moment = new Moment(clock);
          for (const stepMs of steps) {
            manual.skip(stepMs, 0);
            clock.now();
          }
          expect(clock.now() - moment.time).toBe(0);
        },
      ),
    );
  });
});
