import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../tests/fakes/manual-clock';
import { LostLedger } from '../lost-ledger';
import { createMemoryQueue } from '../memory-queue';
import type { LostRows, RowQueue } from '../queue';
import type { Schema } from '../schema';
import { recordingLogger, temporaryFolder } from '../testing/test-support';
import { DEFAULT_SPOOL_LIMITS, SpoolQueue, type SpoolLimits } from './spool-queue';

const SCHEMA: Schema = { version: 1, series: [{ name: 'x' }] };

function openSpool(folder: string, limits: Partial<SpoolLimits> = {}): SpoolQueue {
  return new SpoolQueue({
    folder,
    limits: { ...DEFAULT_SPOOL_LIMITS, ...limits },
    clock: new ManualClock(),
    log: recordingLogger(),
  });
}

const push = (queue: RowQueue, ...times: number[]): void => {
  for (const t of times) queue.push(t, SCHEMA, [t], true);
};
const waiting = (queue: RowQueue): number[] =>
  queue.streams.flatMap((stream) => queue.take(stream, 0, 1_000, 1e9).map(({ t }) => t));

describe.each([
  ['on disk', () => openSpool(temporaryFolder())],
  ['in memory', () => createMemoryQueue()],
])('an acknowledgement, with rows %s', (_, create) => {
  it('of more than was pushed covers what was pushed, and nothing that comes after', () => {
    const queue = create();
    const stream = queue.currentStream;
    push(queue, 1, 2, 3);
    expect(queue.acknowledge(stream, 1_000)).toBe(3);
    expect(queue.rowCount).toBe(0);
    push(queue, 4, 5);
    expect([queue.rowCount, queue.countAfter(stream, 0)]).toEqual([2, 2]);
    expect(waiting(queue)).toEqual([4, 5]);
    queue.close();
  });

  it('covers what is not newer than it, once', () => {
    const queue = create();
    const stream = queue.currentStream;
    push(queue, 1, 2, 3);
    expect([2, 2, 1].map((seq) => queue.acknowledge(stream, seq))).toEqual([2, 0, 0]);
    expect(waiting(queue)).toEqual([3]);
    queue.close();
  });

  it('is for its own stream and for no other', () => {
    const queue = create();
    const first = queue.currentStream;
    push(queue, 1, 2);
    const second = queue.openStream();
    push(queue, 3);
    expect(second).not.toBe(first);
    expect(queue.acknowledge('nobody', 9)).toBe(0);
    expect(queue.acknowledge(second, 9)).toBe(1);
    expect(waiting(queue)).toEqual([1, 2]);
    queue.close();
  });
});

describe('rows of an earlier run', () => {
  it('are freed by acknowledgements beyond them, and numbers go on', () => {
    const folder = temporaryFolder();
    const first = openSpool(folder);
    push(first, 1, 2);
    const stream = first.currentStream;
    first.close();
    const again = openSpool(folder);
    expect(again.acknowledge(stream, 1_000)).toBe(2);
    push(again, 3);
    expect(waiting(again)).toEqual([3]);
    again.close();
    expect(waiting(openSpool(folder))).toEqual([3]);
  });
});

describe('the age of what is kept', () => {
  const AGE_MS = 8_000;

  /** Files that end at an eighth of the age: each of these bursts has its own. */
  function bursts(...starts: number[]): SpoolQueue {
    const queue = openSpool(temporaryFolder(), { ageMs: AGE_MS });
    for (const start of starts) push(queue, start, start + 500);
    return queue;
  }

  it('is that of the newest row of a file: young rows stay beside old ones', () => {
    const queue = bursts(100_000, 102_000);
    push(queue, 100_500 + AGE_MS);
    expect(queue.rowCount).toBe(5);
    expect(queue.takeLost()).toBeNull();
    push(queue, 100_501 + AGE_MS);
    expect(queue.rowCount).toBe(4);
    expect(queue.takeLost()).toEqual({ from: 100_000, to: 100_500, samples: 2, settled: true });
    queue.close();
  });
});

describe('what was lost', () => {
  function withLoss(folder: string): SpoolQueue {
    const queue = openSpool(folder, { ageMs: 1_000 });
    push(queue, 1, 2, 50_000);
    return queue;
  }
  const LOST: LostRows = { from: 1, to: 2, samples: 2, settled: true };

  it('is told until the report has arrived, over restarts', () => {
    const folder = temporaryFolder();
    const first = withLoss(folder);
    expect(first.takeLost()).toEqual(LOST);
    expect(first.takeLost()).toBeNull();
    first.close();
    const second = openSpool(folder);
    expect(second.takeLost()).toEqual(LOST);
    second.lostTold(false);
    expect(second.takeLost()).toEqual(LOST);
    second.lostTold(true);
    expect(second.takeLost()).toBeNull();
    second.close();
    expect(openSpool(folder).takeLost()).toBeNull();
  });

  it('adds up while a report is on its way', () => {
    const kept: (LostRows | null)[] = [];
    const ledger = new LostLedger(null, (total) => kept.push(total));
    ledger.add({ from: 5, to: 9, samples: 3, settled: false });
    expect(ledger.take()).toEqual({ from: 5, to: 9, samples: 3, settled: false });
    ledger.add({ from: 1, to: 7, samples: 4, settled: true });
    expect(ledger.take()).toBeNull();
    expect(kept.at(-1)).toEqual({ from: 1, to: 9, samples: 7, settled: true });
    ledger.finish(true);
    expect(kept.at(-1)).toEqual({ from: 1, to: 7, samples: 4, settled: true });
    expect(ledger.take()).toEqual({ from: 1, to: 7, samples: 4, settled: true });
    ledger.finish(false);
    ledger.add({ from: 20, to: 30, samples: 1, settled: false });
    expect(ledger.take()).toEqual({ from: 1, to: 30, samples: 5, settled: true });
    ledger.finish(true);
    expect(kept.at(-1)).toBeNull();
    ledger.finish(true);
    expect(ledger.take()).toBeNull();
  });

  it('is counted in values, not in rows: what was null was never there', () => {
    const queue = createMemoryQueue({ ageMs: 1_000, bytes: 1e9 });
    const wide: Schema = { version: 1, series: [{ name: 'a' }, { name: 'b' }] };
    queue.push(1, wide, [1, null], false);
    queue.push(2, wide, [1, 2], false);
    queue.push(1_001, wide, [1, 2], false);
    expect(queue.rowCount).toBe(3);
    queue.push(1_003, wide, [1, 2], false);
    expect(queue.takeLost()).toEqual({ from: 1, to: 2, samples: 3, settled: false });
  });
});

it('the limits are those of the agents page: 256 MiB and a week on disk', () => {
  expect(DEFAULT_SPOOL_LIMITS).toEqual({ bytes: 268_435_456, ageMs: 604_800_000 });
});
