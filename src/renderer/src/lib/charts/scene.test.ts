import { describe, expect, it } from 'vitest';
import type { ChartSpec } from '@shared/metrics/chart-spec';
import { SeriesBuffer } from '../hub/series-buffer';
import { Scene } from './scene';

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
