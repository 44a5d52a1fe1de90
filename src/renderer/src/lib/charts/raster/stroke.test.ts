import { describe, expect, it } from 'vitest';
import { dashesOf } from './dashes';
import { fillUnder } from './fill';
import { Pixels } from './pixels';
import { Polyline } from './polyline';
import { strokeLine } from './stroke';

const BLACK = 0xff << 24;
const WHITE = -1;

function black(width: number, height: number, scale = 1): Pixels {
  const pixels = new Pixels();
  pixels.resize(width, 0, height, scale);
  pixels.clear(BLACK);
  return pixels;
}

function lineOf(...points: [x: number, y: number][]): Polyline {
  const line = new Polyline();
  line.breakHere();
  for (const [x, y] of points) line.push(x, y);
  return line;
}

/** Returns the brightness of each pixel of a column, 0 to 1. */
const column = ({ rgba, width, height }: Pixels, x: number): number[] =>
  Array.from({ length: height }, (_, y) => ((rgba[y * width + x] ?? 0) & 0xff) / 255);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('a line', () => {
  it('is as thick as asked, wherever between two pixels it lies', () => {
    for (const y of [5, 5.3, 5.5, 5.9]) {
      const pixels = black(20, 12);
      strokeLine(pixels, lineOf([0, y], [20, y]), 1.4, WHITE);
      for (const x of [0, 7, 19]) expect(sum(column(pixels, x))).toBeCloseTo(1.4, 1);
    }
  });

  it('looks the same whether it has few samples or several a pixel', () => {
    const few = black(20, 12);
    const many = black(20, 12);
    strokeLine(few, lineOf([0, 3], [20, 8]), 1.4, WHITE);
    strokeLine(
      many,
      lineOf(...Array.from({ length: 61 }, (_, i): [number, number] => [i / 3, 3 + i / 12])),
      1.4,
      WHITE,
    );
    for (let x = 1; x < 19; x++)
      column(few, x).forEach((bright, y) => expect(column(many, x)[y]).toBeCloseTo(bright, 1));
  });

  it('goes straight up in its own column, and no further than its ends', () => {
    const pixels = black(20, 20);
    strokeLine(pixels, lineOf([10.5, 15], [10.5, 4]), 1, WHITE);
    expect(column(pixels, 10)).toEqual(Array.from({ length: 20 }, (_, y) => (y >= 4 && y < 15 ? 1 : 0)));
    expect(sum(column(pixels, 9)) + sum(column(pixels, 11))).toBe(0);
  });

  it('is cut off at the edges, however far it leads beyond them', () => {
    const pixels = black(21, 12, 2);
    strokeLine(pixels, lineOf([-1e7, 3], [5, 3], [5.1, -1e9], [5.2, 1e9], [1e7, 3]), 1.4, WHITE);
    expect(sum(column(pixels, 2))).toBeCloseTo(2.8, 1);
    expect(column(pixels, 10).every((bright) => bright > 0.9)).toBe(true);
  });

  it('leaves what is left of the part that is drawn as it is', () => {
    const pixels = black(20, 12);
    pixels.left = 8;
    strokeLine(pixels, lineOf([0, 5], [8, 6], [9, 2], [20, 5]), 1.4, WHITE);
    for (let x = 0; x < 8; x++) expect(sum(column(pixels, x))).toBe(0);
    expect(sum(column(pixels, 12))).toBeGreaterThan(1);
  });
});

describe('an area', () => {
  it('reaches from its line to its level, with the share that was asked for', () => {
    const pixels = black(20, 12);
    fillUnder(pixels, lineOf([0, 2.5], [20, 6.5]), 10, WHITE, 0.5);
    for (let x = 0; x < 20; x++)
      expect(sum(column(pixels, x))).toBeCloseTo(0.5 * (10 - (2.5 + (x + 0.5) / 5)), 1);
    expect(column(pixels, 5).slice(10)).toEqual([0, 0]);
  });

  it('lies between two lines, and fills nothing outside the plot', () => {
    const pixels = black(20, 12);
    fillUnder(pixels, lineOf([-5, -30], [25, -30]), lineOf([-5, 4], [25, 4]), WHITE, 1);
    for (let x = 0; x < 20; x++)
      expect(column(pixels, x)).toEqual(Array.from({ length: 12 }, (_, y) => (y < 4 ? 1 : 0)));
  });
});

describe('a dashed line', () => {
  it('is four on and three off, counted through its bends', () => {
    const dashes = new Polyline();
    dashesOf(lineOf([0, 0], [5, 0], [5, 12]), dashes);
    expect(dashes.parts).toEqual([0, 2, 4]);
    expect([...dashes.x.slice(0, dashes.length)]).toEqual([0, 4, 5, 5, 5, 5]);
    expect([...dashes.y.slice(0, dashes.length)]).toEqual([0, 0, 2, 6, 9, 12]);
  });

  it('makes no more dashes than anybody sees of a piece that leads far away', () => {
    const dashes = new Polyline();
    dashesOf(lineOf([-1e9, 0], [10, 0]), dashes);
    expect(dashes.length).toBeLessThan(10_000);
  });
});
