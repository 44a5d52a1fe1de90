import {
  AGGREGATES,
  COMPARISONS,
  EMPTY_VIEW,
  LAYOUTS,
  MAX_SELECTED_SERIES,
  parseExploreView,
  STYLES,
  type ExploreView,
} from '@shared/explore/explore-view';
import { groupRefs, refsOf } from '@shared/explore/selection';
import { formatView, parseView, type TimeView } from '../time/time-view';
import { DEFAULT_SORT, isSortColumn, type Sort } from './statistics';

/** Everything that the Explore page shows and that its address contains. */
export interface ExploreState {
  view: ExploreView;
  /** Lines that are switched off, by their place in the view. */
  hidden: readonly number[];
  sort: Sort;
  /** Null means this browser's usual time. */
  time: TimeView | null;
}

export const EMPTY_STATE: ExploreState = { view: EMPTY_VIEW, hidden: [], sort: DEFAULT_SORT, time: null };

/** The version of the address format; an incompatible format needs another number. */
const VERSION = '1';
/** Longer addresses are ignored. */
const MOST_CHARACTERS = 128 * 1024;
const TIME_NAMES = new Set(['range', 'from', 'to']);

/** Escapes every character that a fragment or this format gives a meaning. */
const escape = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );

function unescape(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/**
 * `v=1&s=nas,pi4:system.network.io;network.io.direction=receive&by=device&range=1h`: series by device, metric and
 * labels, followed only by options that differ from the defaults.
 */
export function formatState({ view, hidden, sort, time }: ExploreState): string {
  const parts = [`v=${VERSION}`];
  for (const { metric, labels, devices } of view.groups) {
    const names = Object.keys(labels).sort();
    const words = names.map((name) => `;${escape(name)}=${escape(labels[name] ?? '')}`);
    parts.push(`s=${devices.map(escape).join(',')}:${escape(metric)}${words.join('')}`);
  }
  if (view.layout !== EMPTY_VIEW.layout) parts.push(`by=${view.layout}`);
  if (view.style !== EMPTY_VIEW.style) parts.push(`${view.style}=1`);
  if (view.aggregate !== null) parts.push(`agg=${view.aggregate}`);
  if (view.compare !== null) parts.push(`cmp=${view.compare}`);
  if (hidden.length > 0) parts.push(`off=${hidden.join(',')}`);
  if (sort.column !== DEFAULT_SORT.column || sort.descending !== DEFAULT_SORT.descending) {
    parts.push(`sort=${sort.column}${sort.descending ? ',desc' : ''}`);
  }
  if (time) parts.push(formatView(time));
  return parts.join('&');
}

/**
 * Parses the output of {@link formatState}. Invalid parts are left out if the rest still makes sense; an address of
 * another version or beyond the limits gives the empty state.
 */
export function parseState(query: string): ExploreState {
  const pairs = query.length > MOST_CHARACTERS ? [] : query.split('&').map(split('='));
  const last = (name: string) => pairs.findLast(([key]) => key === name)?.[1];
  if (last('v') !== VERSION) return { ...EMPTY_STATE, time: parseView(query.slice(0, 1_024)) };
  const groups = pairs.flatMap(([key, value]) => (key === 's' ? (parseGroup(value) ?? []) : []));
  const view = parseExploreView({
    groups: groupRefs(refsOf(groups)),
    layout: LAYOUTS.find((one) => one === last('by')) ?? EMPTY_VIEW.layout,
    style: STYLES.find((one) => last(one) === '1') ?? EMPTY_VIEW.style,
    aggregate: AGGREGATES.find((one) => one === last('agg')) ?? null,
    compare: COMPARISONS.find((one) => one === last('cmp')) ?? null,
  });
  const time = parseView(pairs.flatMap(([k, value]) => (TIME_NAMES.has(k) ? `${k}=${value}` : [])).join('&'));
  if (!view) return { ...EMPTY_STATE, time };
  const hidden = (last('off') ?? '').split(',').filter((text) => /^\d{1,3}$/.test(text));
  const [column = '', direction] = (last('sort') ?? '').split(',');
  const sort = isSortColumn(column) ? { column, descending: direction === 'desc' } : DEFAULT_SORT;
  return { view, hidden: hidden.slice(0, MAX_SELECTED_SERIES).map(Number), sort, time };
}

const split =
  (sign: string) =>
  (text: string): [string, string] => {
    const at = text.indexOf(sign);
    return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  };

function parseGroup(text: string) {
  const [devices, rest] = split(':')(text);
  const [metric, ...labels] = rest.split(';').map((part) => split('=')(part).map(unescape));
  const ids = devices.split(',').map(unescape);
  const name = metric?.[0];
  if (
    !name ||
    ids.some((id) => !id) ||
    labels.some(([label, value]) => !label || value === null || value === undefined)
  )
    return null;
  return {
    metric: name,
    labels: Object.fromEntries(labels) as Record<string, string>,
    devices: ids.filter((id) => id !== null),
  };
}
