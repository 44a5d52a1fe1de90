import { VITAL_TITLES, VITAL_UNITS, vitalsOf, type Vital } from '@shared/metrics/vitals';
import { headlineSeries } from '@shared/metrics/headline';
import type { MetricKind, SeriesInfo } from '@shared/model';
import { summarise, type SeriesSummary } from '../../lib/charts/text/chart-text';
import type { SampleColumns } from '../../lib/hub/sample-source';
import { SeriesBuffer } from '../../lib/hub/series-buffer';
import type { TimeSpan } from '../../lib/time/time-view';

/** What one tile shows. */
export interface Tile {
  id: string;
  title: string;
  unit: string;
  kind: MetricKind;
  vital: Pick<Vital, 'of' | 'series'>;
}

/** The values of a tile within the shown time. */
export interface TileReading {
  value: number | null;
  /** When the value was measured, ms since the epoch. */
  at: number | null;
  /** Which of several series the value comes from; empty if there is only one, or if it is a total. */
  label: string;
  low: number | null;
  high: number | null;
  /** What the sparkline draws. */
  line: SampleColumns | null;
}

/** The most tiles of a device that is no computer. */
const MAX_OWN = 6;
/** Series that stopped this much earlier than the others no longer count, ms. */
const ENDED_MS = 300_000;

/** Returns the tiles of a device: what people look for on a computer, or else its own most informative values. */
export function tilesOf(series: readonly SeriesInfo[]): Tile[] {
  const vitals = vitalsOf(series);
  if (vitals.some(({ name }) => name === 'cpu' || name === 'memory')) {
    return vitals.map((vital) => ({
      id: vital.name,
      title: VITAL_TITLES[vital.name],
      unit: VITAL_UNITS[vital.name],
      kind: vital.name === 'network' ? 'counter' : 'gauge',
      vital,
    }));
  }
  return headlineSeries(series, MAX_OWN).map(({ series: id, label, unit, kind }) => ({
    id: `own:${label}`,
    title: label,
    unit,
    kind,
    vital: { of: 'worst', series: [{ id, label: '', kind, per: null }] },
  }));
}

/**
 * Reads a tile from the samples of its series. The value is the last one within the span; for a total, only where all
 * of its series have one. Low and high are those of the line that is drawn.
 */
export function readTile(
  tile: Tile,
  columnsOf: (id: number) => SampleColumns | null,
  span: TimeSpan,
): TileReading {
  const { of, series } = tile.vital;
  // The right edge belongs to the shown time.
  const shown = { from: span.from, to: span.to + 1 };
  const lines = series.map(({ id }) => columnsOf(id));
  if (of === 'total' && series.length > 1) {
    const line = sumOf(tile, lines, shown);
    return { ...scaled(summarise(line, shown), 1), label: '', line };
  }
  const summaries = lines.map((line) => summarise(line, shown));
  const newest = Math.max(...summaries.map(({ lastAt }) => lastAt ?? Number.NEGATIVE_INFINITY));
  let place = 0;
  let worst: number | null = null;
  for (const [i, { last, lastAt }] of summaries.entries()) {
    if (last === null || lastAt === null || lastAt < newest - ENDED_MS) continue;
    const value = last / (series[i]?.per ?? 1);
    if (worst === null || value > worst) [place, worst] = [i, value];
  }
  const summary = summaries[place] ?? summarise(null, shown);
  return {
    ...scaled(summary, series[place]?.per ?? 1),
    label: series.length > 1 ? (series[place]?.label ?? '') : '',
    line: lines[place] ?? null,
  };
}

function scaled(
  { last, lastAt, lowest, highest }: SeriesSummary,
  per: number,
): Omit<TileReading, 'label' | 'line'> {
  const share = (value: number | null) => (value === null ? null : value / per);
  return { value: share(last), at: lastAt, low: share(lowest), high: share(highest) };
}

/** Adds up lines at the times of the first one; a time that another line lacks is left out. */
function sumOf(tile: Tile, lines: readonly (SampleColumns | null)[], span: TimeSpan): SeriesBuffer {
  const sum = new SeriesBuffer({ windowMs: Number.MAX_SAFE_INTEGER, maxPoints: 65_536 });
  const [first, ...others] = lines;
  if (!first || others.some((line) => line === null)) return sum;
  const tolerance = Math.max(1, first.intervalMs() / 2);
  const end = first.lowerBound(span.to);
  for (let i = first.lowerBound(span.from); i < end; i++) {
    const time = first.t[i] ?? Number.NaN;
    let total = shareOf(first.v[i] ?? Number.NaN, tile.vital.series[0]?.per ?? null);
    for (const [place, line] of others.entries()) {
      total += shareOf(
        line ? at(line, time, tolerance) : Number.NaN,
        tile.vital.series[place + 1]?.per ?? null,
      );
    }
    sum.push(time, total);
  }
  return sum;
}

function shareOf(value: number, per: number | null): number {
  return per === null ? value : value / per;
}

/** Returns the value at a time, or the nearest one within the tolerance; NaN if there is none. */
function at(columns: SampleColumns, time: number, tolerance: number): number {
  const next = columns.lowerBound(time);
  let best = Number.NaN;
  let distance = tolerance;
  for (const i of [next - 1, next]) {
    if (i < columns.start || i >= columns.end) continue;
    const away = Math.abs((columns.t[i] ?? Number.NaN) - time);
    if (away > distance) continue;
    distance = away;
    best = columns.v[i] ?? Number.NaN;
  }
  return best;
}
