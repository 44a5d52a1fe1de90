import { describe, expect, it } from 'vitest';
import { SeriesBuffer } from '../../hub/series-buffer';
import { nearestLine, valueOn } from './nearest-line';

const SECOND = 1_000;
const VIEW = {
  left: 0,
  top: 0,
  width: 600,
  height: 100,
  from: 0,
  to: 60_000,
  low: 0,
  high: 100,
  pixelMs: 100,
};

function line(name: string, values: readonly (readonly [seconds: number, value: number])[]) {
  const columns = new SeriesBuffer({ windowMs: 3_600_000 });
  for (const [seconds, value] of values) columns.push(seconds * SECOND, value);
  return { name, columns };
}

const level = (name: string, value: number) =>
  line(
    name,
    Array.from({ length: 61 }, (_, s) => [s, value] as const),
  );
const at = (y: number, time = 30_500) => ({ time, y, stepped: false });

describe('the line under the pointer', () => {
  const lines = [level('high', 80), level('low', 20)];

  it('is the closest, within reach', () => {
    expect(nearestLine(lines, VIEW, at(22), 12)?.line.name).toBe('high');
    expect(nearestLine(lines, VIEW, at(78), 12)?.line.name).toBe('low');
    expect(nearestLine(lines, VIEW, at(50), 12)).toBeNull();
  });

  it('is found between samples, along the line', () => {
    const slope = line(
      'slope',
      Array.from({ length: 7 }, (_, i) => [i * 10, i * 10] as const),
    );
    expect(nearestLine([slope], VIEW, at(65, 35_000), 2)).toMatchObject({ y: 65 });
  });

  it('is the first of those that lie on one another', () => {
    expect(nearestLine([level('top', 50), level('under', 50)], VIEW, at(50), 12)?.line.name).toBe('top');
  });

  it('is none in its gap or where it has ended', () => {
    const holed = line(
      'holed',
      [...Array(61).keys()].filter((s) => s < 20 || s > 40).map((s) => [s, 50] as const),
    );
    expect(nearestLine([holed], VIEW, at(50), 12)).toBeNull();
    expect(nearestLine([line('over', [[1, 50]])], VIEW, at(50), 12)).toBeNull();
  });
});

it('a value that holds until the next does so between samples', () => {
  const { columns } = line('door', [
    [0, 0],
    [2, 1],
  ]);
  expect(valueOn(columns, 1_000, true)).toBe(0);
  expect(valueOn(columns, 1_000, false)).toBe(0.5);
});
