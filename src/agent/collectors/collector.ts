import type { SlotTable } from './series-slots';

/** The names that `--only` accepts. */
export const COLLECTOR_NAMES = [
  'cpu',
  'load',
  'memory',
  'paging',
  'filesystem',
  'disk',
  'network',
  'temperature',
  'processes',
  'uptime',
  'battery',
  'agent',
] as const;

export type CollectorName = (typeof COLLECTOR_NAMES)[number];

/** Reads one subsystem. */
export interface Collector {
  readonly name: CollectorName;
  /** Ms between two reads; 0 reads for every row. Values hold until the next read. */
  readonly everyMs: number;
  /**
   * Sets the series that exist now. May throw or reject: the caller logs it once and tries again, less often. While a
   * promise is pending, the collector is not read again; its values appear in a later row.
   */
  read(slots: SlotTable): void | Promise<void>;
  dispose?(): void;
}

/** The folders of the system's trees: containers mount the host's elsewhere, and tests use trees of their own. */
export interface SystemRoots {
  proc: string;
  sys: string;
  etc: string;
  /** The root of the file systems whose mounts `proc` lists; `/` if absent. */
  hostRoot?: string | undefined;
}

export const SYSTEM_ROOTS: SystemRoots = { proc: '/proc', sys: '/sys', etc: '/etc' };

/**
 * Reads the roots from the environment, under the names that gopsutil and Telegraf use: `HOST_PROC`, `HOST_SYS`,
 * `HOST_ETC`, `HOST_ROOT`.
 */
export function systemRoots(environment: NodeJS.ProcessEnv): SystemRoots {
  return {
    proc: environment['HOST_PROC'] || SYSTEM_ROOTS.proc,
    sys: environment['HOST_SYS'] || SYSTEM_ROOTS.sys,
    etc: environment['HOST_ETC'] || SYSTEM_ROOTS.etc,
    hostRoot: environment['HOST_ROOT'] || environment['HOST_MOUNT_PREFIX'] || undefined,
  };
}

/** Whether `/proc` is another tree than this process's own. */
export function isHostTree({ proc }: SystemRoots): boolean {
  return proc !== SYSTEM_ROOTS.proc;
}

/** Returns a share rounded to its significant digits, which is shorter on the wire and in storage. */
export function share(part: number, whole: number): number | null {
  if (!(whole > 0)) return null;
  return Math.round(Math.min(1, Math.max(0, part / whole)) * 10_000) / 10_000;
}
