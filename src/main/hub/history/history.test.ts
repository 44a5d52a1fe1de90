import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '@shared/clock';
import { FaultError } from '@shared/errors';
import { silentLogger } from '@shared/logger';
import type { Series } from '../series/series';
import type { CommitBatch } from '../store-contract/store-contract';
import { FakeStore } from '../../../../tests/fakes/fake-store';
import { createHistory } from './history';

/** A store whose commits end when the test says so. */
class HeldStore extends FakeStore {
  readonly batches: CommitBatch[] = [];
  /** Values in the order in which they were committed to disk. */
  readonly values: number[] = [];
  readonly forgotten: string[] = [];
  #end: ((isWritten: boolean) => void) | null = null;
  #most = 0;

  get isCommitting(): boolean {
    return this.#end !== null;
  }

  override commit(batch: CommitBatch): Promise<void> {
    this.#most++;
    if (this.#most > 1) throw new Error('Two commits are under way.');
    return new Promise((resolve, reject) => {
      this.#end = (isWritten) => {
        this.#end = null;
        this.#most--;
        if (!isWritten) {
          reject(new FaultError('STORE_FULL', 'The disk is full.'));
          return;
        }
        // Copied only now, because the memory of the rows must not have been reused before.
        this.batches.push(structuredClone(batch));
        for (const { v } of batch.rows) for (const value of v) this.values.push(value);
        resolve();
      };
    });
  }

  override deleteDevice(device: string): Promise<void> {
    this.forgotten.push(device);
    return Promise.resolve();
  }

  async end(isWritten: boolean): Promise<void> {
    this.#end?.(isWritten);
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 12; i++) await Promise.resolve();
}

function seriesOf(device: string, id: number): Series {
  return {
    id,
    device,
    key: `m${id}`,
    metric: `m${id}`,
    labels: {},
    unit: '',
    ownUnit: '',
    unitSource: 'known',
    isUnitGuessed: false,
    kind: 'gauge',
    title: null,
    min: null,
    max: null,
    places: [],
    missingUntil: Number.NEGATIVE_INFINITY,
    declaredAt: Number.NEGATIVE_INFINITY,
  };
}

