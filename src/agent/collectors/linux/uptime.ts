import { join } from 'node:path';
import type { Collector, SystemRoots } from '../collector';
import { KernelFile } from '../kernel-file';

/** `system.uptime`, from `/proc/uptime`. */
export function createUptimeCollector(roots: SystemRoots): Collector {
  const file = new KernelFile(join(roots.proc, 'uptime'));
  return {
    name: 'uptime',
    everyMs: 0,
    read(slots) {
      slots.set('uptime', Number.parseFloat(file.read()), () => ({
        name: 'system.uptime',
        unit: 's',
        kind: 'gauge',
        min: 0,
      }));
    },
    dispose: () => file.dispose(),
  };
}
