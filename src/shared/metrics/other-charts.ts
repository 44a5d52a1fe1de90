import { displayText } from '../display-text';
import type { SeriesInfo } from '../model';
import { describeMetric } from './catalogue';
import { boundsOf, chartSeries, unitOf, type ChartSpec } from './chart-spec';
import { compareNatural, differingLabels, legendOf } from './series-labels';
import { titleOf, wordsOf } from './words';

const NO_PREFIX = 'Values';

interface Family {
  group: string;
  unit: string;
  kind: SeriesInfo['kind'];
  series: SeriesInfo[];
}

/**
 * Builds the charts for metrics without a rule: one per metric with all its label sets, and one for metrics that
 * measure the same thing under one prefix (`tank.temp_top`, `tank.temp_bottom`).
 */
export function otherCharts(series: readonly SeriesInfo[]): ChartSpec[] {
  const families = new Map<string, Family>();
  for (const one of series) {
    const key = familyKey(one);
    const family = families.get(key);
    if (family) family.series.push(one);
    else {
      families.set(key, { group: groupOf(one.metric), unit: unitOf(one), kind: one.kind, series: [one] });
    }
  }
  return [...families]
    .map(([key, family]) => toChart(key, family))
    .sort((a, b) => compareNatural(a.title, b.title) || compareNatural(a.id, b.id));
}

/** Numbers without a unit can mean anything, so they share an axis only with series of the same metric. */
function familyKey(series: SeriesInfo): string {
  const unit = unitOf(series);
  const known = describeMetric(series.metric);
  if (unit === '' || !known) return `${series.metric}|${unit}|${series.kind}`;
  const dot = series.metric.lastIndexOf('.');
  const prefix = dot > 0 ? series.metric.slice(0, dot) : '';
  return `${prefix}|${known.title}|${unit}|${series.kind}`;
}

function groupOf(metric: string): string {
  const known = describeMetric(metric);
  const dot = metric.indexOf('.');
  if (known) return known.group;
  const words = wordsOf(dot > 0 ? metric.slice(0, dot) : metric);
  if (dot > 0) return titleOf(words) || NO_PREFIX;
  return words.length > 1 ? titleOf(words.slice(0, 1)) : NO_PREFIX;
}

function toChart(key: string, { group, unit, kind, series }: Family): ChartSpec {
  const metrics = new Set(series.map((one) => one.metric));
  const first = series[0] as SeriesInfo;
  const known = describeMetric(first.metric);
  const names = differingLabels(series);
  const ownTitle =
    metrics.size === 1 && series.every((one) => one.title === first.title) ? first.title : null;
  const title = ownTitle ?? known?.title ?? titleFor(first.metric, group);
  const lines = series.map((one) => {
    const fromLabels = legendOf(one.labels, names);
    const fromName =
      metrics.size > 1
        ? (one.title ?? titleOf(wordsOf(one.metric.slice(one.metric.lastIndexOf('.') + 1))))
        : '';
    const label = [fromName, fromLabels].filter((part) => part !== '').join(' · ');
    return chartSeries(one, label === '' ? title : label);
  });
  lines.sort((a, b) => compareNatural(a.label, b.label) || a.id - b.id);
  const bounds = boundsOf(series);
  const isState = known?.group === 'States' && unit === '';
  return {
    id: `other:${key}`,
    title,
    subtitle: subtitleFor(first, metrics.size, names, title),
    group,
    unit,
    kind,
    style: 'line',
    min: bounds.min ?? (isState || unit === '1' || kind === 'counter' ? 0 : null),
    max: bounds.max ?? (isState ? 1 : null),
    wide: false,
    series: lines,
  };
}

/** Returns the words of a name without those its heading already contains. */
function titleFor(metric: string, group: string): string {
  const words = wordsOf(metric);
  const heading = wordsOf(group);
  let skip = 0;
  while (skip < heading.length && words[skip] === heading[skip]) skip++;
  return titleOf(words.length > skip ? words.slice(skip) : words) || displayText(metric) || NO_PREFIX;
}

/** Returns the facts that all lines share and the title omits: common label values, or the prefix of the name. */
function subtitleFor(
  first: SeriesInfo,
  metrics: number,
  differing: readonly string[],
  title: string,
): string | null {
  const shared = Object.keys(first.labels)
    .filter((name) => !differing.includes(name))
    .sort();
  const fromLabels = legendOf(first.labels, shared);
  if (fromLabels !== '') return displayText(fromLabels);
  const dot = first.metric.lastIndexOf('.');
  const known = describeMetric(first.metric);
  if (known?.name === first.metric && known.description !== '') return null;
  if (known && dot > 0) return titleOf(wordsOf(first.metric.slice(0, dot)));
  if (metrics > 1) return null;
  const words = wordsOf(first.metric);
  const inTitle = wordsOf(title);
  return known && words.length > inTitle.length ? displayText(first.metric) : null;
}
