import { join } from 'node:path';
import { share, type Collector, type SystemRoots } from '../collector';
import { fieldOf, KernelFile } from '../kernel-file';
import { setMemory } from '../memory-series';

const KIB = 1024;

/**
 * `system.memory.*` from `/proc/meminfo`. Used is what programs could not get back (MemTotal - MemAvailable), as
 * the conventions say; the states add up to the limit.
 */
export function createMemoryCollector(roots: SystemRoots): Collector {
  const file = new KernelFile(join(roots.proc, 'meminfo'));
  return {
    name: 'memory',
    everyMs: 0,
    read(slots) {
      const text = file.read();
      const field = (name: string) => (fieldOf(text, `${name}:`) ?? 0) * KIB;
      const total = field('MemTotal');
      const free = field('MemFree');
      const cache = field('Cached') + field('SReclaimable') - field('Shmem');
      // Kernels before 3.14 have no MemAvailable.
      const available = field('MemAvailable') || Math.min(total, free + field('Buffers') + cache);
      const used = total - available;
      const buffers = Math.max(0, Math.min(field('Buffers'), available - free));
      setMemory(slots, total, { used, cached: Math.max(0, available - free - buffers), buffers, free });
      slots.set('utilization', share(used, total), () => ({
        name: 'system.memory.utilization',
        labels: { 'system.memory.state': 'used' },
        unit: '1',
        kind: 'gauge',
        min: 0,
        max: 1,
      }));
      slots.set('available', available, () => ({
        name: 'system.memory.linux.available',
        unit: 'By',
        kind: 'gauge',
        min: 0,
        max: total,
      }));
      slots.set('shared', field('Shmem'), () => ({
        name: 'system.memory.linux.shared',
        unit: 'By',
        kind: 'gauge',
        min: 0,
      }));
    },
    dispose: () => file.dispose(),
  };
}
