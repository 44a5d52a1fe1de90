import type { SeriesInfo } from '../model';
import { boundsOf, chartSeries, splitChart, unitOf, type ChartSpec } from './chart-spec';
import { CHART_RULES, REDUNDANT, type ChartRule } from './known-charts';
import { otherCharts } from './other-charts';
import { compareNatural } from './series-labels';
import { formatText } from './units';

export type { ChartSpec } from './chart-spec';

/** The order of headings on a device's page; headings not listed come in between, by name. */
const FIRST = [
  'CPU',
  'Memory',
  'Network',
  'Disk',
  'File systems',
  'Temperature',
  'Load',
  'Processes',
  'Climate',
  'Power',
  'Signal',
  'States',
  'Board',
];
const LAST = ['System', 'Wirewatch agent'];

/**
 * Returns the charts of one device's page, in order. Every series is in exactly one chart, except series that only
 * complete what is shown anyway (idle time, free memory, limits).
 */
export function chartsFor(series: readonly SeriesInfo[]): ChartSpec[] {
  const taken = new Map<ChartRule, SeriesInfo[]>();
  const rest: SeriesInfo[] = [];
  const shown = new Set<string>();
  for (const one of series) {
    const rule = CHART_RULES.find((r) => r.metrics.includes(one.metric) && (r.accepts?.(one) ?? true));
    if (rule) {
      shown.add(one.metric);
      const list = taken.get(rule);
      if (list) list.push(one);
      else taken.set(rule, [one]);
    } else rest.push(one);
  }
  const charts: ChartSpec[] = [];
  const late: ChartSpec[] = [];
  for (const rule of CHART_RULES) {
    for (const chart of ruleCharts(rule, taken.get(rule) ?? [])) {
      (rule.isLate?.(chart.subtitle ?? '') ? late : charts).push(chart);
    }
  }
  charts.push(...otherCharts(rest.filter((one) => !isRedundant(one, shown))));
  return [...charts, ...late]
    .flatMap(splitChart)
    .map((chart, i) => ({ chart, i }))
    .sort((a, b) => compareGroups(a.chart.group, b.chart.group) || a.i - b.i)
    .map(({ chart }) => chart);
}

function isRedundant(series: SeriesInfo, shown: ReadonlySet<string>): boolean {
  return REDUNDANT.some(
    ({ metric, when, is }) => metric === series.metric && shown.has(when) && (is?.(series) ?? true),
  );
}

function ruleCharts(rule: ChartRule, series: readonly SeriesInfo[]): ChartSpec[] {
  const parts = new Map<string, SeriesInfo[]>();
  for (const one of series) {
    // One chart has one axis: a device that reports the same metric in two units gets two charts.
    const key = JSON.stringify([rule.per?.(one) ?? '', unitOf(one), one.kind]);
    const part = parts.get(key);
    if (part) part.push(one);
    else parts.set(key, [one]);
  }
  const perOf = (part: readonly SeriesInfo[]) => (part[0] && rule.per ? rule.per(part[0]) : '');
  const compare = rule.comparePer ?? compareNatural;
  return [...parts]
    .sort(([keyA, a], [keyB, b]) => compare(perOf(a), perOf(b)) || compareNatural(keyA, keyB))
    .map(([key, part], i) => toChart(rule, part, perOf(part), rule.per || i > 0 ? `:${key}` : ''));
}

function toChart(rule: ChartRule, part: readonly SeriesInfo[], per: string, suffix: string): ChartSpec {
  const first = part[0] as SeriesInfo;
  const unit = unitOf(first);
  const declared = rule.limit === 'declared' ? boundsOf(part).max : null;
  const max = rule.max ?? declared;
  const ordered = part
    .map((one) => ({ rank: rule.rank?.(one) ?? 0, line: chartSeries(one, rule.legend(one) || rule.title) }))
    .sort((a, b) => a.rank - b.rank || compareNatural(a.line.label, b.line.label) || a.line.id - b.line.id);
  return {
    id: `${rule.id}${suffix}`,
    title: rule.title,
    subtitle: per || (declared === null ? (rule.subtitle ?? null) : `of ${formatText(declared, unit)}`),
    group: rule.group,
    unit,
    kind: first.kind,
    style: rule.style,
    min: rule.min ?? null,
    max,
    wide: rule.wide ?? false,
    series: ordered.map(({ line }) => line),
  };
}

function groupRank(group: string): number {
  const first = FIRST.indexOf(group);
  if (first >= 0) return first;
  const last = LAST.indexOf(group);
  return last < 0 ? FIRST.length : FIRST.length + 1 + last;
}

function compareGroups(a: string, b: string): number {
  return groupRank(a) - groupRank(b) || compareNatural(a, b);
}
