import { describe, expect, it } from 'vitest';
import { SeriesBuffer } from '../../hub/series-buffer';
import { moveCursor } from './chart-cursor';
import type { Viewport } from '../raster/polyline';

const view: Viewport = {
  left: 0,
  top: 0,
  width: 100,
  height: 100,
  from: 0,
  to: 10_000,
  low: 0,
  high: 1,
  pixelMs: 100,
};
const buffer = new SeriesBuffer({ windowMs: 1e9 });
for (const time of [1_000, 2_000, 5_000, 5_010, 5_020, 9_000]) buffer.push(time, 1);

const press = (key: string, time: number | null) => moveCursor(key, time, view, buffer);

describe('the cursor of a chart', () => {
  it('begins at the newest sample', () => {
    expect(press('ArrowLeft', null)).toBe(9_000);
    expect(press('End', 1_000)).toBe(9_000);
    expect(press('Home', 9_000)).toBe(1_000);
  });

  it('goes from sample to sample, and over those that share a pixel', () => {
    expect(press('ArrowRight', 1_000)).toBe(2_000);
    expect(press('ArrowRight', 2_000)).toBe(5_000);
    expect(press('ArrowRight', 5_000)).toBe(9_000);
    expect(press('ArrowLeft', 9_000)).toBe(5_020);
    expect(press('ArrowLeft', 2_000)).toBe(1_000);
  });

  it('stays within the picture', () => {
    expect(press('ArrowLeft', 0)).toBe(0);
    expect(press('ArrowRight', 10_000)).toBe(10_000);
    expect(press('PageUp', 1_500)).toBe(1_000);
    expect(press('PageDown', 2_000)).toBe(3_000);
  });

  it('leaves every other key alone', () => {
    expect(press('a', 1_000)).toBeNull();
  });
});
