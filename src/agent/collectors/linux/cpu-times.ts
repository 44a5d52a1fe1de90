import { share } from '../collector';
import { parseCount } from '../kernel-file';

/** Number of columns of `/proc/stat` (proc(5)) after the name; guest time is already part of user time. */
const WIDTH = 8;
const IDLE = 3;
const IOWAIT = 4;
/** Shorter intervals are too inexact: the kernel counts in steps of 10 ms. */
const MIN_TICKS = 3;
/** How long shares stay valid while the kernel's counters stand still; after that they are unknown. */
const HOLD_MS = 10_000;

export type CpuMode = 'user' | 'nice' | 'system' | 'idle' | 'iowait' | 'interrupt' | 'steal';

/** The activity of a processor between two reads, as shares. */
export interface CpuShares {
  busy: number | null;
  modes: Record<CpuMode, number | null>;
}

const UNKNOWN: CpuShares = {
  busy: null,
  modes: { user: null, nice: null, system: null, idle: null, iowait: null, interrupt: null, steal: null },
};

/** Parses the ticks of one line of `/proc/stat`; columns missing in old kernels are 0. Null for any other line. */
export function parseCpuTicks(columns: string): number[] | null {
  const ticks = columns
    .trim()
    .split(/\s+/, WIDTH)
    .map((column) => parseCount(column));
  if (ticks.length <= IDLE || ticks.includes(null)) return null;
  return Array.from({ length: WIDTH }, (_, i) => ticks[i] ?? 0);
}

/** Turns the ticks of one processor into shares of the time between two reads. */
export class CpuTimes {
  #before: number[] | null = null;
  #beforeAt = 0;
  #shares = UNKNOWN;

  /**
   * Takes the columns of one line, read at monotonic ms `at`. The shares stay unchanged if too little time has passed,
   * and are unknown once if counters fell: containers are moved, processors come and go.
   */
  advance(columns: string, at: number): CpuShares {
    const now = parseCpuTicks(columns);
    const before = this.#before;
    if (!now || !before || isReset(before, now)) {
      this.#before = now;
      this.#beforeAt = at;
      this.#shares = UNKNOWN;
      return UNKNOWN;
    }
    const since = (i: number) => Math.max(0, (now[i] ?? 0) - (before[i] ?? 0));
    const [user, nice, system, idle, iowait] = [since(0), since(1), since(2), since(IDLE), since(IOWAIT)];
    const [interrupt, steal] = [since(5) + since(6), since(7)];
    const busy = user + nice + system + interrupt + steal;
    const total = busy + idle + iowait;
    if (total < MIN_TICKS) {
      if (at - this.#beforeAt > HOLD_MS) this.#shares = UNKNOWN;
      return this.#shares;
    }
    this.#before = now;
    this.#beforeAt = at;
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

/** Whether the counters have restarted. Only idle and I/O wait may go backwards a little (proc(5)). */
function isReset(before: readonly number[], now: readonly number[]): boolean {
  let change = 0;
  for (const [i, ticks] of now.entries()) {
    const since = ticks - (before[i] ?? 0);
    if (since < 0 && i !== IDLE && i !== IOWAIT) return true;
    change += since;
  }
  return change < 0;
}
