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
  /** The unit that the device declares, or else the one that the name implies. */
  ownUnit: string;
  unitSource: UnitSource;
  /** Whether `ownUnit` is a guess. */
  isUnitGuessed: boolean;
  kind: MetricKind;
  title: string | null;
  min: number | null;
  max: number | null;
  /** Replaced, never extended: a growing array would reserve room for 17. */
  places: readonly Place[];
  /** The newest time of any sample in history that was never in a sheet. */
  missingUntil: number;
  /**
   * When its device last declared it, ms since the epoch by the clock that the hub started with; -Infinity if it has not
   * been declared since the hub started.
   */
  declaredAt: number;
}

/** The part of a series that is kept between runs. `unit` is its own; null: it is not known whether that is a guess. */
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

/** Guesses the unit of a series whose device declares none. */
export function guessUnit(metric: string): Pick<Series, 'ownUnit' | 'isUnitGuessed'> {
  const described = describeMetric(metric);
  return { ownUnit: described?.unit ?? '', isUnitGuessed: described?.isGuess ?? true };
}

/** Restores a series' own unit. A guess is repeated, because this version may guess better than the last. */
export function restoreUnit({
  metric,
  unit,
  isUnitGuessed,
}: SeriesIdentity): Pick<Series, 'ownUnit' | 'isUnitGuessed'> {
  const guess = guessUnit(metric);
  const wasGuessed = isUnitGuessed ?? (unit === '' || unit === guess.ownUnit);
  return wasGuessed ? guess : { ownUnit: unit, isUnitGuessed: false };
}

/** Applies the user's choice, or if it is undefined, the series' own unit. */
export function settleUnit(series: Series, chosen: string | undefined): void {
  series.unit = chosen ?? series.ownUnit;
  series.unitSource = chosen !== undefined ? 'chosen' : series.isUnitGuessed ? 'guessed' : 'known';
}

export function seriesInfo(series: Series): SeriesInfo {
  const { id, device, metric, labels, unit, unitSource, kind, title, min, max } = series;
  return { id, device, metric, labels, unit, unitSource, kind, title, min, max };
}
