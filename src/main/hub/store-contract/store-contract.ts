import type { Disposable } from '@shared/disposable';
import type { Fault } from '@shared/errors';
import type { EventInfo, Labels, MetricKind, Retention, StorageTier } from '@shared/model';

/**
 * History on disk, as the rest of the hub sees it. Everything behind it (SQLite, a worker thread, chunks, roll-ups)
 * is the store's own. Series ids are the hub's and persist: at open the store says which it knows.
 */

export interface StoredSeries {
  id: number;
  device: string;
  /** Name and sorted labels, see `formatSeriesKey`; unique within the device. */
  key: string;
  metric: string;
  labels: Labels;
  unit: string;
  kind: MetricKind;
  title: string | null;
  min: number | null;
  max: number | null;
}

/** Rows of series that arrived together: `v[row * series.length + column]`; NaN is no value. Any order of times. */
export interface RowBatch {
  device: string;
  series: Int32Array;
  t: Float64Array;
  v: Float64Array;
}

export interface StreamMark {
  device: string;
  stream: string;
  seq: number;
}

/** What becomes durable together or not at all. The store copies it: a batch that failed may be committed again. */
export interface CommitBatch {
  /** New or changed series; committed before rows that name them. */
  series: StoredSeries[];
  rows: RowBatch[];
  marks: StreamMark[];
  events: EventInfo[];
}

export interface StoreQuery {
  series: number[];
  /** `[from, to)`, ms. */
  from: number;
  to: number;
  /** Without it, full resolution; with it, that many equal buckets from the coarsest tier that fits. */
  points?: number | undefined;
  /** Counters as sent instead of rates per second. */
  raw?: boolean | undefined;
}

/** One series' answer; NaN where there was no data. Without `points`: `t` and `v`; with: `t`, `min`, `max`, `avg`. */
export interface StoreColumns {
  series: number;
  t: Float64Array;
  v?: Float64Array;
  min?: Float64Array;
  max?: Float64Array;
  avg?: Float64Array;
}

export type TierStats = StorageTier;

export interface StoreStats {
  /** Everything on disk: database, write-ahead log, all of it. */
  fileBytes: number;
  budgetBytes: number;
  tiers: TierStats[];
  seriesCount: number;
  /** What the store is doing about damage, a full disk or the like; null when all is well. */
  problem: Fault | null;
}

export type { Retention };

/** What the store knew when it was opened. */
export interface StoreContents {
  series: StoredSeries[];
  marks: StreamMark[];
  /** The newest events, oldest first, and the highest event id. */
  events: EventInfo[];
  /** The time of the newest sample of each device. */
  newest: ReadonlyMap<string, number>;
}

export interface SampleStore extends Disposable {
  readonly contents: StoreContents;
  /** Resolves when the batch is on disk. Rejects with a `FaultError`: `STORE_FULL`, `STORE_FAILED`, `STORE_CLOSED`. */
  commit(batch: CommitBatch): Promise<void>;
  /** Includes what was committed before the call. `signal` cancels. */
  query(query: StoreQuery, signal?: AbortSignal): Promise<StoreColumns[]>;
  /**
   * Full resolution in time order, in pieces of at most about 50,000 samples a series, for exports of any size. The same
   * samples come in the same order, however they lie on disk, while no series has more than that in four hours.
   */
  scan(query: Omit<StoreQuery, 'points'>, signal?: AbortSignal): AsyncIterable<StoreColumns>;
  /** Oldest and newest sample of a device, ms; null when there is none. */
  extent(device: string): Promise<{ oldest: number; newest: number } | null>;
  events(query: {
    device?: string | undefined;
    from: number;
    to: number;
    limit: number;
  }): Promise<EventInfo[]>;
  /** Replaces an event's text or deletes it (text null): the user's notes. */
  updateEvent(id: number, text: string | null): Promise<void>;
  /** Forgets series, samples, marks and events of a device. */
  deleteDevice(device: string): Promise<void>;
  setRetention(retention: Retention): Promise<void>;
  stats(): Promise<StoreStats>;
  /** What `stats().problem` says, at once. */
  readonly problem: Fault | null;
  /** Called when `problem` changes. */
  onProblem(listener: (problem: Fault | null) => void): () => void;
  /** Commits what is under way, checkpoints, closes the file, ends the worker. */
  close(): Promise<void>;
}
