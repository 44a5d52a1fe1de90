import { describe, expect, it } from 'vitest';
import type { Series } from '../series/series';
import { RowBuffer } from './row-buffer';
import { RowRooms } from './row-rooms';

const series = [1, 2].map((id) => ({ id })) as unknown as Series[];

function start() {
  let bytes = 0;
  let firsts = 0;
  const rooms = new RowRooms();
  const buffer = new RowBuffer({
    device: 'a',
    series,
    rooms,
    onFirst: () => firsts++,
    isOpen: () => true,
    onRow: (more) => (bytes += more),
  });
  const fill = (from: number, to: number): void => {
    for (let i = from; i < to; i++) buffer.append(i, Float64Array.of(i * 10, i * 10 + 1), 0, 2);
  };
  return { buffer, rooms, fill, bytes: () => bytes, firsts: () => firsts };
}

describe('rows that wait for a commit', () => {
  it('come out in the order they came, row after row', () => {
    const { buffer, fill, bytes, firsts } = start();
    fill(0, 9);
    buffer.append(9, Float64Array.of(-1, 90, 91, -1), 1, 4);
    const { device, series: ids, t, v } = buffer.take().batch;
    expect([device, ...ids]).toEqual(['a', 1, 2]);
    expect([...t]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...v]).toEqual(Array.from({ length: 10 }, (_, i) => [i * 10, i * 10 + 1]).flat());
    expect(bytes()).toBe(10 * 3 * 8);
    expect(firsts()).toBe(1);
  });

  it('have no value where a row has none or is too short, and none of a row before', () => {
    const { buffer } = start();
    buffer.append(1, Float64Array.of(9, 1, Number.NaN, 5), 1, 3);
    buffer.append(2, Float64Array.of(5, 6, 7), 0, 1);
    buffer.append(3, Float64Array.of(5), 1, 1);
    expect([...buffer.take().batch.v]).toEqual([1, Number.NaN, 5, Number.NaN, Number.NaN, Number.NaN]);
  });

  it('stay as they were taken while others gather for the next commit', () => {
    const { buffer, fill } = start();
    fill(0, 5);
    const first = buffer.take().batch;
    fill(100, 130);
    expect([...first.t]).toEqual([0, 1, 2, 3, 4]);
    const second = buffer.take().batch;
    expect([...second.t]).toEqual(Array.from({ length: 30 }, (_, i) => 100 + i));
    expect([...second.v]).toEqual(
      Array.from({ length: 30 }, (_, i) => [1_000 + i * 10, 1_001 + i * 10]).flat(),
    );
  });

  it('take over the memory of a commit that is on disk', () => {
    const { buffer, rooms, fill } = start();
    fill(0, 1_000);
    const { room } = buffer.take();
    rooms.give(room);
    fill(0, 1_000);
    expect(buffer.take().room).toBe(room);
  });

  it('ask for no more memory than they need once a burst is over', () => {
    const { buffer, fill } = start();
    fill(0, 1_000);
    expect(buffer.take().room.byteLength).toBe(32_768);
    fill(0, 1);
    buffer.take();
    fill(0, 1);
    expect(buffer.take().room.byteLength).toBe(1_024);
  });
});
