import { join } from 'node:path';
import type { Collector, SystemRoots } from '../collector';
import { fieldOf, KernelFile } from '../kernel-file';
import { setSwap } from '../memory-series';

const KIB = 1024;

/** `system.paging.*`: swap space from `/proc/meminfo`, faults and operations from `/proc/vmstat`. */
export function createPagingCollector(roots: SystemRoots): Collector {
  const meminfo = new KernelFile(join(roots.proc, 'meminfo'));
  const vmstat = new KernelFile(join(roots.proc, 'vmstat'));
  return {
    name: 'paging',
    everyMs: 0,
    read(slots) {
      const memory = meminfo.read();
      const [total, free] = [fieldOf(memory, 'SwapTotal:'), fieldOf(memory, 'SwapFree:')];
      if (total !== null && free !== null) setSwap(slots, total * KIB, free * KIB);
      const text = vmstat.read();
      const all = fieldOf(text, 'pgfault ');
      const major = fieldOf(text, 'pgmajfault ');
      const faults = { minor: all === null || major === null || major > all ? null : all - major, major };
      for (const [type, value] of Object.entries(faults)) {
        slots.set(type, value, () => ({
          name: 'system.paging.faults',
          labels: { 'system.paging.fault.type': type },
          unit: '{fault}',
          kind: 'counter',
        }));
      }
      const operations = { in: fieldOf(text, 'pswpin '), out: fieldOf(text, 'pswpout ') };
      for (const [direction, value] of Object.entries(operations)) {
        slots.set(direction, value, () => ({
          name: 'system.paging.operations',
          labels: { 'system.paging.direction': direction },
          unit: '{operation}',
          kind: 'counter',
        }));
      }
    },
    dispose() {
      meminfo.dispose();
      vmstat.dispose();
    },
  };
}
