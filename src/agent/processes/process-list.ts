import { availableParallelism, platform } from 'node:os';
import * as v from 'valibot';
import { fail, succeed } from '@shared/errors';
import { SYSTEM_ROOTS, type SystemRoots } from '../collectors/collector';
import type { RequestMethod } from '../requests';
import { createLinuxScan } from './linux-scan';
import type { ProcessInfo, ProcessScan } from './process-info';
import { scanPortable } from './portable-scan';

const DEFAULT_COUNT = 50;
const MAX_COUNT = 200;
/** Requests that arrive within this time of a scan share it, so that many of them cost no more than one. */
const SHARE_MS = 1_000;

const paramsSchema = v.object({
  sort: v.optional(v.picklist(['cpu', 'memory']), 'cpu'),
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_COUNT)), DEFAULT_COUNT),
});

/**
 * `processes.list`: takes `{sort?: 'cpu' | 'memory', limit?: 1–200}` and returns `{at, cpuCount, total, processes}`,
 * heaviest processes first. Fails with `BAD_PARAMS`.
 */
export function createProcessList(roots: SystemRoots = SYSTEM_ROOTS, system = platform()): RequestMethod {
  const scan = shareScans(system === 'linux' ? createLinuxScan(roots) : scanPortable);
  return async (params) => {
    const parsed = v.safeParse(paramsSchema, params);
    if (!parsed.success) {
      return fail('BAD_PARAMS', `processes.list accepts sort (cpu or memory) and limit (1 to ${MAX_COUNT}).`);
    }
    const { sort, limit } = parsed.output;
    const { at, total, processes } = await scan();
    const by = (process: ProcessInfo) => (sort === 'cpu' ? (process.cpu ?? 0) : process.rssBytes);
    const sorted = [...processes].sort((a, b) => by(b) - by(a) || b.rssBytes - a.rssBytes || a.pid - b.pid);
    return succeed({
      at,
      cpuCount: availableParallelism(),
      total,
      processes: sorted.slice(0, limit),
    });
  };
}

interface SharedScan extends ProcessScan {
  /** When it was done, ms since the epoch. */
  at: number;
}

function shareScans(scan: () => Promise<ProcessScan>): () => Promise<SharedScan> {
  let latest: Promise<SharedScan> | null = null;
  let doneAt: number | null = null;
  return () => {
    const isUsable = latest !== null && (doneAt === null || performance.now() - doneAt < SHARE_MS);
    if (latest !== null && isUsable) return latest;
    doneAt = null;
    latest = scan().then((found) => ({ ...found, at: Date.now() }));
    const done = (): void => void (doneAt = performance.now());
    // A failed scan is not shared any further.
    latest.then(done, () => (latest = null));
    return latest;
  };
}
