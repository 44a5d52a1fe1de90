import { describe, expect, it } from 'vitest';
import type { QuerySeries } from '@shared/model';
import { HistoryColumns } from './history-columns';

/** Creates an answer with one column per value; null is a column without data. */
function answer(from: number, bucketMs: number, values: (number | null)[]): QuerySeries {
  return {
    device: 'd',
    metric: 'm',
    labels: {},
    unit: '',
    kind: 'gauge',
    t: values.map((_, i) => from + i * bucketMs),
    avg: values,
    min: values.map((value) => (value === null ? null : value - 1)),
    max: values.map((value) => (value === null ? null : value + 1)),
  };
}

function columnsOf(bucketMs: number, values: (number | null)[]): HistoryColumns {
  const columns = new HistoryColumns(bucketMs);
  columns.put(answer(0, bucketMs, values), 0, values.length * bucketMs, 0);
  return columns;
}

const gaps = (columns: HistoryColumns) =>
  Array.from({ length: columns.end }, (_, i) => i).filter((i) => columns.isGapBefore(i));

describe('columns of the past', () => {
  it('stand in the middle of the time they are about', () => {
    const columns = columnsOf(10, [5, null, 7]);
    expect([...columns.t]).toEqual([5, 25]);
    expect([...columns.v]).toEqual([5, 7]);
    expect([...columns.min]).toEqual([4, 6]);
    expect([...columns.max]).toEqual([6, 8]);
  });

  it('break where a device that came steadily was silent', () => {
    expect(gaps(columnsOf(10, [1, 1, 1, 1, null, null, 1, 1, 1]))).toEqual([4]);
  });

  it('do not break for a single empty column, which may be chance', () => {
    expect(gaps(columnsOf(10, [1, 1, 1, null, 1, 1, 1]))).toEqual([]);
  });

  it('do not break between samples that come more rarely than there are columns', () => {
    const rare = Array.from({ length: 60 }, (_, i) => (i % 4 === 0 ? i : null));
    expect(gaps(columnsOf(10, rare))).toEqual([]);
    const silent = rare.map((value, i) => (i > 20 && i < 44 ? null : value));
    expect(gaps(columnsOf(10, silent))).toHaveLength(1);
  });

  it('take in newer columns in the place of those that were under way', () => {
    const columns = columnsOf(10, [1, 2, 3]);
    columns.put(answer(20, 10, [30, 40]), 20, 40, 0);
    expect([...columns.v]).toEqual([1, 2, 30, 40]);
    expect([...columns.t]).toEqual([5, 15, 25, 35]);
  });

  it('forget what has left the picture', () => {
    const columns = columnsOf(10, [1, 2, 3]);
    columns.put(answer(30, 10, [4]), 30, 40, 20);
    expect([...columns.v]).toEqual([3, 4]);
  });

  it('change their version with every answer', () => {
    const columns = columnsOf(10, [1]);
    const before = columns.version;
    columns.put(answer(0, 10, [2]), 0, 10, 0);
    expect(columns.version).toBeGreaterThan(before);
  });
});
