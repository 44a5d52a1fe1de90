import type { ChartSeries } from '@shared/metrics/chart-spec';
import { formatText } from '@shared/metrics/units';
import type { SampleColumns } from '../../hub/sample-source';
import type { TimeSpan } from '../../time/time-view';
import { nearestWithin } from '../scene/scene';
import { formatMoment } from '../axes/time-ticks';

/** The largest number of table rows; longer data is sampled at this many times. */
const MOST_ROWS = 240;

/** A summary of a series within a span. All values are null if it has no samples there. */
export interface SeriesSummary {
  lowest: number | null;
  highest: number | null;
  mean: number | null;
  last: number | null;
  /** When `last` was, ms since the epoch. */
  lastAt: number | null;
  samples: number;
}

export function summarise(columns: SampleColumns | null, { from, to }: TimeSpan): SeriesSummary {
  let lowest = Infinity;
  let highest = -Infinity;
  let sum = 0;
  let samples = 0;
  let last: number | null = null;
  let lastAt: number | null = null;
  if (columns) {
    const { v, min = v, max = v } = columns;
    const end = columns.lowerBound(to);
    for (let i = columns.lowerBound(from); i < end; i++) {
      const value = v[i] as number;
      if (Number.isNaN(value)) continue;
      lowest = Math.min(lowest, min[i] as number);
      highest = Math.max(highest, max[i] as number);
      sum += value;
      samples++;
      last = value;
      lastAt = columns.t[i] as number;
    }
  }
  if (samples === 0) return { lowest: null, highest: null, mean: null, last: null, lastAt, samples };
  return { lowest, highest, mean: sum / samples, last, lastAt, samples };
}

export const UNIT_GUESSED = 'The unit is guessed from the name.';

export interface ChartText {
  span: TimeSpan;
  series: readonly ChartSeries[];
  columns: (id: number) => SampleColumns | null;
}

/** Describes a chart in a few sentences: its span, and the last, lowest and highest value of each series. */
export function describeChart({ span, series, columns }: ChartText): string {
  const rangeMs = span.to - span.from;
  const words = series.map((one) => {
    const { lowest, highest, mean, last } = summarise(columns(one.id), span);
    const say = (value: number | null) => formatText(value, one.unit, one.kind);
    if (last === null) return `${one.label}: no data.`;
    return `${one.label}: ${say(last)}, from ${say(lowest)} to ${say(highest)}, mean ${say(mean)}.`;
  });
  if (series.some(({ unitGuessed }) => unitGuessed)) words.push(UNIT_GUESSED);
  return `${formatMoment(span.from, rangeMs)} to ${formatMoment(span.to, rangeMs)}. ${words.join(' ')}`;
}

/** Formats the values under the cursor for screen readers: `10:42:08: user 4.9 %, system 2.5 %`. */
export function describeMoment(
  time: number,
  rangeMs: number,
  values: readonly { series: ChartSeries; value: number | null }[],
): string {
  const words = values.map(
    ({ series, value }) =>
      `${series.label} ${value === null ? 'no data' : formatText(value, series.unit, series.kind)}`,
  );
  return `${formatMoment(time, rangeMs)}: ${words.join(', ')}`;
}

export interface ChartRow {
  time: number;
  /** In the order of the series; null if there is no value. */
  values: (number | null)[];
}

/**
 * Returns the drawn data as a table, newest first: each sample, or evenly spaced times if there are too many samples.
 */
export function tableOf({ span, series, columns }: ChartText): ChartRow[] {
  const all = series.map(({ id }) => columns(id));
  const times = new Set<number>();
  for (const one of all) {
    if (!one) continue;
    const end = one.lowerBound(span.to);
    const begin = one.lowerBound(span.from);
    if (end - begin > MOST_ROWS || times.size > MOST_ROWS) return rowsAt(evenly(span), all);
    for (let i = begin; i < end; i++) times.add(one.t[i] as number);
  }
  if (times.size > MOST_ROWS) return rowsAt(evenly(span), all);
  return rowsAt(
    [...times].sort((a, b) => b - a),
    all,
  );
}

function evenly({ from, to }: TimeSpan): number[] {
  return Array.from({ length: MOST_ROWS }, (_, i) => to - ((i + 0.5) * (to - from)) / MOST_ROWS);
}

function rowsAt(times: readonly number[], all: readonly (SampleColumns | null)[]): ChartRow[] {
  return times.map((time) => ({
    time,
    values: all.map((one) => {
      const at = one ? nearestWithin(one, time) : -1;
      const value = at < 0 ? undefined : one?.v[at];
      return value === undefined || Number.isNaN(value) ? null : value;
    }),
  }));
}
