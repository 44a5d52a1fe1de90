import { FaultError } from '@shared/errors';
import { ratesInPlace } from '../samples/rates';
import { Buckets } from './buckets';
import { chooseTier } from './choose-tier';
import { columnId, FIELD, rollupFields, seriesOf } from './fields';
import { segmentsOf } from './segments';
import { blocksOf, readingsBefore, type View } from './view';
import type { StoreColumns, StoreQuery } from '../store-contract/store-contract';
import { RAW, TIER_STEP_MS } from '../store-contract/tiers';

/** The most that one query may ask for: points of all series together, or samples when there are no points. */
const MAX_POINTS = 4_000_000;
const MAX_SAMPLES = 20_000_000;

/** Answers in the order in which the query names its series; unknown series have no samples. */
export async function runQuery(view: View, query: StoreQuery): Promise<StoreColumns[]> {
  const { points, from, to } = query;
  const answers = points === undefined ? await readAll(view, query) : await readBuckets(view, query, points);
  const width = points === undefined ? 0 : (to - from) / points;
  return query.series.map((series) => {
    const answer = answers.get(series);
    if (answer) return answer;
    if (points === undefined) return { series, t: new Float64Array(), v: new Float64Array() };
    const none = (): Float64Array => new Float64Array(points).fill(Number.NaN);
    return { series, t: none().map((_, i) => from + i * width), min: none(), max: none(), avg: none() };
  });
}

async function readBuckets(
  view: View,
  query: StoreQuery,
  points: number,
): Promise<Map<number, StoreColumns>> {
  const { from, to } = query;
  if (!Number.isInteger(points) || points < 1 || points * query.series.length > MAX_POINTS) {
    throw new FaultError('QUERY_TOO_LARGE', 'The query asks for too many points.');
  }
  const raw = query.raw === true;
  const width = (to - from) / points;
  const wanted = chooseTier(view.chunks, view.devices, { from, to, width });
  const t = new Float64Array(points);
  for (let i = 0; i < points; i++) t[i] = from + i * width;
  const answers = new Map<number, StoreColumns>();
  for (const { device, series } of view.devices) {
    const sinks = new Map(
      series.map(
        ({ id, kind }) => [id, { kind, buckets: new Buckets(id, kind, from, to, points, raw) }] as const,
      ),
    );
    for (const segment of segmentsOf(from, to, wanted, device)) {
      if (segment.tier === RAW) {
        const counters = raw ? [] : series.filter(({ kind }) => kind === 'counter').map(({ id }) => id);
        const prior = readingsBefore(view, device, counters, segment.from);
        for (const [id, { buckets }] of sinks) buckets.startFrom(prior.get(id) ?? null);
        const ids = series.map(({ id }) => columnId(id, FIELD.value)).sort((a, b) => a - b);
        for (const block of blocksOf(view, device, RAW, ids, segment.from, segment.to)) {
          for (const { id, v } of block.columns) sinks.get(seriesOf(id))?.buckets.samples(block.t, v);
          await view.turn();
        }
        continue;
      }
      const ids = series.flatMap(({ id, kind }) =>
        rollupFields(kind, raw).map((field) => columnId(id, field)),
      );
      ids.sort((a, b) => a - b);
      for (const block of blocksOf(view, device, segment.tier, ids, segment.from, segment.to)) {
        const columns = new Map(block.columns.map(({ id, v }) => [id, v]));
        // A roll-up that two steps share is counted in the one that contains most of it.
        const middles = block.t.map((time) => Math.min(time + TIER_STEP_MS[segment.tier] / 2, to));
        for (const [id, { kind, buckets }] of sinks) {
          const of = (field: number): Float64Array | undefined => columns.get(columnId(id, field));
          if (kind === 'counter' && !raw) addRates(buckets, middles, of);
          else addValues(buckets, middles, of);
        }
        await view.turn();
      }
    }
    for (const [id, { buckets }] of sinks) answers.set(id, buckets.result(t));
    await view.turn();
  }
  return answers;
}

