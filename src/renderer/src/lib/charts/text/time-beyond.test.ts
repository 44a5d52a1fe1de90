import { describe, expect, it } from 'vitest';
import { SeriesBuffer } from '../../hub/series-buffer';
import { timeBeyond } from './time-beyond';

function minutes(...values: number[]): SeriesBuffer {
  const buffer = new SeriesBuffer({ windowMs: 1e12 });
  for (const [i, value] of values.entries()) if (!Number.isNaN(value)) buffer.push(i * 60_000, value);
  return buffer;
}
const MINUTE = 60_000;

describe('the time beyond a bar', () => {
  it('is counted in stretches, each with its worst value', () => {
    const found = timeBeyond(
      minutes(-18, -14, -12, -18, -10, -18),
      { from: 0, to: 10 * MINUTE },
      -15,
      'above',
    );
    expect(found).toEqual({
      count: 2,
      totalMs: 3 * MINUTE,
      observedMs: 6 * MINUTE,
      stretches: [
        { from: MINUTE, to: 3 * MINUTE, extreme: -12 },
        { from: 4 * MINUTE, to: 5 * MINUTE, extreme: -10 },
      ],
    });
  });

  it('ends where nothing is known, and a value at the bar is not beyond it', () => {
    const values = [
      ...Array.from({ length: 10 }, () => 5),
      ...Array.from({ length: 60 }, () => NaN),
      5,
      5,
      5,
      5,
    ];
    const found = timeBeyond(minutes(...values), { from: 0, to: 100 * MINUTE }, 4, 'above');
    expect(found.count).toBe(2);
    expect(found.totalMs).toBe(14 * MINUTE);
    expect(timeBeyond(minutes(5, 5), { from: 0, to: 10 * MINUTE }, 5, 'below').totalMs).toBe(0);
  });

  it('is cut to the span', () => {
    const found = timeBeyond(minutes(1, 1, 1, 1), { from: MINUTE, to: 2.5 * MINUTE }, 2, 'below');
    expect(found.stretches).toEqual([{ from: MINUTE, to: 2.5 * MINUTE, extreme: 1 }]);
  });

  it('lists the longest of very many', () => {
    const found = timeBeyond(
      minutes(...Array.from({ length: 1_000 }, (_, i) => i % 2)),
      { from: 0, to: 1e9 },
      0.5,
      'above',
    );
    expect(found.count).toBe(500);
    expect(found.stretches).toHaveLength(100);
  });
});
