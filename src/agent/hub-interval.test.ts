import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../tests/fakes/manual-clock';
import { HubInterval } from './hub-interval';

describe('the interval that a hub wants', () => {
  it('is used at once, but only a few times a minute; then the last one is used later', () => {
    const clock = new ManualClock();
    const used: number[] = [];
    const interval = new HubInterval(clock, 1_000, (ms) => used.push(ms));
    interval.want(1_000);
    expect(used).toEqual([]);
    interval.want(250);
    expect(used).toEqual([250]);
    for (let i = 0; i < 10_000; i++) interval.want(100 + (i % 2));
    expect(used).toHaveLength(12);
    interval.want(777);
    clock.advance(5_000);
    expect(used.at(-1)).toBe(777);
    for (let i = 0; i < 600; i++) {
      interval.want(100 + (i % 2));
      clock.advance(100);
    }
    expect(used.length).toBeLessThanOrEqual(13 + 12);
    interval.dispose();
    clock.advance(60_000);
    expect(used.length).toBeLessThanOrEqual(13 + 12);
  });
});
