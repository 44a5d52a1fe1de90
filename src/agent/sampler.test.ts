import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../tests/fakes/manual-clock';
import { Sampler } from './sampler';

function ticksOf(clock: ManualClock, intervalMs: number) {
  const ticks: number[] = [];
  const sampler = new Sampler(clock, intervalMs, () => ticks.push(clock.now()));
  sampler.start();
  return { ticks, sampler };
}

describe('the sampler', () => {
  it('ticks at whole multiples of the interval', () => {
    const clock = new ManualClock(10_300);
    const { ticks } = ticksOf(clock, 1_000);
    clock.advance(3_000);
    expect(ticks).toEqual([11_000, 12_000, 13_000]);
  });

  it('takes a new interval at once', () => {
    const clock = new ManualClock(10_300);
    const { ticks, sampler } = ticksOf(clock, 60_000);
    clock.advance(1_000);
    sampler.setInterval(250);
    clock.advance(500);
    expect(ticks).toEqual([11_500, 11_750]);
  });

  it('does not make up for ticks it slept through', () => {
    const clock = new ManualClock(10_000);
    const { ticks } = ticksOf(clock, 1_000);
    clock.skip(3_600_400, 400);
    clock.advance(2_000);
    expect(ticks.length).toBeLessThanOrEqual(3);
    expect(ticks.at(-1)).toBe(3_612_000);
  });

  it('stops', () => {
    const clock = new ManualClock();
    const { ticks, sampler } = ticksOf(clock, 1_000);
    sampler.stop();
    clock.advance(10_000);
    expect(ticks).toEqual([]);
  });
});
