import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Collector, SystemRoots } from '../collector';
import { fieldOf, KernelFile } from '../kernel-file';
import { setProcessCount } from '../process-series';

/** `system.process.count` and `.created`. Counting means listing `/proc`, which takes long on a busy machine. */
export function createProcessesCollector(roots: SystemRoots): Collector {
  const file = new KernelFile(join(roots.proc, 'stat'));
  return {
    name: 'processes',
    everyMs: 5_000,
    async read(slots) {
      const text = file.read();
      const entries = await readdir(roots.proc);
      let count = 0;
      for (const entry of entries) {
        const first = entry.charCodeAt(0);
        if (first >= 48 && first <= 57) count++;
      }
      setProcessCount(slots, null, count);
      setProcessCount(slots, 'running', fieldOf(text, 'procs_running '));
      setProcessCount(slots, 'blocked', fieldOf(text, 'procs_blocked '));
      slots.set('created', fieldOf(text, 'processes '), () => ({
        name: 'system.process.created',
        unit: '{process}',
        kind: 'counter',
      }));
    },
    dispose: () => file.dispose(),
  };
}
