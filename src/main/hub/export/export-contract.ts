import type { LocalFormat } from '@shared/export/local-time-text';
import type { Labels, MetricKind } from '@shared/model';
import type { StoreColumns } from '../store-contract/store-contract';

/** What to export, and how. Ranges are `[from, to)`, ms since the epoch. */
export interface ExportQuery {
  /** Default: all devices. */
  device?: string | undefined;
  /** Default: all metrics. */
  metric?: string | undefined;
  from: number;
  to: number;
  format: ExportFormat;
  /** How CSV writes times; NDJSON always has ms. */
  time: 'iso' | 'ms';
  /** Whether CSV begins with a byte order mark. Default: false. */
  bom?: boolean | undefined;
  /** Counters as the device sent them instead of their rate per second. */
  raw: boolean;
  /** CSV as a table for a spreadsheet: a row for each time and a column for each series. Default: a row for each sample. */
  sheet?: LocalFormat | undefined;
}

export type ExportFormat = 'csv' | 'ndjson';

export const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
};

/** What identifies a series in an export. */
export interface SeriesHead {
  id: number;
  device: string;
  metric: string;
  labels: Labels;
  unit: string;
  kind: MetricKind;
}

export type ReadRange = Pick<ExportQuery, 'from' | 'to' | 'raw'>;

/** The source of an export. */
export interface ExportSource {
  /** Makes everything received so far readable. */
  prepare(): Promise<void>;
  deviceIds(): Iterable<string>;
  /** The series of a device; null for an unknown device. */
  seriesOf(device: string): SeriesHead[] | null;
  /** Reads at full resolution, in pieces, each series in time order; NaN means no value. */
  read(series: readonly SeriesHead[], range: ReadRange, signal?: AbortSignal): AsyncIterable<StoreColumns>;
}

export interface ImportOptions {
  /** Stores everything under this device; the lines must then all be of one device. */
  device?: string | undefined;
  /** The number of the first line in error messages; 1 by default. */
  firstLine?: number | undefined;
}

export interface ImportSummary {
  lines: number;
  /** The number of values stored; nulls do not count. */
  samples: number;
  series: number;
  devices: number;
}
