import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeriesBuffer } from './series-buffer';

function samplesOf(buffer: SeriesBuffer): [number, number][] {
  const samples: [number, number][] = [];
  for (let i = buffer.start; i < buffer.end; i++) samples.push([buffer.t[i] ?? NaN, buffer.v[i] ?? NaN]);
  return samples;
}

function filled(times: number[], windowMs = 1e9): SeriesBuffer {
  const buffer = new SeriesBuffer({ windowMs });
  for (const time of times) buffer.push(time, time);
  return buffer;
}

describe('SeriesBuffer', () => {
  const samples = fc.array(fc.tuple(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: -9, max: 9 })), {
    maxLength: 400,
  });

  it('holds what a sorted map would hold, in whatever order samples arrive', () => {
    fc.assert(
      fc.property(samples, (list) => {
        const buffer = new SeriesBuffer({ windowMs: 1e9 });
        for (const [time, value] of list) buffer.push(time, value);
        const expected = [...new Map(list)].sort((a, b) => a[0] - b[0]);
        expect(samplesOf(buffer)).toEqual(expected);
      }),
    );
  });

  it('keeps no more than its bound and nothing older than its window, whatever arrives', () => {
    fc.assert(
      fc.property(
        samples,
        fc.integer({ min: 2, max: 50 }),
        fc.integer({ min: 1, max: 500 }),
        (list, most, ms) => {
          const buffer = new SeriesBuffer({ windowMs: ms, maxPoints: most });
          for (const [time, value] of list) {
            buffer.push(time, value);
            expect(buffer.length).toBeLessThanOrEqual(most);
            expect(buffer.t[buffer.start] ?? NaN).toBeGreaterThanOrEqual(buffer.lastTime - ms);
          }
          const times = samplesOf(buffer).map(([time]) => time);
          expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
          if (list.length > 0) expect(buffer.lastTime).toBe(Math.max(...list.map(([time]) => time)));
        },
      ),
    );
  });

  it('drops the oldest samples beyond its bound', () => {
    const buffer = new SeriesBuffer({ windowMs: 1e9, maxPoints: 100 });
    for (let i = 0; i < 1_000; i++) buffer.push(i, i);
    expect(samplesOf(buffer)).toEqual(Array.from({ length: 100 }, (_, i) => [900 + i, 900 + i]));
  });

  it('skips values that say that nothing was sent', () => {
    const buffer = new SeriesBuffer({ windowMs: 1e9 });
    buffer.pushColumn(Float64Array.of(1, 2, 3), Float64Array.of(9, 9, 10, NaN, 30), 2);
    expect(samplesOf(buffer)).toEqual([
      [1, 10],
      [3, 30],
    ]);
  });

  it('finds the sample closest to a moment', () => {
    const buffer = filled([1_000, 2_000, 4_000]);
    const nearest = (time: number) => buffer.t[buffer.nearest(time, 600)];
    expect(nearest(900)).toBe(1_000);
    expect(nearest(1_600)).toBe(2_000);
    expect(nearest(1_400)).toBe(1_000);
    expect(nearest(4_500)).toBe(4_000);
    expect(buffer.nearest(3_000, 600)).toBe(-1);
    expect(new SeriesBuffer({ windowMs: 1 }).nearest(0, 1e9)).toBe(-1);
  });

  const gapsOf = (buffer: SeriesBuffer) =>
    samplesOf(buffer)
      .map(([time], i) => (buffer.isGapBefore(buffer.start + i) ? time : null))
      .filter((time) => time !== null);

  it('sees a pause of more than three usual intervals as a gap', () => {
    const times = [0, 1, 2, 3, 4, 5, 12, 13, 14, 15].map((s) => s * 1_000);
    expect(gapsOf(filled(times))).toEqual([12_000]);
  });

  it('never sees a pause of up to 2.5 s as a gap', () => {
    expect(gapsOf(filled([0, 250, 500, 750, 3_250, 3_500, 3_750]))).toEqual([]);
    expect(gapsOf(filled([0, 250, 500, 750, 3_251, 3_501, 3_751]))).toEqual([3_251]);
  });

  it('does not take a slower sampling interval for gaps', () => {
    const slowThenFast = [0, 10, 20, 30, 40, 40.25, 40.5, 40.75, 41, 41.25, 41.5].map((s) => s * 1_000);
    expect(gapsOf(filled(slowThenFast))).toEqual([]);
    const fastThenSlow = [0, 0.25, 0.5, 0.75, 1, 1.25, 11, 21, 31, 41].map((s) => s * 1_000);
    expect(gapsOf(filled(fastThenSlow))).toEqual([]);
    expect(gapsOf(filled([0, 600_000]))).toEqual([]);
  });

  it('says from when on the line may look different', () => {
    const buffer = new SeriesBuffer({ windowMs: 1e9 });
    for (let i = 0; i < 20; i++) buffer.push(i * 1_000, i);
    const { version } = buffer;
    expect(buffer.changedSince(version)).toBe(Infinity);
    buffer.push(20_000, 20);
    buffer.push(21_000, 21);
    // Gaps are judged by five neighbours.
    expect(buffer.changedSince(version)).toBe(13_000);
    buffer.push(21_000, 21);
    expect(buffer.changedSince(version)).toBe(13_000);
    buffer.push(10_500, 5);
    expect(buffer.changedSince(version)).toBe(-Infinity);
    expect(buffer.changedSince(buffer.version)).toBe(Infinity);
  });
});
