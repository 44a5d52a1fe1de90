import * as v from 'valibot';
import { DEFAULT_LIMITS } from '../protocol/limits';

/** Series that one view may show together. */
export const MAX_SELECTED_SERIES = 500;

/** How lines are put into charts; series of different units never share one. */
export const LAYOUTS = ['together', 'device', 'metric', 'series'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** How lines are drawn: straight from one value to the next, each value until the next, or one on top of the other. */
export const STYLES = ['line', 'step', 'stack'] as const;

/** What makes one line of the same metric and labels of several devices. */
export const AGGREGATES = ['sum', 'avg', 'min', 'max', 'p95'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** An earlier period laid under the present one: the same length just before, a day before, a week before. */
export const COMPARISONS = ['before', 'day', 'week'] as const;
export type Comparison = (typeof COMPARISONS)[number];

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(DEFAULT_LIMITS.nameLength));
const deviceId = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

/** The same metric with the same labels, of one or more devices: what names series whatever their ids are. */
export const selectedGroupSchema = v.object({
  metric: name,
  labels: v.pipe(
    v.record(name, v.pipe(v.string(), v.maxLength(DEFAULT_LIMITS.labelValueLength))),
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

/** Which series to show, and how. Time is not part of it: a page or a board has one for all of its views. */
export const exploreViewSchema = v.object({
  groups: selectionSchema,
  layout: v.picklist(LAYOUTS),
  style: v.picklist(STYLES),
  aggregate: v.nullable(v.picklist(AGGREGATES)),
  compare: v.nullable(v.picklist(COMPARISONS)),
});
export type ExploreView = v.InferOutput<typeof exploreViewSchema>;

/** Null for what is no view or is out of bounds, wherever it comes from. */
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
