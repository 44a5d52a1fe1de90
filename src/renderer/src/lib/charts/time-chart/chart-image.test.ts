import { describe, expect, it } from 'vitest';
import { spanWords } from './chart-image';
import { formatMoment } from '../axes/time-ticks';

const HOUR = 3_600_000;
const dayOf = (time: number) => new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(time);

describe('the time of an image', () => {
  const noon = new Date(2026, 2, 12, 12).getTime();
  const words = (time: number) => formatMoment(time, HOUR);

  it('names its day once', () => {
    const to = noon + HOUR;
    expect(spanWords({ from: noon, to })).toBe(`${dayOf(noon)}, ${words(noon)} – ${words(to)}`);
  });

  it('names both days where one begins within it', () => {
    const from = new Date(2026, 2, 12, 23, 30).getTime();
    const to = from + HOUR;
    expect(spanWords({ from, to })).toBe(`${dayOf(from)}, ${words(from)} – ${dayOf(to)}, ${words(to)}`);
  });
});
