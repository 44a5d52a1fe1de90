import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { share, type Collector, type SystemRoots } from '../collector';
import { KernelFile } from '../kernel-file';
import { setMemory } from '../memory-series';
import { PRIORITY } from '../priorities';
import { memoryFacts } from './memory-facts';

/** ZFS is loaded when its first pool is imported; without it there is no file to read. */
const LOOK_FOR_ZFS_EVERY_MS = 60_000;

/** Creates the collector of `system.memory.*`, from `/proc/meminfo` and, with ZFS, its `arcstats`. */
export function createMemoryCollector(roots: SystemRoots): Collector {
  const file = new KernelFile(join(roots.proc, 'meminfo'));
  const arcstats = new KernelFile(join(roots.proc, 'spl', 'kstat', 'zfs', 'arcstats'));
  let noArcUntil = -Infinity;
  let checkHostAt = -Infinity;
  let isContainer = false;

  function readArcstats(): string | null {
    const now = performance.now();
    if (now < noArcUntil) return null;
    if (now >= checkHostAt) {
      checkHostAt = now + LOOK_FOR_ZFS_EVERY_MS;
      isContainer = hasOwnMeminfo(roots);
    }
    try {
      if (!isContainer) return arcstats.read();
    } catch {
      // No ZFS, most likely.
    }
    noArcUntil = now + LOOK_FOR_ZFS_EVERY_MS;
    return null;
  }

  return {
    name: 'memory',
    everyMs: 0,
    read(slots) {
      const facts = memoryFacts(file.read(), readArcstats());
      if (!facts) throw new Error('/proc/meminfo does not say how much memory there is');
      const { total, used, cached, buffers, free, available, shared } = facts;
      setMemory(slots, total, { used, cached, buffers, free });
      slots.set('utilization', share(used, total), () => ({
        name: 'system.memory.utilization',
        labels: { 'system.memory.state': 'used' },
        unit: '1',
        kind: 'gauge',
        min: 0,
        max: 1,
      }));
      const declareAvailable = () => ({
        name: 'system.memory.linux.available',
        unit: 'By',
        kind: 'gauge' as const,
        min: 0,
        max: total,
      });
      slots.set('available', available, declareAvailable, PRIORITY.machine, total);
      slots.set('shared', shared, () => ({
        name: 'system.memory.linux.shared',
        unit: 'By',
        kind: 'gauge',
        min: 0,
      }));
    },
    dispose() {
      file.dispose();
      arcstats.dispose();
    },
  };
}

/** Whether this container has its own meminfo, as LXC provides; arcstats stays the host's. */
function hasOwnMeminfo(roots: SystemRoots): boolean {
  try {
    return /^\S+ \/proc\/meminfo fuse\.lxcfs /m.test(
      readFileSync(join(roots.proc, 'self', 'mounts'), 'utf8'),
    );
  } catch {
    return false;
  }
}
