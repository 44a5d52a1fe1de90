import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '@shared/clock';
import { boundYoungGeneration } from './young-generation';

const LOOK_EVERY_MS = 5_000;
/** Growth that justifies one pause of about a tenth of a second. */
const SURGE_BYTES = 16 * 1024 * 1024;
/** More growth than this between two checks means that the surge is still going on. */
const GROWING_BYTES = 3 * 1024 * 1024;
/** A heap with more than this in use would take too long to collect. */
const LARGEST_BYTES = 128 * 1024 * 1024;
/** If the heap grows to the same size again within this time, it needs that size. */
const REMEMBERED_MS = 10 * 60_000;
/**
 * How many checks must find the heap stable and half empty before it is collected again, because the surge lasted
 * longer.
 */
const CALM_LOOKS = 3;

export interface HeapSize {
  heapTotal: number;
  heapUsed: number;
}

export interface SettleMemoryOptions {
  clock: Clock;
  read?: () => HeapSize;
  /** Returns as much memory as possible to the system. */
  tidy?: () => void;
}

/**
 * Returns memory to the system after a surge, such as an attack: V8 keeps the pages of a heap that was large for a
 * moment. Waits until the heap has stopped growing for a while, and leaves large heaps alone. Returns a function that
 * stops it.
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

/** Runs V8's last resort before it runs out of memory: the only collection that also empties its page pools. */
function tidyHeap(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: Record<string, string>) => void;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', flavor: 'last-resort', execution: 'sync' });
  // The young generation is small again now, and must be allowed to grow.
  setFlagsFromString('--semi-space-growth-factor=2');
  boundYoungGeneration();
}
