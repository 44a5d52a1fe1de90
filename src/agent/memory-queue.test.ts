import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryQueue } from './memory-queue';
import type { Schema } from './schema';

const schema: Schema = { version: 1, series: [{ name: 'a' }] };
const other: Schema = { version: 2, series: [{ name: 'a' }] };
const roomy = { ageMs: 1e12, bytes: 1e12 };
const seqs = (rows: readonly { seq: number }[]) => rows.map((row) => row.seq);

describe('the memory queue', () => {
  it('numbers the rows of each stream and gives them in order', () => {
    const queue = createMemoryQueue(roomy);
    const first = queue.currentStream;
    queue.push(1, schema, [1], true);
    queue.push(2, schema, [2], true);
    const second = queue.openStream();
    queue.push(3, schema, [3], true);
    expect(queue.streams).toEqual([first, second]);
    expect(seqs(queue.take(first, 0, 10, 1e9))).toEqual([1, 2]);
    expect(seqs(queue.take(first, 1, 10, 1e9))).toEqual([2]);
    expect(seqs(queue.take(second, 0, 10, 1e9))).toEqual([1]);
    expect(queue.rowCount).toBe(3);
  });

  it('gives rows of one schema at a time, and no more than asked for', () => {
    const queue = createMemoryQueue(roomy);
    const stream = queue.currentStream;
    for (let i = 0; i < 5; i++) queue.push(i, schema, [i], true);
    queue.push(5, other, [5], true);
    expect(seqs(queue.take(stream, 0, 100, 1e9))).toEqual([1, 2, 3, 4, 5]);
    expect(seqs(queue.take(stream, 5, 100, 1e9))).toEqual([6]);
    expect(seqs(queue.take(stream, 0, 2, 1e9))).toEqual([1, 2]);
    expect(seqs(queue.take(stream, 0, 100, 1))).toEqual([1]);
  });

  it('frees what is confirmed and forgets streams that are done', () => {
    const queue = createMemoryQueue(roomy);
    const first = queue.currentStream;
    for (let i = 0; i < 5; i++) queue.push(i, schema, [i], true);
    const second = queue.openStream();
    expect(queue.acknowledge(first, 3)).toBe(3);
    expect(queue.acknowledge(first, 3)).toBe(0);
    expect(seqs(queue.take(first, 0, 10, 1e9))).toEqual([4, 5]);
    expect(queue.acknowledge(first, 99)).toBe(2);
    expect(queue.streams).toEqual([second]);
    expect(queue.acknowledge('unknown', 5)).toBe(0);
    expect(queue.byteCount).toBe(0);
  });

  it('goes on with an unused stream instead of opening another', () => {
    const queue = createMemoryQueue(roomy);
    expect(queue.openStream()).toBe(queue.openStream());
  });

  it('drops the oldest rows beyond its age or size and counts what is lost', () => {
    const queue = createMemoryQueue({ ageMs: 1_000, bytes: 1e9 });
    const first = queue.currentStream;
    queue.push(0, schema, [1, null], true);
    queue.push(500, schema, [2, 3], true);
    queue.openStream();
    queue.push(1_800, schema, [4], true);
    expect(queue.takeLost()).toEqual({ from: 0, to: 500, samples: 3, settled: true });
    expect(queue.takeLost()).toBeNull();
    queue.lostTold(false);
    expect(queue.takeLost()?.samples).toBe(3);
    queue.lostTold(true);
    expect(queue.takeLost()).toBeNull();
    expect(queue.take(first, 0, 10, 1e9)).toEqual([]);
    expect(queue.rowCount).toBe(1);
  });

  it('moves the times of rows that are not settled, once', () => {
    const queue = createMemoryQueue(roomy);
    const stream = queue.currentStream;
    queue.push(10, schema, [1], false);
    queue.push(20, schema, [2], true);
    queue.push(30, schema, [3], false);
    queue.settle(stream, 2, 1_000);
    expect(queue.take(stream, 0, 9, 1e9).map(({ t }) => t)).toEqual([1_010, 20, 30]);
    queue.settle(stream, 3, 5);
    expect(queue.take(stream, 0, 9, 1e9).map(({ t }) => t)).toEqual([1_010, 20, 35]);
  });

  it('moves waiting times with the clock as often as it is set, and settles them afterwards', () => {
    const queue = createMemoryQueue(roomy);
    queue.push(10, schema, [1], false);
    queue.push(20, schema, [2], true);
    queue.shift(1_000);
    queue.push(1_030, schema, [3], false);
    queue.shift(-500);
    queue.settle(queue.currentStream, 3, 7);
    expect(queue.take(queue.currentStream, 0, 9, 1e9).map(({ t }) => t)).toEqual([517, 20, 537]);
  });

  it('never exceeds its size, keeps the newest row, and loses nothing uncounted', () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ kind: fc.constant('push'), width: fc.nat(20) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('open'), width: fc.constant(0) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('ack'), width: fc.nat(20) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const queue = createMemoryQueue({ ageMs: 1e9, bytes: 2_000 });
        let pushed = 0;
        let done = 0;
        const values = new Map<string, number>();
        for (const [i, { kind, width }] of steps.entries()) {
          if (kind === 'push') {
            queue.push(i, schema, new Array<number>(width).fill(1), true);
            pushed += width;
            values.set(`${queue.currentStream} ${i}`, width);
          } else if (kind === 'open') queue.openStream();
          else {
            const stream = queue.streams[0] ?? '';
            for (const row of queue.take(stream, 0, width, 1e9)) done += row.values.length;
            const upTo = queue.take(stream, 0, width, 1e9).at(-1)?.seq;
            if (upTo !== undefined) queue.acknowledge(stream, upTo);
          }
          expect(queue.byteCount <= 2_000 || queue.rowCount === 1).toBe(true);
        }
        let kept = 0;
        for (const stream of queue.streams) {
          for (const row of queue.take(stream, 0, 1e9, 1e9)) kept += row.values.length;
        }
        expect(kept + done + (queue.takeLost()?.samples ?? 0)).toBe(pushed);
      }),
    );
  });
});
