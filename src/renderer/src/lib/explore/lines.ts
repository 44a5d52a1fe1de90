import { BoundedMap } from '@shared/bounded-map';
import type { Aggregate, Comparison, ExploreView, Layout } from '@shared/explore/explore-view';
import { refKey } from '@shared/explore/selection';
import { labelWords, metricTitle } from '@shared/explore/series-words';
import { describeMetric } from '@shared/metrics/catalogue';
import { isUnitGuessed, unitOf } from '@shared/metrics/chart-spec';
import type { Labels, MetricKind, SeriesInfo } from '@shared/model';
import { formatSeriesKey } from '@shared/protocol/series-key';
import { COLORS, colorSlot } from '../charts/looks/looks';
import { lineSlots } from './line-slots';

/** A series that a line is drawn from, as the hub knows it now. */
export interface Member {
  id: number;
  device: string;
  metric: string;
  labels: Labels;
}

/** One line of a view: a series, or an aggregate of several. */
export interface Line {
  /** In charts; the same for the same line as long as the page is open. */
  id: number;
  /** The id of the same line in the earlier period of a comparison; null if there is none. */
  earlierId: number | null;
  compare: Comparison | null;
  /** The same for the same line at every start. */
  key: string;
  metric: string;
  labels: Labels;
  /** Null for an aggregate. */
  device: string | null;
  aggregate: Aggregate | null;
  title: string;
  unit: string;
  /** Whether the unit of any of its series is only a guess. */
  unitGuessed: boolean;
  kind: MetricKind;
  min: number | null;
  max: number | null;
  members: readonly Member[];
  /** The number of selected series, including those that the hub does not know. */
  wanted: number;
  /** Its look: `lib/charts/looks.ts`. */
  slot: number;
}

/** The most keys kept: a wall display stays open for months while devices come and go. */
const MOST_KEYS = 4_096;

/** Gives each key a number. These numbers belong to charts and are independent of the hub's ids. */
export class LineIds {
  readonly #ids = new BoundedMap<string, number>(MOST_KEYS);
  #last = 0;

  of(key: string): number {
    let id = this.#ids.get(key);
    if (id !== undefined) return id;
    // A line that gets another number is only redrawn.
    this.#ids.set(key, (id = ++this.#last));
    return id;
  }
}

type Draft = Omit<Line, 'id' | 'earlierId' | 'compare' | 'slot'>;

/**
 * Builds the lines of a view in order. `known` has the hub's series by {@link refKey}; missing series still get a line,
 * so that positions and colours stay the same while devices come and go.
 */
export function linesOf(view: ExploreView, known: ReadonlyMap<string, SeriesInfo>, ids: LineIds): Line[] {
  const { aggregate, compare, layout } = view;
  const drafts = view.groups.flatMap(({ metric, labels, devices }): Draft[] => {
    const found = devices.map((device) => known.get(refKey({ device, metric, labels })));
    const key = formatSeriesKey(metric, labels);
    if (aggregate === null) {
      return devices.map((device, i) => {
        const refs = [{ device, info: found[i] }];
        return draftOf({ key: `${device} ${key}`, metric, labels, device, aggregate }, refs);
      });
    }
    // Values of different units cannot be aggregated, so each unit gets its own line.
    const byUnit = new Map<string, { device: string; info: SeriesInfo | undefined }[]>();
    for (const [i, device] of devices.entries()) {
      const info = found[i];
      const unit = info ? `${unitOf(info)} ${info.kind}` : '';
      const list = byUnit.get(unit);
      if (list) list.push({ device, info });
      else byUnit.set(unit, [{ device, info }]);
    }
    const missing = byUnit.get('') ?? [];
    if (byUnit.size > 1) byUnit.delete('');
    return [...byUnit].map(([unit, refs], i) =>
      draftOf(
        { key: `${aggregate}(${key})${i > 0 ? ` ${unit}` : ''}`, metric, labels, device: null, aggregate },
        i === 0 && unit !== '' ? [...refs, ...missing] : refs,
      ),
    );
  });
  const slots = looksOf(drafts, layout);
  return drafts.map((draft, i) => {
    // Two panels of a board may each aggregate the same metric of different devices.
    const own =
      draft.device === null ? `${draft.key} ${draft.members.map(({ id }) => id).join(' ')}` : draft.key;
    const earlierId = compare === null ? null : ids.of(`${compare} ${own}`);
    return { ...draft, id: ids.of(own), earlierId, compare, slot: slots[i] ?? 1 };
  });
}

