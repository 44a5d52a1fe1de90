import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../tests/fakes/manual-clock';
import { settleMemory } from './settle-memory';

const MB = 1024 * 1024;

function watch(heap: { heapTotal: number; heapUsed: number }) {
  const clock = new ManualClock();
  let tidied = 0;
  const stop = settleMemory({
    clock,
    read: () => heap,
    tidy: () => {
      tidied++;
      heap.heapTotal = heap.heapUsed;
    },
  });
  const look = (): void => clock.advance(5_000);
  return { look, tidied: () => tidied, stop };
}

describe('memory after a surge', () => {
  it('is given back once, when the heap has stopped growing', () => {
    const heap = { heapTotal: 40 * MB, heapUsed: 20 * MB };
    const { look, tidied, stop } = watch(heap);
    look();
    heap.heapTotal = 70 * MB;
    look();
    heap.heapTotal = 100 * MB;
    look();
    expect(tidied()).toBe(0);
    look();
    expect(tidied()).toBe(1);
    expect(heap.heapTotal).toBe(20 * MB);
    // The heap needs that much, so there is no second pause for the same size.
    heap.heapTotal = 100 * MB;
    look();
    look();
    look();
    expect(tidied()).toBe(1);
    stop();
  });

  it('is given back once more when the surge went on after the first time, and then left alone', () => {
    const heap = { heapTotal: 40 * MB, heapUsed: 20 * MB };
    const { look, tidied, stop } = watch(heap);
    heap.heapTotal = 80 * MB;
    look();
    look();
    expect(tidied()).toBe(1);
    // Smaller than before, so it does not count as a new surge.
    heap.heapTotal = 70 * MB;
    for (let i = 0; i < 4; i++) look();
    expect(tidied()).toBe(2);
    expect(heap.heapTotal).toBe(20 * MB);
    heap.heapTotal = 70 * MB;
    for (let i = 0; i < 10; i++) look();
    expect(tidied()).toBe(2);
    stop();
  });

  it('is left alone where the heap is large because it is full', () => {
    const heap = { heapTotal: 40 * MB, heapUsed: 20 * MB };
    const { look, tidied, stop } = watch(heap);
    Object.assign(heap, { heapTotal: 400 * MB, heapUsed: 300 * MB });
    for (let i = 0; i < 5; i++) look();
    expect(tidied()).toBe(0);
    stop();
  });
});
