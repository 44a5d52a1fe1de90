import { join } from 'node:path';
import type { SeriesDeclaration } from '@shared/protocol/agent-messages';
import type { Collector, SystemRoots } from '../collector';
import { KernelFile } from '../kernel-file';
import { MAX_PROCESSORS, PRIORITY } from '../priorities';
import { CpuTimes, type CpuMode } from './cpu-times';

const NAME = /^cpu(\d{0,6})$/;

/** `system.cpu.utilization` of the machine, of each mode, and of each logical processor. */
export function createCpuCollector(roots: SystemRoots): Collector {
  const file = new KernelFile(join(roots.proc, 'stat'));
  const processors = new Map<string, CpuTimes>();

  return {
    name: 'cpu',
    everyMs: 0,
    read(slots) {
      const text = file.read();
      const at = performance.now();
      const leftOut: string[] = [];
      let reported = 0;
      let start = 0;
      while (text.startsWith('cpu', start)) {
        const newline = text.indexOf('\n', start);
        const end = newline < 0 ? text.length : newline;
        const space = text.indexOf(' ', start);
        const name = text.slice(start, space < 0 ? end : Math.min(space, end));
        const columns = text.slice(start + name.length, end);
        start = end + 1;
        const number = NAME.exec(name)?.[1];
        if (number === undefined) continue;
        if (number !== '' && ++reported > MAX_PROCESSORS) {
          leftOut.push(name);
          continue;
        }
        let times = processors.get(number);
        if (!times) processors.set(number, (times = new CpuTimes()));
        const { busy, modes } = times.advance(columns, at);
        if (number === '') {
          slots.set('all', busy, () => declare({}));
          for (const mode in modes) {
            slots.set(mode, modes[mode as CpuMode], () => declare({ 'cpu.mode': mode }));
          }
        } else {
          slots.set(number, busy, () => declare({ 'cpu.logical_number': number }), PRIORITY.processor);
        }
      }
      slots.leftOut('processors', leftOut, MAX_PROCESSORS);
    },
    dispose: () => file.dispose(),
  };
}

function declare(labels: Record<string, string>): SeriesDeclaration {
  return { name: 'system.cpu.utilization', labels, unit: '1', kind: 'gauge', min: 0, max: 1 };
}
