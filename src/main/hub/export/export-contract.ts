import type { Labels, MetricKind } from '@shared/model';
import type { StoreColumns } from '../store-contract/store-contract';

/** What is written out, and how. Ranges are `[from, to)`, ms since the epoch. */
export interface ExportQuery {
  /** All devices when left out. */
  device?: string | undefined;
  /** All metrics when left out. */
  metric?: string | undefined;
  from: number;
  to: number;
  format: ExportFormat;
  /** How CSV writes times; NDJSON always has ms. */
  time: 'iso' | 'ms';
  /** Counters as the device sent them instead of their rate per second. */
  raw: boolean;
}

export type ExportFormat = 'csv' | 'ndjson';

export const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
};

/** What names a series in an export. */
export interface SeriesHead {
  id: number;
  device: string;
  metric: string;
  labels: Labels;
  unit: string;
  kind: MetricKind;
}

export type ReadRange = Pick<ExportQuery, 'from' | 'to' | 'raw'>;

/** Where an export reads. */
export interface ExportSource {
  /** Makes everything that was taken in so far readable. */
  prepare(): Promise<void>;
  deviceIds(): Iterable<string>;
  /** Null for a device that nobody knows. */
  seriesOf(device: string): SeriesHead[] | null;
  /** Full resolution: each series in time order, in pieces; NaN is no value. */
  read(series: readonly SeriesHead[], range: ReadRange, signal?: AbortSignal): AsyncIterable<StoreColumns>;
}

export interface ImportOptions {
  /** Stores everything as this device's; the lines must all be of one device then. */
  device?: string | undefined;
  /** What the first line is counted as in messages; 1 by default. */
  firstLine?: number | undefined;
}

export interface ImportSummary {
  lines: number;
  /** Values stored; nulls do not count. */
  samples: number;
  series: number;
  devices: number;
}
