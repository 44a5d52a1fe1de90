import * as v from 'valibot';
import { dictionary } from '../dictionary';
import { DEFAULT_LIMITS } from '../protocol/limits';

/** The most series that one view may show together. */
export const MAX_SELECTED_SERIES = 500;

/** How lines are grouped into charts. Series with different units never share a chart. */
export const LAYOUTS = ['together', 'device', 'metric', 'series'] as const;
export type Layout = (typeof LAYOUTS)[number];

/**
 * How lines are drawn: straight between values, holding each value until the next, or stacked on top of each other.
 */
export const STYLES = ['line', 'step', 'stack'] as const;

/** How the same metric and labels of several devices become one line. */
export const AGGREGATES = ['sum', 'avg', 'min', 'max', 'p95'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** An earlier period shown behind the current one: the period just before, one day earlier, one week earlier. */
export const COMPARISONS = ['before', 'day', 'week'] as const;
export type Comparison = (typeof COMPARISONS)[number];

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(DEFAULT_LIMITS.nameLength));
const deviceId = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

/** One metric and set of labels across one or more devices. It identifies series independently of their ids. */
export const selectedGroupSchema = v.object({
  metric: name,
  labels: v.pipe(
    dictionary(v.pipe(v.string(), v.maxLength(DEFAULT_LIMITS.labelValueLength)), name),
    v.check((labels) => Object.keys(labels).length <= DEFAULT_LIMITS.labelsPerSeries, 'has too many labels'),
  ),
  devices: v.pipe(v.array(deviceId), v.minLength(1), v.maxLength(MAX_SELECTED_SERIES)),
});
export type SelectedGroup = v.InferOutput<typeof selectedGroupSchema>;

export const selectionSchema = v.pipe(
  v.array(selectedGroupSchema),
  v.maxLength(MAX_SELECTED_SERIES),
  v.check(
    (groups) => groups.reduce((sum, { devices }) => sum + devices.length, 0) <= MAX_SELECTED_SERIES,
    `names more than ${MAX_SELECTED_SERIES} series`,
  ),
);

/** The series to show, and how to show them. It has no time range: a page or a board has one for all its views. */
export const exploreViewSchema = v.object({
  groups: selectionSchema,
  layout: v.picklist(LAYOUTS),
  style: v.picklist(STYLES),
  aggregate: v.nullable(v.picklist(AGGREGATES)),
  compare: v.nullable(v.picklist(COMPARISONS)),
});
export type ExploreView = v.InferOutput<typeof exploreViewSchema>;

/** Parses an untrusted view; null when it is not a view or exceeds the limits. */
export function parseExploreView(value: unknown): ExploreView | null {
  const parsed = v.safeParse(exploreViewSchema, value, { abortEarly: true });
  return parsed.success ? parsed.output : null;
}

export const EMPTY_VIEW: ExploreView = {
  groups: [],
  layout: 'together',
  style: 'line',
  aggregate: null,
  compare: null,
};
