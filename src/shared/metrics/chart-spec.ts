import { displayText } from '../display-text';
import type { Labels, MetricKind, SeriesInfo } from '../model';
import { describeMetric } from './catalogue';

/** One line of a chart. */
export interface ChartSeries {
  id: number;
  label: string;
  metric: string;
  labels: Labels;
  unit: string;
  kind: MetricKind;
  /**
   * A fixed look for this line: a palette colour (1–8), and beyond 8 a colour with a mark. If unset, the chart
   * chooses.
   */
  slot?: number;
  /** Whether the line is dashed, because it shows an earlier period or is only a comparison. */
  dashed?: boolean;
  /** Whether its unit is only a guess. */
  unitGuessed?: boolean;
}

/** The content of one chart; `min` and `max` bound the axis if they are known. */
export interface ChartSpec {
  /** Stable for the same device and metrics, whatever the order of the series. */
  id: string;
  title: string;
  subtitle: string | null;
  /** The heading that the chart appears under. */
  group: string;
  unit: string;
  kind: MetricKind;
  style: 'line' | 'stack';
  /**
   * Whether each value holds until the next instead of being joined to it by a straight line: for states, counts,
   * switches.
   */
  stepped?: boolean;
  min: number | null;
  max: number | null;
  wide: boolean;
  series: ChartSeries[];
}

/** The most lines in one chart; more could not be told apart. */
export const MAX_SERIES_PER_CHART = 8;

/** Returns the unit that the user chose or the device declares, or else the catalogue's. */
export function unitOf(series: SeriesInfo): string {
  return series.unit === '' && series.unitSource !== 'chosen'
    ? (describeMetric(series.metric)?.unit ?? '')
    : series.unit;
}

/** Whether the unit that is shown is only a guess. */
export function isUnitGuessed(series: SeriesInfo): boolean {
  return series.unitSource === 'guessed' && series.unit !== '';
}

export function chartSeries(series: SeriesInfo, label: string): ChartSeries {
  return {
    id: series.id,
    label: displayText(label),
    metric: series.metric,
    labels: series.labels,
    unit: unitOf(series),
    kind: series.kind,
    ...(isUnitGuessed(series) && { unitGuessed: true }),
  };
}

/** Splits a chart with too many lines into several that say which part they show. */
export function splitChart(chart: ChartSpec): ChartSpec[] {
  const { series } = chart;
  if (series.length <= MAX_SERIES_PER_CHART) return [chart];
  const parts = Math.ceil(series.length / MAX_SERIES_PER_CHART);
  const size = Math.ceil(series.length / parts);
  const charts: ChartSpec[] = [];
  for (let at = 0; at < series.length; at += size) {
    const part = series.slice(at, at + size);
    const range = part.length > 1 ? `${part[0]?.label} – ${part.at(-1)?.label}` : `${part[0]?.label}`;
    charts.push({
      ...chart,
      id: `${chart.id}:${charts.length + 1}`,
      subtitle: chart.subtitle === null ? range : `${chart.subtitle}, ${range}`,
      series: part,
    });
  }
  return charts;
}

/** Returns the largest `max` and the smallest `min` that the series declare; null if any series declares none. */
export function boundsOf(series: readonly SeriesInfo[]): { min: number | null; max: number | null } {
  let min: number | null = Infinity;
  let max: number | null = -Infinity;
  for (const one of series) {
    min = min === null || one.min === null ? null : Math.min(min, one.min);
    max = max === null || one.max === null ? null : Math.max(max, one.max);
  }
  return series.length === 0 ? { min: null, max: null } : { min, max };
}