/**
 * Lines with different units never share a chart, so if there are too many for unique colours, the colours restart with
 * each unit.
 */
function looksOf(drafts: readonly Draft[], layout: Layout): number[] {
  const keys = drafts.map((draft) => colourKey(draft, layout));
  // A line with a chart of its own is identified by that chart.
  if (layout === 'series') return lineSlots(keys).map(colorSlot);
  if (layout === 'metric' || new Set(keys).size <= COLORS) return lineSlots(keys);
  const units = new Map<string, number[]>();
  for (const [i, { unit, kind }] of drafts.entries()) {
    const places = units.get(`${kind} ${unit}`);
    if (places) places.push(i);
    else units.set(`${kind} ${unit}`, [i]);
  }
  const looks: number[] = [];
  for (const places of units.values()) {
    const slots = lineSlots(places.map((i) => keys[i] ?? ''));
    for (const [k, i] of places.entries()) looks[i] = slots[k] ?? 1;
  }
  return looks;
}

/**
 * Returns the key that determines a line's colour. In charts of one device each, a metric has the same colour in all of
 * them; in charts of one metric each, a device does.
 */
function colourKey({ metric, labels, device, key }: Draft, layout: Layout): string {
  if (device === null) return key;
  if (layout === 'device') return formatSeriesKey(metric, labels);
  return layout === 'metric' ? device : key;
}

function draftOf(
  head: Pick<Draft, 'key' | 'metric' | 'labels' | 'device' | 'aggregate'>,
  refs: readonly { device: string; info: SeriesInfo | undefined }[],
): Draft {
  const infos = refs.flatMap(({ info }) => info ?? []);
  const [first] = infos;
  const described = describeMetric(head.metric);
  // A sum of shares has no upper bound.
  const isBounded = head.aggregate !== 'sum';
  const bound = (pick: (info: SeriesInfo) => number | null, join: (a: number, b: number) => number) =>
    !isBounded || infos.length === 0
      ? null
      : infos.reduce<number | null>(
          (so, info) => {
            const value = pick(info);
            return so === null || value === null ? null : join(so, value);
          },
          first ? pick(first) : null,
        );
  return {
    ...head,
    title: metricTitle(head.metric, first?.title ?? null),
    unit: first ? unitOf(first) : (described?.unit ?? ''),
    unitGuessed: infos.some(isUnitGuessed),
    kind: first?.kind ?? described?.kind ?? 'gauge',
    min: bound(({ min }) => min, Math.min),
    max: bound(({ max }) => max, Math.max),
    members: infos.map(({ id, device, metric, labels }) => ({ id, device, metric, labels })),
    wanted: refs.length,
  };
}

export const AGGREGATE_WORDS: Readonly<Record<Aggregate, string>> = {
  sum: 'Sum',
  avg: 'Average',
  min: 'Lowest',
  max: 'Highest',
  p95: '95th percentile',
};

export type NameOf = (device: string) => string;

/** Returns the shortest names that distinguish the lines of one chart; `sole` names a single line. */
export function lineNames(lines: readonly Line[], nameOf: NameOf): string[] {
  const differ = (pick: (line: Line) => unknown) => new Set(lines.map(pick)).size > 1;
  const shows = {
    device: differ(({ device, wanted }) => device ?? wanted),
    metric: differ(({ metric }) => metric),
    labels: differ(({ labels }) => formatSeriesKey('', labels)),
  };
  const titles = differ(({ title }) => title);
  return lines.map((line) => {
    const parts: string[] = [];
    if (line.device !== null && (shows.device || (!shows.metric && !shows.labels)))
      parts.push(nameOf(line.device));
    if (line.aggregate !== null) parts.push(`${AGGREGATE_WORDS[line.aggregate]} of ${line.wanted}`);
    // Two metrics may share a title; then only their names distinguish them.
    if (shows.metric) parts.push(titles ? line.title : line.metric);
    if (shows.labels) parts.push(labelWords(line.labels));
    return parts.filter((part) => part !== '').join(' · ') || line.title;
  });
}

/** Returns the full name of a line, unique across charts. */
export function fullName({ device, aggregate, wanted, title, labels }: Line, nameOf: NameOf): string {
  const whose = device === null ? `${AGGREGATE_WORDS[aggregate ?? 'avg']} of ${wanted}` : nameOf(device);
  return [whose, title, labelWords(labels)].filter((part) => part !== '').join(' · ');
}
