import type { Fault } from '@shared/errors';
import type { EventInfo } from '@shared/model';
import type {
  CommitBatch,
  Retention,
  StoreColumns,
  StoreContents,
  StoreQuery,
  StoreStats,
} from './store-contract';

/** The messages between the main thread and the store's worker, sent by structured clone. */

export interface WorkerOptions {
  dir: string;
  retention: Retention;
  /** A hard limit of the database file, for quotas and tests. */
  maxFileBytes?: number | undefined;
  /** When the database cannot be opened, serve what can be read and try again, instead of giving up. */
  keepTrying?: boolean | undefined;
}

export interface EventQuery {
  device?: string | undefined;
  from: number;
  to: number;
  limit: number;
}

/** One piece of a scan, and where the next one starts; null when there is no more. */
export interface ScanPiece {
  columns: StoreColumns[];
  next: number | null;
}

/** Requests by name, with their parameters and results. */
export interface StoreCalls {
  commit: { params: CommitBatch; result: null };
  query: { params: StoreQuery; result: StoreColumns[] };
  scan: { params: Omit<StoreQuery, 'points'>; result: ScanPiece };
  extent: { params: string; result: { oldest: number; newest: number } | null };
  events: { params: EventQuery; result: EventInfo[] };
  updateEvent: { params: { id: number; text: string | null }; result: null };
  deleteDevice: { params: string; result: null };
  setRetention: { params: Retention; result: null };
  stats: { params: null; result: Omit<StoreStats, 'problem'> };
  /** Runs all background work until nothing is left to do: for tests and benches. */
  settle: { params: null; result: null };
  close: { params: null; result: null };
}

export type CallName = keyof StoreCalls;

export type ToWorker =
  | { [K in CallName]: { type: 'call'; id: number; name: K; params: StoreCalls[K]['params'] } }[CallName]
  | { type: 'cancel'; id: number };

export type FromWorker =
  | { type: 'opened'; contents: StoreContents }
  /** Not open for writing; `contents` is what can be read, null when nothing can. Opening is tried again. */
  | { type: 'waiting'; fault: Fault; contents: StoreContents | null }
  | { type: 'refused'; fault: Fault }
  | { type: 'done'; id: number; result: unknown }
  | { type: 'failed'; id: number; fault: Fault }
  /** A new file was begun while the hub runs. */
  | { type: 'afresh' }
  | { type: 'problem'; problem: Fault | null }
  | { type: 'log'; level: 'info' | 'warn' | 'error'; message: string; fields?: Record<string, unknown> };