type FieldOf = (field: number) => Float64Array | undefined;

function addRates(buckets: Buckets, t: Float64Array, of: FieldOf): void {
  const [min, max, sum, weight] = [
    of(FIELD.minRate),
    of(FIELD.maxRate),
    of(FIELD.increase),
    of(FIELD.coveredMs),
  ];
  if (min && max && sum && weight) buckets.rollups(t, min, max, sum, weight);
}

/** A series may have been a gauge at one time and a counter at another: each step uses what it was then. */
function addValues(buckets: Buckets, t: Float64Array, of: FieldOf): void {
  const [min, max, sum, count] = [of(FIELD.min), of(FIELD.max), of(FIELD.sum), of(FIELD.count)];
  if (min && max && sum && count) buckets.rollups(t, min, max, sum, count);
  const first = of(FIELD.first);
  const last = of(FIELD.last);
  if (!first || !last) return;
  // Only a counter's readings at the ends of each step are known; in between it rises or restarts.
  const middle = first.map((value, i) => (value + (last[i] as number)) / 2);
  const low = first.map((value, i) => Math.min(value, last[i] as number));
  const high = first.map((value, i) => Math.max(value, last[i] as number));
  const one = middle.map((value) => (Number.isNaN(value) ? 0 : 1));
  buckets.rollups(t, low, high, middle, one);
}

interface Parts {
  t: Float64Array[];
  v: Float64Array[];
  length: number;
}

async function readAll(view: View, query: StoreQuery): Promise<Map<number, StoreColumns>> {
  const { from, to } = query;
  const answers = new Map<number, StoreColumns>();
  let total = 0;
  for (const { device, series } of view.devices) {
    const parts = new Map<number, Parts>(series.map(({ id }) => [id, { t: [], v: [], length: 0 }]));
    const ids = series.map(({ id }) => columnId(id, FIELD.value)).sort((a, b) => a - b);
    for (const block of blocksOf(view, device, RAW, ids, from, to)) {
      for (const { id, v } of block.columns) {
        const part = parts.get(seriesOf(id));
        if (part) total += addPresent(part, block.t, v);
      }
      if (total > MAX_SAMPLES) {
        throw new FaultError(
          'QUERY_TOO_LARGE',
          'There are too many samples for one answer. Ask for points, or export them.',
        );
      }
      await view.turn();
    }
    const counters = query.raw ? [] : series.filter(({ kind }) => kind === 'counter').map(({ id }) => id);
    const prior = readingsBefore(view, device, counters, from);
    for (const { id, kind } of series) {
      const part = parts.get(id);
      if (!part) continue;
      const asRate = kind === 'counter' && query.raw !== true;
      const before = asRate ? prior.get(id) : undefined;
      const t = joined(part.t, part.length, before?.t);
      const v = joined(part.v, part.length, before?.v);
      if (asRate) ratesInPlace(t, v);
      answers.set(id, before ? { series: id, t: t.slice(1), v: v.slice(1) } : { series: id, t, v });
    }
  }
  return answers;
}

function addPresent(part: Parts, t: Float64Array, v: Float64Array): number {
  let count = 0;
  for (const value of v) if (value === value) count++;
  if (count === 0) return 0;
  if (count === v.length) {
    part.t.push(t);
    part.v.push(v);
  } else {
    const times = new Float64Array(count);
    const values = new Float64Array(count);
    let at = 0;
    for (let i = 0; i < v.length; i++) {
      const value = v[i] as number;
      if (value !== value) continue;
      times[at] = t[i] as number;
      values[at++] = value;
    }
    part.t.push(times);
    part.v.push(values);
  }
  part.length += count;
  return count;
}

function joined(parts: readonly Float64Array[], length: number, before: number | undefined): Float64Array {
  const all = new Float64Array(length + (before === undefined ? 0 : 1));
  let at = 0;
  if (before !== undefined) all[at++] = before;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
