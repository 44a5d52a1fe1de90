import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeriesBuffer } from '../../hub/series-buffer';
import { Polyline, type Viewport } from './polyline';
import { trace } from './trace';

function bufferOf(samples: readonly [number, number][]): SeriesBuffer {
  const buffer = new SeriesBuffer({ windowMs: 1e12 });
  for (const [time, value] of samples) buffer.push(time, value);
  return buffer;
}

const view = (from: number, to: number, width = 100): Viewport => ({
  left: 0,
  top: 0,
  width,
  height: 100,
  from,
  to,
  low: 0,
  high: 100,
  pixelMs: (to - from) / width,
});

const points = (line: Polyline) =>
  Array.from({ length: line.length }, (_, i) => [line.x[i] as number, line.y[i] as number] as const);

describe('trace', () => {
  it('goes through every sample where there is room, and one beyond each edge', () => {
    const line = new Polyline();
    trace(
      bufferOf([
        [-10, 0],
        [-5, 10],
        [0, 20],
        [5, 30],
        [10, 40],
        [15, 50],
        [20, 60],
      ]),
      view(0, 10, 10),
      line,
    );
    expect(points(line).map(([x]) => x)).toEqual([-5, 0, 5, 10]);
    expect(line.parts).toEqual([0]);
  });

  it('breaks at gaps', () => {
    const times = [0, 1, 2, 3, 20, 21, 22].map((s) => [s * 1_000, 1] as [number, number]);
    const line = new Polyline();
    trace(bufferOf(times), view(0, 22_000), line);
    expect(line.parts).toEqual([0, 4]);
    expect(line.endOf(0)).toBe(4);
    expect(line.endOf(1)).toBe(7);
  });

  it('keeps the lowest and highest of every pixel, and stays in order, whatever the samples', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 500, maxLength: 1_500 }),
        (values) => {
          const line = new Polyline();
          const width = 20;
          const visible = view(0, values.length, width);
          trace(bufferOf(values.map((value, i) => [i, value])), visible, line);
          const drawn = points(line);
          expect(drawn.length).toBeLessThanOrEqual((width + 1) * 2);
          for (let i = 1; i < drawn.length; i++)
            expect(drawn[i]?.[0]).toBeGreaterThanOrEqual(drawn[i - 1]?.[0] ?? 0);
          const perPixel = new Map<number, number[]>();
          for (const [i, value] of values.entries()) {
            const pixel = Math.floor(i / visible.pixelMs);
            perPixel.set(pixel, [...(perPixel.get(pixel) ?? []), 100 - value]);
          }
          const drawnY = drawn.map(([, y]) => y);
          for (const ys of perPixel.values()) {
            for (const y of [Math.min(...ys), Math.max(...ys)]) expect(drawnY).toContain(y);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('draws nothing of nothing', () => {
    const line = new Polyline();
    trace(bufferOf([]), view(0, 10), line);
    expect(line.length).toBe(0);
  });
});
