import { join } from 'node:path';
import type { Collector, SystemRoots } from '../collector';
import { parseDecimal, KernelFile } from '../kernel-file';

/** `system.uptime`, from `/proc/uptime`. */
export function createUptimeCollector(roots: SystemRoots): Collector {
  const file = new KernelFile(join(roots.proc, 'uptime'));
  return {
    name: 'uptime',
    everyMs: 0,
    read(slots) {
      slots.set('uptime', parseDecimal(file.read().split(' ', 1)[0]), () => ({
        name: 'system.uptime',
        unit: 's',
        kind: 'gauge',
        min: 0,
      }));
    },
    dispose: () => file.dispose(),
  };
}
