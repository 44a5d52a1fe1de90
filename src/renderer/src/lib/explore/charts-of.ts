import type { Comparison, ExploreView, Layout } from '@shared/explore/explore-view';
import { labelWords } from '@shared/explore/series-words';
import type { ChartSeries, ChartSpec } from '@shared/metrics/chart-spec';
import { formatSeriesKey } from '@shared/protocol/series-key';
import { AGGREGATE_WORDS, lineNames, type Line, type NameOf } from './lines';

/** A chart of a view and the lines that it shows. */
export interface LineChart {
  spec: ChartSpec;
  lines: readonly Line[];
}

const EARLIER_WORDS: Readonly<Record<Comparison, string>> = {
  before: 'before',
  day: 'one day earlier',
  week: 'one week earlier',
};
/** If there are more metrics than this, the title gives their number instead of their names. */
const MOST_TITLES = 3;

/**
 * Builds the charts of a view. Each chart has one axis, so lines of two units get two charts: two axes in one picture
 * produce crossings that mean nothing.
 */
export function chartsOf(view: ExploreView, lines: readonly Line[], nameOf: NameOf): LineChart[] {
  // Group related lines: first by part, then by unit.
  const parts = new Map<string, Map<string, Line[]>>();
  for (const line of lines) {
    const part = partOf(line, view.layout);
    let units = parts.get(part);
    if (!units) parts.set(part, (units = new Map()));
    const unit = JSON.stringify([part, line.unit, line.kind]);
    const together = units.get(unit);
    if (together) together.push(line);
    else units.set(unit, [line]);
  }
  return [...parts.values()].flatMap((units) =>
    [...units].map(([id, part]) => ({ spec: specOf(id, part, view, nameOf), lines: part })),
  );
}

function partOf({ device, metric, key }: Line, layout: Layout): string {
  if (layout === 'device') return device ?? '';
  return layout === 'metric' ? metric : layout === 'series' ? key : '';
}

function specOf(id: string, lines: readonly Line[], view: ExploreView, nameOf: NameOf): ChartSpec {
  const [first] = lines as [Line, ...Line[]];
  const names = lineNames(lines, nameOf);
  // A stack of compared periods would show meaningless sums.
  const isStack = view.style === 'stack' && view.compare === null && lines.length > 1;
  const series = lines.map((line, i): ChartSeries => chartSeries(line, names[i] ?? line.title));
  const earlier = lines.flatMap((line, i): ChartSeries[] =>
    line.earlierId === null
      ? []
      : [
          {
            ...chartSeries(line, earlierName(line, names[i], lines.length)),
            id: line.earlierId,
            dashed: true,
          },
        ],
  );
  const bound = (values: (number | null)[], join: (...all: number[]) => number) => {
    const known = values.filter((value) => value !== null);
    return known.length === values.length ? join(...known) : null;
  };
  const { title, subtitle } = headingOf(lines, view, nameOf);
  return {
    id,
    title,
    subtitle,
    group: title,
    unit: first.unit,
    kind: first.kind,
    style: isStack ? 'stack' : 'line',
    stepped: view.style === 'step',
    min: bound(
      lines.map(({ min }) => min),
      Math.min,
    ),
    max: isStack
      ? null
      : bound(
          lines.map(({ max }) => max),
          Math.max,
        ),
    wide: false,
    series: [...series, ...earlier],
  };
}

function earlierName({ compare, title }: Line, name: string | undefined, count: number): string {
  const words = EARLIER_WORDS[compare ?? 'before'];
  return count === 1 ? words.charAt(0).toUpperCase() + words.slice(1) : `${name ?? title}, ${words}`;
}

function chartSeries(line: Line, label: string): ChartSeries {
  const { id, metric, labels, unit, unitGuessed, kind, slot } = line;
  return { id, label, metric, labels, unit, kind, slot, ...(unitGuessed && { unitGuessed }) };
}

/** Returns the parts of the heading that all lines of a chart share. */
export function headingOf(
  lines: readonly Line[],
  { layout }: Pick<ExploreView, 'layout'>,
  nameOf: NameOf,
): { title: string; subtitle: string | null } {
  const [first] = lines;
  if (!first) return { title: '', subtitle: null };
  const titles = [...new Set(lines.map(({ title }) => title))];
  const devices = [...new Set(lines.map(({ device }) => device))];
  const [device = null] = devices.length === 1 ? devices : [];
  const isOneLabels = new Set(lines.map(({ labels }) => formatSeriesKey('', labels))).size === 1;
  const what = titles.length > MOST_TITLES ? `${titles.length} metrics` : titles.join(', ');
  const labels = isOneLabels ? labelWords(first.labels) : '';
  const whose = device === null ? aggregateWords(lines) : nameOf(device);
  const title = layout === 'device' && device !== null ? nameOf(device) : what;
  const rest = title === what ? [labels, whose] : [what, labels];
  const subtitle = rest.filter((part) => part !== '' && part !== title).join(' · ');
  return { title, subtitle: subtitle === '' ? null : subtitle };
}

function aggregateWords(lines: readonly Line[]): string {
  const [first] = lines;
  if (!first?.aggregate || lines.some(({ wanted }) => wanted !== first.wanted)) return '';
  return `${AGGREGATE_WORDS[first.aggregate].toLowerCase()} of ${first.wanted}`;
}
