import { join } from 'node:path';
import type { SeriesDeclaration } from '@shared/protocol/agent-messages';
import { share, type Collector, type SystemRoots } from '../collector';
import { KernelFile } from '../kernel-file';

/** Columns of `/proc/stat` (proc(5)) behind the name; guest time is part of user time already. */
const WIDTH = 8;
/** Shorter intervals say nothing: the kernel counts in steps of 10 ms. */
const MIN_TICKS = 3;

/** What a processor did between two reads, as shares. */
interface Shares {
  busy: number | null;
  modes: Record<'user' | 'nice' | 'system' | 'idle' | 'iowait' | 'interrupt' | 'steal', number | null>;
}

/** `system.cpu.utilization` of the machine, of each mode, and of each logical processor. */
export function createCpuCollector(roots: SystemRoots): Collector {
  const file = new KernelFile(join(roots.proc, 'stat'));
  const processors = new Map<string, CpuTimes>();

  return {
    name: 'cpu',
    everyMs: 0,
    read(slots) {
      const text = file.read();
      let start = 0;
      while (text.startsWith('cpu', start)) {
        const end = text.indexOf('\n', start);
        const line = text.slice(start, end < 0 ? text.length : end);
        const space = line.indexOf(' ');
        const number = line.slice(3, space);
        let times = processors.get(number);
        if (!times) processors.set(number, (times = new CpuTimes()));
        const { busy, modes } = times.advance(line.slice(space));
        if (number === '') {
          slots.set('all', busy, () => declare({}));
          for (const mode in modes) {
            slots.set(mode, modes[mode as keyof typeof modes], () => declare({ 'cpu.mode': mode }));
          }
        } else slots.set(number, busy, () => declare({ 'cpu.logical_number': number }));
        if (end < 0) break;
        start = end + 1;
      }
    },
    dispose: () => file.dispose(),
  };
}

class CpuTimes {
  #before: number[] | null = null;
  #shares: Shares = {
    busy: null,
    modes: { user: null, nice: null, system: null, idle: null, iowait: null, interrupt: null, steal: null },
  };

  /** Takes the columns of one line; the shares stay as they were when too little time has passed. */
  advance(columns: string): Shares {
    const now = columns.trim().split(/ +/, WIDTH).map(Number);
    const before = this.#before;
    if (!before) {
      this.#before = now;
      return this.#shares;
    }
    // Idle and I/O wait of a processor may go backwards a little (proc(5)).
    const since = (i: number) => Math.max(0, (now[i] ?? 0) - (before[i] ?? 0));
    const [user, nice, system, idle, iowait] = [since(0), since(1), since(2), since(3), since(4)];
    const [interrupt, steal] = [since(5) + since(6), since(7)];
    const busy = user + nice + system + interrupt + steal;
    const total = busy + idle + iowait;
    if (total < MIN_TICKS) return this.#shares;
    this.#before = now;
    this.#shares = {
      busy: share(busy, total),
      modes: {
        user: share(user, total),
        nice: share(nice, total),
        system: share(system, total),
        idle: share(idle, total),
        iowait: share(iowait, total),
        interrupt: share(interrupt, total),
        steal: share(steal, total),
      },
    };
    return this.#shares;
  }
}

function declare(labels: Record<string, string>): SeriesDeclaration {
  return { name: 'system.cpu.utilization', labels, unit: '1', kind: 'gauge', min: 0, max: 1 };
}
