import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '@shared/clock';
import { boundYoungGeneration } from './young-generation';

const LOOK_EVERY_MS = 5_000;
/** Growth that is worth a pause of about a tenth of a second, once. */
const SURGE_BYTES = 16 * 1024 * 1024;
/** Growth within one look that is still going on. */
const GROWING_BYTES = 3 * 1024 * 1024;
/** A heap in use beyond this would take too long to go through. */
const LARGEST_BYTES = 128 * 1024 * 1024;
/** What a heap grew to again within this time, it needs. */
const REMEMBERED_MS = 10 * 60_000;
/** Looks at a heap that stands still and is half empty, after which it is tidied once more: the surge lasted longer. */
const CALM_LOOKS = 3;

export interface HeapSize {
  heapTotal: number;
  heapUsed: number;
}

export interface SettleMemoryOptions {
  clock: Clock;
  read?: () => HeapSize;
  /** Gives back what can be given back. */
  tidy?: () => void;
}

/**
 * Gives memory back to the system after a surge, such as an attack: V8 keeps the pages of a heap that was large for a
 * moment. Waits until the heap has not grown for a while, and leaves large heaps alone. Returns what stops it.
 */
export function settleMemory({
  clock,
  read = () => process.memoryUsage(),
  tidy = tidyHeap,
}: SettleMemoryOptions) {
  let before = read().heapTotal;
  let accepted = before;
  let acceptedAt = clock.monotonic();
  let calmLooks = 0;
  let mayTidyAgain = false;
  const stop = clock.every(LOOK_EVERY_MS, () => {
    const now = clock.monotonic();
    const { heapTotal, heapUsed } = read();
    const isGrowing = heapTotal - before > GROWING_BYTES;
    before = heapTotal;
    calmLooks = isGrowing ? 0 : calmLooks + 1;
    const isForgotten = mayTidyAgain && calmLooks >= CALM_LOOKS && heapTotal - heapUsed >= SURGE_BYTES;
    if (isForgotten && heapUsed <= LARGEST_BYTES) {
      mayTidyAgain = false;
      tidy();
      before = read().heapTotal;
      return;
    }
    if (isGrowing || heapTotal - accepted < SURGE_BYTES || heapUsed > LARGEST_BYTES) {
      if (now - acceptedAt > REMEMBERED_MS && heapTotal < accepted) {
        accepted = heapTotal;
        acceptedAt = now;
      }
      return;
    }
    accepted = heapTotal;
    acceptedAt = now;
    mayTidyAgain = true;
    calmLooks = 0;
    tidy();
    before = read().heapTotal;
  });
  return stop;
}

/** V8's own last resort before it runs out of memory: the one collection that also empties its pools of pages. */
function tidyHeap(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: Record<string, string>) => void;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', flavor: 'last-resort', execution: 'sync' });
  // The young generation begins small again, and has to be let grow again.
  setFlagsFromString('--semi-space-growth-factor=2');
  boundYoungGeneration();
}
