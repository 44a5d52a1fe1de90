import { describe, expect, it } from 'vitest';
import type { Labels, SeriesInfo } from '@shared/model';
import { SeriesBuffer } from '../../lib/hub/series-buffer';
import { readTile, tilesOf, type Tile } from './tile-reading';

const series = (
  id: number,
  metric: string,
  labels: Labels = {},
  patch: Partial<SeriesInfo> = {},
): SeriesInfo => ({
  id,
  device: 'nas',
  metric,
  labels,
  unit: '1',
  unitSource: 'known',
  kind: 'gauge',
  title: null,
  min: null,
  max: null,
  ...patch,
});

function buffer(...values: (number | null)[]): SeriesBuffer {
  const made = new SeriesBuffer({ windowMs: 1e12 });
  for (const [i, value] of values.entries()) if (value !== null) made.push((i + 1) * 1_000, value);
  return made;
}

const SPAN = { from: 0, to: 10_000 };
const disks = ['/', '/data'].map((mount, i) =>
  series(i + 1, 'system.filesystem.utilization', { 'system.filesystem.mountpoint': mount }),
);
const io = ['receive', 'transmit'].map((direction, i) =>
  series(
    i + 10,
    'system.network.io',
    { 'network.interface.name': 'eth0', 'network.io.direction': direction },
    { kind: 'counter', unit: 'By' },
  ),
);
const all = [series(20, 'system.cpu.utilization'), ...disks, ...io];
const tileOf = (title: string): Tile => {
  const tile = tilesOf(all).find((one) => one.title === title);
  if (!tile) throw new Error(title);
  return tile;
};
const read = (title: string, buffers: Record<number, SeriesBuffer>, span = SPAN) =>
  readTile(tileOf(title), (id) => buffers[id] ?? null, span);

describe('the tiles of a device', () => {
  it('are what people look for on a computer, and the own values of a board', () => {
    expect(tilesOf(all).map(({ title }) => title)).toEqual(['CPU', 'Fullest disk', 'Network']);
    const board = [
      series(1, 'temperature', {}, { unit: 'Cel' }),
      series(2, 'humidity', {}, { unit: '%' }),
      series(3, 'door'),
    ];
    expect(tilesOf(board)).toHaveLength(3);
  });

  it('show the fullest disk, and say which it is', () => {
    const reading = read('Fullest disk', { 1: buffer(0.2, 0.3), 2: buffer(0.9, 0.8) });
    expect(reading).toMatchObject({ value: 0.8, at: 2_000, label: '/data', low: 0.8, high: 0.9 });
  });

  it('no longer count a disk that has stopped reporting', () => {
    const gone = new SeriesBuffer({ windowMs: 1e12 });
    gone.push(1_000, 0.99);
    const here = new SeriesBuffer({ windowMs: 1e12 });
    here.push(400_000, 0.5);
    expect(read('Fullest disk', { 1: here, 2: gone }, { from: 0, to: 400_000 }).value).toBe(0.5);
  });

  it('add up both directions of the network, where both are known', () => {
    const reading = read('Network', { 10: buffer(100, 200, 50), 11: buffer(10, 20, null) });
    expect(reading).toMatchObject({ value: 220, at: 2_000, low: 110, high: 220 });
    expect(read('Network', { 10: buffer(100) })).toMatchObject({ value: null, low: null });
  });

  it('show what is within the time, and nothing otherwise', () => {
    const buffers = { 20: buffer(0.1, 0.2, 0.3) };
    expect(read('CPU', buffers, { from: 0, to: 2_000 })).toMatchObject({ value: 0.2, at: 2_000, high: 0.2 });
    expect(read('CPU', buffers, { from: 5_000, to: 9_000 })).toMatchObject({
      value: null,
      at: null,
      low: null,
    });
  });
});
