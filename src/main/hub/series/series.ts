import type { Labels, MetricKind, SeriesInfo } from '@shared/model';
import type { Sheet } from './sheet';

/**
 * Where a series' samples are stored: a column of a sheet. A series has several places if it arrived together with
 * varying others.
 */
export interface Place {
  sheet: Sheet;
  column: number;
}

/** One metric of one device with one set of labels. Its id is assigned by the hub and never reused. */
export interface Series {
  readonly id: number;
  readonly device: string;
  /** Name and sorted labels; unique within the device. */
  readonly key: string;
  readonly metric: string;
  readonly labels: Labels;
  unit: string;
  kind: MetricKind;
  title: string | null;
  min: number | null;
  max: number | null;
  readonly places: Place[];
  /** The newest time of any sample that is in history and never was in a sheet. */
  missingUntil: number;
}

/** A series without where its samples lie: what is kept of it from run to run. */
export type SeriesIdentity = Omit<Series, 'places' | 'missingUntil'>;

export function seriesInfo(series: Series): SeriesInfo {
  const { id, device, metric, labels, unit, kind, title, min, max } = series;
  return { id, device, metric, labels, unit, kind, title, min, max };
}
