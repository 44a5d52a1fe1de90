import type { SlotTable } from './series-slots';

/** What `--only` takes. */
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
   * Sets the series that exist now. May throw or reject: the caller logs it once and tries again, less often.
   * A promise that is still open is not asked again, and its values show up in a later row.
   */
  read(slots: SlotTable): void | Promise<void>;
  dispose?(): void;
}

/** Where Linux shows itself; tests point these at fixture trees. */
export interface SystemRoots {
  proc: string;
  sys: string;
  etc: string;
}

export const SYSTEM_ROOTS: SystemRoots = { proc: '/proc', sys: '/sys', etc: '/etc' };

/** A share with as many digits as mean something: shorter on the wire and in storage. */
export function share(part: number, whole: number): number | null {
  if (!(whole > 0)) return null;
  return Math.round(Math.min(1, Math.max(0, part / whole)) * 10_000) / 10_000;
}
