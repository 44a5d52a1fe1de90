import type { Disposable } from '@shared/disposable';
import type { Fault } from '@shared/errors';
import type { DamagedRecord, KeptRecord } from './records';
import type { EventInfo, Labels, MetricKind, Retention, StorageTier } from '@shared/model';

/**
 * History on disk, as the rest of the hub sees it. Everything behind it (SQLite, a worker thread, chunks, roll-ups)
 * is internal to the store. Series ids are assigned by the hub and persist: when it opens, the store says which ones
 * it knows.
 */

export interface StoredSeries {
  id: number;
  device: string;
  /** Name and sorted labels, see `formatSeriesKey`; unique within the device. */
  key: string;
  metric: string;
  labels: Labels;
  unit: string;
  /** Whether the unit is a guess; null: not known, from a file of an earlier version. */
  isUnitGuessed: boolean | null;
  kind: MetricKind;
  title: string | null;
  min: number | null;
  max: number | null;
}

/**
 * Rows of series that arrived together: `v[row * series.length + column]`; NaN means no value. Times may be in any
 * order.
 */
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

/**
 * Data that becomes durable together or not at all. The store copies it, so a failed batch can be committed again.
 */
export interface CommitBatch {
  /** New or changed series; committed before rows that refer to them. */
  series: StoredSeries[];
  rows: RowBatch[];
  marks: StreamMark[];
  events: EventInfo[];
  records?: readonly KeptRecord[] | undefined;
}

export interface StoreQuery {
  series: number[];
  /** `[from, to)`, ms. */
  from: number;
  to: number;
  /** Without it, full resolution; with it, this many equal buckets from the coarsest tier that fits. */
  points?: number | undefined;
  /** Counters as sent instead of rates per second. */
  raw?: boolean | undefined;
}

/** One series' answer; NaN means no data. Without `points`: `t` and `v`; with: `t`, `min`, `max`, `avg`. */
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
  /** Everything on disk: the database, its write-ahead log and other files. */
  fileBytes: number;
  budgetBytes: number;
  tiers: TierStats[];
  seriesCount: number;
  /** The current problem, such as damage or a full disk, and what the store does about it; null when all is well. */
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
  records: readonly KeptRecord[];
  /** Those that cannot be trusted; they were put aside. */
  damagedRecords: readonly DamagedRecord[];
}

export interface SampleStore extends Disposable {
  /** While it is not open: what could be read. */
  readonly contents: StoreContents;
  /** Whether it takes commits. While it does not, every commit rejects, and it tries again and again to open. */
  readonly isOpen: boolean;
  /** Whether what is stored can be read; always while it is open. */
  readonly isReadable: boolean;
  /** Called when it opens later than at start; `contents` is then what it knows, with the stored ids of series. */
  onOpened(listener: () => void): () => void;
  /** Called when a damaged file was set aside and a new one begun, which has none of the records. */
  onAfresh(listener: () => void): () => void;
  /** The stored ids of series that the hub knows by another id, by the hub's; from now on it translates them. */
  renumber(storedIds: ReadonlyMap<number, number>): void;
  /** Resolves when the batch is on disk. Rejects with a `FaultError`: `STORE_FULL`, `STORE_FAILED`, `STORE_CLOSED`, or why it is not open. */
  commit(batch: CommitBatch): Promise<void>;
  /** Runs a query that includes everything committed before the call. `signal` cancels. */
  query(query: StoreQuery, signal?: AbortSignal): Promise<StoreColumns[]>;
  /**
   * Reads at full resolution in time order, in pieces of at most about 50,000 samples per series, for exports of any
   * size. The same samples come in the same order, however they are laid out on disk, as long as no series has more
   * than that in four hours.
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
  /** Deletes the series, samples, marks and events of a device. */
  deleteDevice(device: string): Promise<void>;
  setRetention(retention: Retention): Promise<void>;
  stats(): Promise<StoreStats>;
  /** The same as `stats().problem`, without waiting. */
  readonly problem: Fault | null;
  /** Called when `problem` changes. */
  onProblem(listener: (problem: Fault | null) => void): () => void;
  /** Finishes pending commits, checkpoints, closes the file and ends the worker. */
  close(): Promise<void>;
}