describe('history', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function start() {
    const store = new HeldStore();
    const errors: string[] = [];
    const log = { ...silentLogger, error: (message: string) => void errors.push(message) };
    const history = createHistory(store, systemClock, log);
    const rows = history.rows('a', [seriesOf('a', 1)]);
    const write = (value: number): void => rows.append(value, Float64Array.of(value), 0, 1);
    return { store, history, errors, write };
  }

  it('commits what came within 200 ms, and says so when it is on disk', async () => {
    const { store, history, write } = start();
    const told: string[] = [];
    history.onDurable(() => told.push(`all ${history.durable}`));
    write(1);
    history.mark('a', 'live', 7);
    history.whenDurable(() => told.push('acknowledged'));
    await vi.advanceTimersByTimeAsync(199);
    expect(store.isCommitting).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(store.isCommitting).toBe(true);
    expect([told, history.durable, history.gathering]).toEqual([[], 0, 2]);
    await store.end(true);
    expect(told).toEqual(['acknowledged', 'all 1']);
    expect(store.batches[0]).toMatchObject({ marks: [{ device: 'a', stream: 'live', seq: 7 }] });
  });

  it('tries a batch again each second until it is on disk, then what came meanwhile', async () => {
    const { store, history, errors, write } = start();
    write(1);
    await vi.advanceTimersByTimeAsync(200);
    write(2);
    for (let i = 0; i < 3; i++) {
      await store.end(false);
      await vi.advanceTimersByTimeAsync(999);
      expect(store.isCommitting).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(errors).toEqual(['History could not be written; trying again.']);
    await store.end(true);
    expect([store.values, history.durable]).toEqual([[1], 1]);
    await vi.advanceTimersByTimeAsync(200);
    await store.end(true);
    expect([store.values, history.durable]).toEqual([[1, 2], 2]);
  });

  it('flushes all that came before, a batch that had failed included', async () => {
    const { store, history, write } = start();
    write(1);
    await vi.advanceTimersByTimeAsync(200);
    write(2);
    await store.end(false);
    let isFlushed = false;
    void history.flush().then(() => (isFlushed = true));
    await settle();
    await store.end(true);
    expect([store.values, isFlushed]).toEqual([[1], false]);
    await store.end(true);
    expect([store.values, isFlushed]).toEqual([[1, 2], true]);
  });

  it('gives a flush up when its commit fails', async () => {
    const { store, history, write } = start();
    write(1);
    let isFlushed = false;
    void history.flush().then(() => (isFlushed = true));
    await settle();
    await store.end(false);
    expect([isFlushed, history.durable]).toEqual([true, 0]);
  });

  it('commits many bytes without waiting, and has agents wait while they are too many', async () => {
    const { store, history } = start();
    const waits: boolean[] = [];
    history.onBehind((isBehind) => waits.push(isBehind));
    const width = 1_024;
    const wide = history.rows(
      'a',
      Array.from({ length: width }, (_, i) => seriesOf('a', i + 1)),
    );
    const cells = new Float64Array(width);
    const writeMegabytes = (count: number): void => {
      for (let i = 0; i < count * 128; i++) wide.append(i, cells, 0, width);
    };
    writeMegabytes(8);
    expect(store.isCommitting).toBe(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(store.isCommitting).toBe(true);
    writeMegabytes(33);
    expect([history.isBehind, waits]).toEqual([true, [true]]);
    await store.end(true);
    await vi.advanceTimersByTimeAsync(1);
    expect([store.isCommitting, history.isBehind, waits]).toEqual([true, false, [true, false]]);
    await store.end(true);
  });

  it('runs all that waits for a commit although one of them throws, and logs that', async () => {
    const { store, history, errors } = start();
    const told: string[] = [];
    history.whenDurable(() => {
      throw new Error('of ours');
    });
    history.whenDurable(() => told.push('second'));
    history.onDurable(() => told.push('all'));
    await vi.advanceTimersByTimeAsync(200);
    await store.end(true);
    expect([told, errors.length, history.durable]).toEqual([['second', 'all'], 1, 1]);
  });

  it('forgets what waits for a device that is deleted, and keeps what comes after', async () => {
    const { store, history } = start();
    history.mark('a', 'live', 1);
    history.series(seriesOf('b', 2));
    const deleted = history.deleteDevice('a', () => history.series(seriesOf('b', 3)));
    await settle();
    // The disk is full, so the batch waits with the device's rows in it.
    await store.end(false);
    await deleted;
    expect(store.forgotten).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(1_000);
    await store.end(true);
    expect(store.batches[0]?.marks).toEqual([]);
    expect(store.batches[0]?.series.map(({ id }) => id)).toEqual([2]);
    await vi.advanceTimersByTimeAsync(200);
    await store.end(true);
    expect(store.batches[1]?.series.map(({ id }) => id)).toEqual([3]);
  });

  it('commits before it closes, and leaves no timer behind', async () => {
    const { store, history, write } = start();
    write(1);
    let isClosed = false;
    void history.close().then(() => (isClosed = true));
    await settle();
    await store.end(true);
    expect([store.values, isClosed]).toEqual([[1], true]);
    write(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constant('row' as const) },
    { weight: 2, arbitrary: fc.constant('wait for disk' as const) },
    { weight: 2, arbitrary: fc.constant('time passes' as const) },
    { weight: 2, arbitrary: fc.constant('written' as const) },
    { weight: 1, arbitrary: fc.constant('failed' as const) },
    { weight: 1, arbitrary: fc.constant('flush' as const) },
  );

  it('acknowledges rows when they are on disk, each there once and in order, whatever fails', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { store, history, write } = start();
        let rows = 0;
        let asked = 0;
        let acknowledged = 0;
        const wrong: string[] = [];
        for (const op of steps) {
          if (op === 'row') write(rows++);
          else if (op === 'wait for disk') {
            const before = rows;
            asked++;
            history.whenDurable(() => {
              acknowledged++;
              if (store.values.length < before) wrong.push('acknowledged before it was on disk');
            });
          } else if (op === 'time passes') await vi.advanceTimersByTimeAsync(250);
          else if (op === 'flush') void history.flush();
          else await store.end(op === 'written');
          await settle();
        }
        const closed = history.close();
        for (let i = 0; i < 4; i++) {
          await settle();
          await store.end(true);
        }
        await closed;
        expect(store.values).toEqual(Array.from({ length: rows }, (_, i) => i));
        expect([acknowledged, wrong]).toEqual([asked, []]);
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
