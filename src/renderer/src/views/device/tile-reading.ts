import { combineVital, VITAL_TITLES, VITAL_UNITS, vitalsOf, type Vital } from '@shared/metrics/vitals';
import { headlineSeries } from '@shared/metrics/headline';
import type { MetricKind, SeriesInfo } from '@shared/model';
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
  const lines = series.map(({ id }) => columnsOf(id));
  if (of === 'total' && series.length > 1) {
    const sum = sumOf(tile, lines, span);
    const last = lastIn(sum, span);
    return { ...last, label: '', ...extremes(sum, span, 1), line: sum };
  }
  const lasts = lines.map((line) => lastIn(line, span));
  const newest = Math.max(...lasts.map(({ at }) => at ?? Number.NEGATIVE_INFINITY));
  const counted = lasts.map(({ at, value }) => (at !== null && at >= newest - ENDED_MS ? value : null));
  let place = 0;
  for (const [i, value] of counted.entries()) {
    if (value !== null && (counted[place] === null || value > (counted[place] ?? 0))) place = i;
  }
  const { value } = combineVital({ name: 'cpu', of: 'worst', series }, counted);
  const per = series[place]?.per ?? 1;
  const line = lines[place] ?? null;
  const label = series.length > 1 ? (series[place]?.label ?? '') : '';
  return { value, at: lasts[place]?.at ?? null, label, ...extremes(line, span, per), line };
}

function lastIn(columns: SampleColumns | null, span: TimeSpan): { value: number | null; at: number | null } {
  if (!columns) return { value: null, at: null };
  const begin = columns.lowerBound(span.from);
  for (let i = columns.lowerBound(span.to + 1) - 1; i >= begin; i--) {
    const value = columns.v[i] ?? Number.NaN;
    if (!Number.isNaN(value)) return { value, at: columns.t[i] ?? null };
  }
  return { value: null, at: null };
}

function extremes(
  columns: SampleColumns | null,
  span: TimeSpan,
  per: number,
): { low: number | null; high: number | null } {
  let low = Infinity;
  let high = -Infinity;
  if (columns) {
    const { v, min = v, max = v } = columns;
    const end = columns.lowerBound(span.to + 1);
    for (let i = columns.lowerBound(span.from); i < end; i++) {
      if (Number.isNaN(v[i] ?? Number.NaN)) continue;
      low = Math.min(low, min[i] ?? Infinity);
      high = Math.max(high, max[i] ?? -Infinity);
    }
  }
  return low > high ? { low: null, high: null } : { low: low / per, high: high / per };
}

/** Adds up lines at the times of the first one; a time that another line lacks is left out. */
function sumOf(tile: Tile, lines: readonly (SampleColumns | null)[], span: TimeSpan): SeriesBuffer {
  const sum = new SeriesBuffer({ windowMs: Number.MAX_SAFE_INTEGER, maxPoints: 65_536 });
  const [first, ...others] = lines;
  if (!first || others.some((line) => line === null)) return sum;
  const tolerance = Math.max(1, first.intervalMs() / 2);
  const end = first.lowerBound(span.to + 1);
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
