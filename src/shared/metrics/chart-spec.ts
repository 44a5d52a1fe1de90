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
  /** Its look, where the chart is not to choose: a colour of the palette (1–8), and beyond these one with a sign. */
  slot?: number;
  /** Drawn with dashes: the same series of an earlier period, or what is only a comparison. */
  dashed?: boolean;
}

/** What to draw in one chart; `min` and `max` bound the axis where they are known. */
export interface ChartSpec {
  /** The same for the same device and metrics, whatever order series come in. */
  id: string;
  title: string;
  subtitle: string | null;
  /** The heading that it stands under. */
  group: string;
  unit: string;
  kind: MetricKind;
  style: 'line' | 'stack';
  /** A value holds until the next one comes, instead of going there in a straight line: states, counts, switches. */
  stepped?: boolean;
  min: number | null;
  max: number | null;
  wide: boolean;
  series: ChartSeries[];
}

/** More lines than this in one chart cannot be told apart. */
export const MAX_SERIES_PER_CHART = 8;

/** The device's own unit, or the catalogue's where it says none. */
export function unitOf(series: SeriesInfo): string {
  return series.unit === '' ? (describeMetric(series.metric)?.unit ?? '') : series.unit;
}

export function chartSeries(series: SeriesInfo, label: string): ChartSeries {
  return {
    id: series.id,
    label: displayText(label),
    metric: series.metric,
    labels: series.labels,
    unit: unitOf(series),
    kind: series.kind,
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

/** The largest bound that any of the series declares, and the smallest; null where one declares none. */
export function boundsOf(series: readonly SeriesInfo[]): { min: number | null; max: number | null } {
  let min: number | null = Infinity;
  let max: number | null = -Infinity;
  for (const one of series) {
    min = min === null || one.min === null ? null : Math.min(min, one.min);
    max = max === null || one.max === null ? null : Math.max(max, one.max);
  }
  return series.length === 0 ? { min: null, max: null } : { min, max };
}
