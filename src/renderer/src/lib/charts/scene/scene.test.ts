import { describe, expect, it } from 'vitest';
import type { QuerySeries } from '@shared/model';
import { HistoryColumns } from '../../hub/history-columns';
import type { ChartSpec } from '@shared/metrics/chart-spec';
import { SeriesBuffer } from '../../hub/series-buffer';
import { extentOf, Scene, type SceneLine } from './scene';

/** Creates a line through samples a minute apart, except where `v` is null. */
function lineOf(v: (number | null)[]): SceneLine {
  const columns = new HistoryColumns(1_000);
  const t = v.map((_, i) => i * 60_000);
  const answer = { t, avg: v, min: v, max: v } satisfies Partial<QuerySeries>;
  const names = { device: 'kiln', metric: 'temperature', labels: {}, unit: '', kind: 'gauge' } as const;
  columns.put({ ...names, ...answer }, 0, v.length * 60_000, 0);
  return { id: 1, slot: 1, dashed: false, columns };
}

describe('extentOf', () => {
  it('is the lowest and the highest sample of a stretch of time', () => {
    const line = lineOf([1, 9, 4, 5, 2]);
    expect(extentOf([line], { from: 90_000, to: 210_000 })).toEqual({ low: 4, high: 5 });
  });

  it('is what a line comes to where it only passes through between two samples', () => {
    const { low, high } = extentOf([lineOf([0, 0, 0, 60, 0])], { from: 130_500, to: 140_500 });
    expect(low).toBeCloseTo(10);
    expect(high).toBeCloseTo(20);
  });

  it('is nothing in a gap, before the first sample and after the last', () => {
    const none = { low: Infinity, high: -Infinity };
    const line = lineOf([1, 1, 1, null, null, null, null, null, 1, 1, 1]);
    expect(extentOf([line], { from: 250_000, to: 260_000 })).toEqual(none);
    expect(extentOf([line], { from: -60_000, to: -50_000 })).toEqual(none);
    expect(extentOf([line], { from: 900_000, to: 910_000 })).toEqual(none);
  });
});

const SECOND = 1_000;
const one = { metric: 'm', labels: {}, unit: '', kind: 'gauge' } as const;
const spec: ChartSpec = {
  id: 'c',
  title: 'C',
  subtitle: null,
  group: 'C',
  unit: '',
  kind: 'gauge',
  style: 'line',
  min: null,
  max: null,
  wide: false,
  series: [
    { ...one, id: 1, label: 'seldom' },
    { ...one, id: 2, label: 'often' },
  ],
};

function sceneOf(...series: (readonly number[])[]): Scene {
  const buffers = series.map((seconds) => {
    const buffer = new SeriesBuffer({ windowMs: 3_600_000 });
    for (const second of seconds) buffer.push(second * SECOND, 1);
    return buffer;
  });
  const buffer = (id: number) => buffers[id - 1] ?? null;
  return new Scene({ buffer, newest: buffer, now: () => 0, generation: 0, onFrame: () => () => {} }, spec);
}

describe('a picture is empty', () => {
  const within = (scene: Scene, from: number, to: number) => scene.isEmptyWithin(from * SECOND, to * SECOND);

  it('where nothing was ever sent, and before and after what was', () => {
    expect(within(sceneOf(), 0, 60)).toBe(true);
    const scene = sceneOf([], [100, 101, 102]);
    expect(within(scene, 0, 60)).toBe(true);
    expect(within(scene, 110, 120)).toBe(true);
    expect(within(scene, 60, 120)).toBe(false);
  });

  it('in a gap, but not between two samples of a device that reports seldom', () => {
    const seldom = [0, 60, 120, 180, 240, 300];
    expect(within(sceneOf(seldom), 70, 80)).toBe(false);
    const holed = [...Array(100).keys()].filter((s) => s < 40 || s > 80);
    expect(within(sceneOf(holed), 50, 60)).toBe(true);
  });

  it('when all that it shows is switched off', () => {
    const scene = sceneOf([10], []);
    scene.hidden = new Set([1]);
    expect(within(scene, 0, 60)).toBe(true);
  });
});
