import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** A young generation that is ample for a fleet of a thousand devices, bytes. */
const ENOUGH_BYTES = 16 * 1024 * 1024;
/**
 * Shorter than the time between two collections of a busy hub, because a young generation that doubles unnoticed
 * stays that large.
 */
const LOOK_EVERY_MS = 20;
/** After this time a hub's load is settled, and it needs the young generation it has grown to. */
const SETTLED_AFTER_MS = 120_000;

/**
 * Keeps V8 from growing the young generation to its maximum of about 100 MB for the short burst in which a fleet
 * connects; that memory is never needed again. Growth stops at about {@link ENOUGH_BYTES}; under a load that fills it
 * within one check it has already grown further, and keeps that size. `semi-space-growth-factor` is read at every
 * growth (V8's `SemiSpaceNewSpace::Grow`), so setting it late is safe, unlike flags that size the heap.
 */
export function boundYoungGeneration(): () => void {
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
    const isEnough = young !== undefined && young.physical_space_size >= ENOUGH_BYTES;
    if (isEnough) setFlagsFromString('--semi-space-growth-factor=1');
    if (isEnough || performance.now() - startedAt > SETTLED_AFTER_MS) clearInterval(timer);
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
