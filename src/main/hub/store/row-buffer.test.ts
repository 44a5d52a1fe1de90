import { describe, expect, it } from 'vitest';
import type { Series } from '../registry/series';
import { RowBuffer } from './row-buffer';

const series = [1, 2].map((id) => ({ id })) as unknown as Series[];

function start() {
  let bytes = 0;
  let firsts = 0;
  const buffer = new RowBuffer(
    'a',
    series,
    () => firsts++,
    (more) => (bytes += more),
  );
  const fill = (from: number, to: number): void => {
    for (let i = from; i < to; i++) buffer.append(i, [i * 10, i * 10 + 1], 0, null);
  };
  return { buffer, fill, bytes: () => bytes, firsts: () => firsts };
}

describe('rows that wait for a commit', () => {
  it('come out in the order they came, row after row', () => {
    const { buffer, fill, bytes, firsts } = start();
    fill(0, 9);
    buffer.copy(9, Float64Array.of(-1, 90, 91), 1);
    const { device, series: ids, t, v } = buffer.take();
    expect([device, ...ids]).toEqual(['a', 1, 2]);
    expect([...t]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...v]).toEqual(Array.from({ length: 10 }, (_, i) => [i * 10, i * 10 + 1]).flat());
    expect(bytes()).toBe(10 * 3 * 8);
    expect(firsts()).toBe(1);
  });

  it('keep nulls as no value, booleans as 0 and 1, and columns in the order asked for', () => {
    const { buffer } = start();
    buffer.append(1, [9, true, null], 1, null);
    buffer.append(2, [5, 6, 7], 0, [2, 0]);
    expect([...buffer.take().v]).toEqual([1, Number.NaN, 7, 5]);
  });

  it('stay as they were taken while others gather for the next commit', () => {
    const { buffer, fill } = start();
    fill(0, 5);
    const first = buffer.take();
    fill(100, 130);
    expect([...first.t]).toEqual([0, 1, 2, 3, 4]);
    const second = buffer.take();
    expect([...second.t]).toEqual(Array.from({ length: 30 }, (_, i) => 100 + i));
  });

  it('give the room of a burst back once commits are small for long', () => {
    const { buffer, fill } = start();
    const roomOf = (rows: number): number => {
      fill(0, rows);
      return buffer.take().t.buffer.byteLength;
    };
    expect(Math.max(roomOf(1_000), roomOf(1_000))).toBeGreaterThan(20_000);
    for (let i = 0; i < 80; i++) roomOf(1);
    expect(Math.max(roomOf(1), roomOf(1))).toBeLessThan(200);
  });
});
