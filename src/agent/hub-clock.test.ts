import { describe, expect, it } from 'vitest';
import { WatchedClock } from '@shared/watched-clock';
import { ManualClock } from '../../tests/fakes/manual-clock';
import { HubClock } from './hub-clock';

const HOUR_MS = 3_600_000;

function setup(now = 10_000) {
  const manual = new ManualClock(now);
  const local = new WatchedClock(manual, () => manual.monotonic());
  return { manual, local, hubClock: new HubClock(local) };
}

describe("the hub's clock", () => {
  it('is taken from the welcome, half a round trip ago', () => {
    const { hubClock } = setup();
    hubClock.welcome(4_950, 100);
    expect(hubClock.toHub(10_000)).toBe(5_000);
  });

  it('is this clock where the difference is within the noise', () => {
    const { hubClock } = setup();
    hubClock.welcome(9_980, 100);
    expect(hubClock.offsetMs).toBe(0);
    hubClock.set(9_970);
    expect(hubClock.offsetMs).toBe(0);
  });

  it('does not follow when the local clock is set', () => {
    const { manual, local, hubClock } = setup();
    hubClock.welcome(10_000, 0);
    manual.skip(HOUR_MS, 0);
    expect(hubClock.toHub(local.now())).toBe(10_000);
    manual.skip(-2 * HOUR_MS, 0);
    expect(hubClock.toHub(local.now())).toBe(10_000);
  });

  it("follows when the hub's clock is set, and when both are, in whichever order that is noticed", () => {
    const { manual, local, hubClock } = setup();
    hubClock.welcome(10_000, 0);
    hubClock.set(10_000 + HOUR_MS);
    expect(hubClock.toHub(local.now())).toBe(10_000 + HOUR_MS);
    // Both run on one machine. The hub sends its time before this side has read the clock.
    manual.skip(HOUR_MS, 0);
    hubClock.set(10_000 + HOUR_MS);
    expect(hubClock.toHub(local.now())).toBe(10_000 + HOUR_MS);
    manual.skip(-HOUR_MS, 0);
    expect(hubClock.toHub(local.now())).toBe(10_000 + HOUR_MS);
    hubClock.set(10_000);
    expect(hubClock.toHub(local.now())).toBe(10_000);
  });

  it('says by how much the local clock was set, until a hub is met', () => {
    const manual = new ManualClock(1_000);
    const told: number[] = [];
    const hubClock = new HubClock(new WatchedClock(manual, () => manual.monotonic()), (byMs) =>
      told.push(byMs),
    );
    hubClock.follow();
    manual.skip(HOUR_MS, 0);
    hubClock.follow();
    hubClock.follow();
    manual.skip(-2 * HOUR_MS, 0);
    hubClock.welcome(manual.now(), 0);
    manual.skip(HOUR_MS, 0);
    hubClock.follow();
    expect(told).toEqual([HOUR_MS, -2 * HOUR_MS]);
  });

  it('does not follow a step too small for the watched clock, but does follow slewing', () => {
    const { manual, local, hubClock } = setup();
    hubClock.welcome(10_000, 0);
    for (const stepMs of [400, -700, 999, 60, 1_000]) {
      const before = hubClock.toHub(local.now());
      manual.skip(stepMs, 0);
      expect(hubClock.toHub(local.now()), `a step of ${stepMs} ms`).toBe(before);
    }
    // Two steps in a row that only together are large enough to be noticed.
    const before = hubClock.toHub(local.now());
    manual.skip(600, 0);
    hubClock.look();
    manual.skip(600, 0);
    expect(hubClock.toHub(local.now())).toBe(before);
    // A clock that is made to run a little faster becomes more exact by that.
    for (let i = 0; i < 100; i++) {
      manual.skip(505, 500);
      hubClock.look();
    }
    expect(hubClock.toHub(local.now())).toBe(before + 50_500);
  });
});
