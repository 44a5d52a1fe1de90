import type { ChartSeries, ChartSpec } from '@shared/metrics/chart-spec';

/** The one number that stands for a chart. */
export interface ChartHeadline {
  value: number | null;
  /** Which number it is: `total`, or the line that it comes from; empty where there is only one line. */
  words: string;
}

/** The two sides of one traffic, which add up. */
const DIRECTIONS = new Set(['receive', 'transmit', 'read', 'write', 'in', 'out']);
/** Metrics whose lowest value is the one to worry about. */
const LOW_IS_BAD = new Set(['hw.battery.charge']);
/** Lines that stand for all others. */
const WHOLE = new Set(['all', '1 min', 'used']);

/**
 * Returns the headline of a chart: the total where its lines add up, the line that stands for all others where there is one,
 * and otherwise the worst.
 */
export function headlineOf(
  { style, series }: Pick<ChartSpec, 'style' | 'series'>,
  hidden: ReadonlySet<number>,
  valueOf: (id: number) => number | null,
): ChartHeadline {
  const shown = series.filter(({ id }) => !hidden.has(id));
  const [first] = shown;
  if (!first) return { value: null, words: '' };
  if (series.length === 1) return { value: valueOf(first.id), words: '' };
  const whole = shown.find(({ label }) => WHOLE.has(label));
  if (whole) return { value: valueOf(whole.id), words: whole.label };
  if (style === 'stack') return totalOf(shown, valueOf);
  if (shown.every(({ label }) => DIRECTIONS.has(label))) return totalOf(shown, valueOf);
  const sign = LOW_IS_BAD.has(first.metric) ? -1 : 1;
  let worst: { value: number; label: string } | null = null;
  for (const { id, label } of shown) {
    const value = valueOf(id);
    if (value !== null && (worst === null || sign * (value - worst.value) > 0)) worst = { value, label };
  }
  return worst === null ? { value: null, words: '' } : { value: worst.value, words: worst.label };
}

/** Silent parts count as nothing, because many devices leave out what is zero. */
function totalOf(shown: readonly ChartSeries[], valueOf: (id: number) => number | null): ChartHeadline {
  let total: number | null = null;
  for (const { id } of shown) {
    const value = valueOf(id);
    if (value !== null) total = (total ?? 0) + value;
  }
  return { value: total, words: shown.length > 1 ? 'total' : (shown[0]?.label ?? '') };
}
