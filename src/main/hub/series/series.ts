import { describeMetric } from '@shared/metrics/catalogue';
import type { Labels, MetricKind, SeriesInfo, UnitSource } from '@shared/model';
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
  /** The user's choice, or else `ownUnit`. */
  unit: string;
  /** What the device declares, or else what its name says. */
  ownUnit: string;
  unitSource: UnitSource;
  /** Whether `ownUnit` is a guess. */
  isUnitGuessed: boolean;
  kind: MetricKind;
  title: string | null;
  min: number | null;
  max: number | null;
  /** Replaced, never pushed to: an array that grows reserves room for 17. */
  places: readonly Place[];
  /** The newest time of any sample that is in history and never was in a sheet. */
  missingUntil: number;
  /**
   * When its device last declared it, ms since the epoch by the clock that the hub started with; -Infinity if it has not
   * been declared since the hub started.
   */
  declaredAt: number;
}

/** What is kept of a series from run to run. `unit` is its own; null: whether that is a guess was not kept. */
export interface SeriesIdentity extends Omit<
  Series,
  'places' | 'missingUntil' | 'declaredAt' | 'ownUnit' | 'unitSource' | 'isUnitGuessed'
> {
  isUnitGuessed: boolean | null;
}

export function seriesIdentity(series: Series): SeriesIdentity {
  const { id, device, key, metric, labels, ownUnit, isUnitGuessed, kind, title, min, max } = series;
  return { id, device, key, metric, labels, unit: ownUnit, isUnitGuessed, kind, title, min, max };
}

/** The unit of a series whose device declares none. */
export function guessUnit(metric: string): Pick<Series, 'ownUnit' | 'isUnitGuessed'> {
  const described = describeMetric(metric);
  return { ownUnit: described?.unit ?? '', isUnitGuessed: described?.isGuess ?? true };
}

/** A series' own unit as it was kept. A guess is made anew: words may mean more to this version than to the last. */
export function restoreUnit({
  metric,
  unit,
  isUnitGuessed,
}: SeriesIdentity): Pick<Series, 'ownUnit' | 'isUnitGuessed'> {
  const guess = guessUnit(metric);
  const wasGuessed = isUnitGuessed ?? (unit === '' || unit === guess.ownUnit);
  return wasGuessed ? guess : { ownUnit: unit, isUnitGuessed: false };
}

/** Puts the user's choice, or with undefined the series' own unit, in force. */
export function settleUnit(series: Series, chosen: string | undefined): void {
  series.unit = chosen ?? series.ownUnit;
  series.unitSource = chosen !== undefined ? 'chosen' : series.isUnitGuessed ? 'guessed' : 'known';
}

export function seriesInfo(series: Series): SeriesInfo {
  const { id, device, metric, labels, unit, unitSource, kind, title, min, max } = series;
  return { id, device, metric, labels, unit, unitSource, kind, title, min, max };
}
