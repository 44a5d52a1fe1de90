import { describe, expect, it } from 'vitest';
import type { QuerySeries } from '@shared/model';
import { HistoryLevels } from './history-levels';

const HOUR = 3_600_000;

function answer(from: number, to: number, bucketMs: number): QuerySeries {
  const t = Array.from({ length: (to - from) / bucketMs }, (_, i) => from + i * bucketMs);
  const ones = t.map(() => 1);
  return {
    device: 'kiln',
    metric: 'temperature',
    labels: {},
    unit: '',
    kind: 'gauge',
    t,
    avg: ones,
    min: ones,
    max: ones,
  };
}

/** Creates one sample every `everyMs`, except in `[pauseFrom, pauseTo)`. */
function sparse(from: number, to: number, bucketMs: number, everyMs: number, pause = [0, 0]): QuerySeries {
  const whole = answer(from, to, bucketMs);
  const [pauseFrom = 0, pauseTo = 0] = pause;
  const avg = whole.t.map((t) => (t % everyMs < bucketMs && !(t >= pauseFrom && t < pauseTo) ? 1 : null));
  return { ...whole, avg, min: avg, max: avg };
}

function filled(...spans: [from: number, to: number, bucketMs: number][]): HistoryLevels {
  const levels = new HistoryLevels();
  for (const [from, to, bucketMs] of spans) levels.put(bucketMs, answer(from, to, bucketMs), from, to, from);
  return levels;
}

describe('HistoryLevels', () => {
  it('shows the coarser past until the finer has come, and has it again on the way back', () => {
    const levels = filled([0, 24 * HOUR, HOUR]);
    expect(levels.best(2 * HOUR, 3 * HOUR)?.bucketMs).toBe(HOUR);
    levels.put(60_000, answer(2 * HOUR, 3 * HOUR, 60_000), 2 * HOUR, 3 * HOUR, 0);
    expect(levels.best(2 * HOUR, 3 * HOUR)?.bucketMs).toBe(60_000);
    expect(levels.best(0, 24 * HOUR)?.bucketMs).toBe(HOUR);
  });

  it('does not mind a little that is missing at the end', () => {
    const levels = filled([0, HOUR, HOUR / 10], [0, HOUR - 60_000, 60_000]);
    expect(levels.best(0, HOUR)?.bucketMs).toBe(60_000);
  });

  it('has nothing to show of a time it knows nothing of', () => {
    expect(filled([0, HOUR, 60_000]).best(2 * HOUR, 3 * HOUR)).toBeNull();
  });

  it('forgets what was not used for longest', () => {
    const levels = filled(
      ...[1, 2, 3, 4, 5, 6].map((k): [number, number, number] => [0, 24 * HOUR, k * HOUR]),
    );
    expect(levels.at(HOUR)).toBeNull();
    expect(levels.at(6 * HOUR)).not.toBeNull();
  });

  it('keeps only what is shown when the past has changed, and goes on with none of it', () => {
    const levels = filled([0, 24 * HOUR, HOUR], [0, HOUR, 60_000]);
    levels.expire(levels.best(0, HOUR));
    expect(levels.at(60_000)).toBeNull();
    expect(levels.best(0, HOUR)?.bucketMs).toBe(60_000);
    expect(levels.best(0, 24 * HOUR)?.bucketMs).toBe(60_000);
  });

  it('shows a coarser answer rather than a finer one from before the past has changed', () => {
    const levels = filled([0, HOUR, 10_000]);
    levels.expire(levels.best(0, HOUR));
    levels.put(15_000, answer(0, HOUR, 15_000), 0, HOUR, 0);
    expect(levels.best(0, HOUR)?.bucketMs).toBe(15_000);
  });

  it('shows what there was before the past has changed where nothing newer shows as much', () => {
    const levels = filled([0, HOUR, 10_000]);
    levels.expire(levels.best(0, HOUR));
    levels.put(1_000, answer(HOUR / 2, HOUR, 1_000), HOUR / 2, HOUR, 0);
    expect(levels.best(0, HOUR)?.bucketMs).toBe(10_000);
    expect(levels.best(HOUR / 2, HOUR)?.bucketMs).toBe(1_000);
  });

  describe('between two samples of a device that sends seldom', () => {
    const [from, to] = [12 * 60_000, 12 * 60_000 + 10_000];
    const around = [from - 30_000, to + 30_000] as const;

    it('shows the line between them, which only a coarser past knows', () => {
      const levels = new HistoryLevels();
      levels.put(5_000, sparse(0, HOUR, 5_000, 300_000), 0, HOUR, 0);
      levels.put(100, sparse(...around, 100, 300_000), ...around, 0);
      expect(levels.best(from, to)?.bucketMs).toBe(5_000);
      expect(levels.best(from + 175_000, to + 175_000)?.bucketMs).toBe(5_000);
    });

    it('shows a gap as a gap, although columns longer than it join over it', () => {
      const levels = new HistoryLevels();
      const pause = [from - 60_000, to + 60_000];
      levels.put(120_000, answer(0, HOUR, 120_000), 0, HOUR, 0);
      levels.put(1_000, sparse(0, HOUR, 1_000, 10_000, pause), 0, HOUR, 0);
      levels.put(100, sparse(...around, 100, 10_000, pause), ...around, 0);
      const shown = levels.best(from, to);
      expect(shown?.bucketMs).toBe(1_000);
      expect(shown?.isGapBefore(shown.lowerBound(from))).toBe(true);
    });
  });
});
