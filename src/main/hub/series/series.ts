import type { Labels, MetricKind, SeriesInfo } from '@shared/model';
import type { Sheet } from './sheet';

/** Where a series' samples lie: a column of a sheet. More than one where it arrived in varying company. */
export interface Place {
  sheet: Sheet;
  column: number;
}

/** One metric of one device with one set of labels. Its id is the hub's own and never used again. */
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
  /** The newest time of any sample that history has and no sheet ever had. */
  missingUntil: number;
}

/** A series without where its samples lie: what is kept of it from run to run. */
export type SeriesIdentity = Omit<Series, 'places' | 'missingUntil'>;

export function seriesInfo(series: Series): SeriesInfo {
  const { id, device, metric, labels, unit, kind, title, min, max } = series;
  return { id, device, metric, labels, unit, kind, title, min, max };
}
