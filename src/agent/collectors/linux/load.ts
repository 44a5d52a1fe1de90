import { join } from 'node:path';
import type { Collector, SystemRoots } from '../collector';
import { parseDecimal, KernelFile } from '../kernel-file';

const PERIODS = ['1m', '5m', '15m'];

/** `system.cpu.load_average.*`, from `/proc/loadavg`. */
export function createLoadCollector(roots: SystemRoots): Collector {
  const file = new KernelFile(join(roots.proc, 'loadavg'));
  return {
    name: 'load',
    everyMs: 0,
    read(slots) {
      const averages = file.read().split(' ', 3);
      for (const [i, period] of PERIODS.entries()) {
        slots.set(period, parseDecimal(averages[i]), () => ({
          name: `system.cpu.load_average.${period}`,
          unit: '{thread}',
          kind: 'gauge',
          min: 0,
        }));
      }
    },
    dispose: () => file.dispose(),
  };
}
