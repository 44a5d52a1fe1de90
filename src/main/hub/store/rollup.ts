import type { MetricKind } from '@shared/model';
import { counterIncrease } from '../samples/rates';
import type { Block, BlockColumn } from './codec/block';
import { columnId, FIELD, seriesOf } from './fields';
import { lowerBound } from '../samples/lower-bound';
import { floorTo } from '../store-contract/tiers';

export interface Reading {
  t: number;
  v: number;
}

/** The newest reading of each counter of a device. */
export type Readings = Map<number, Reading>;

/** The digits that a double always keeps; noise from sums and differences of decimals is beyond them. */
const SURE_DIGITS = 15;
/** The digits kept of extreme rates: enough for their shape on a chart, in a third of the space. */
const RATE_DIGITS = 7;

/**
 * Rolls up samples in steps of `stepMs`. For gauges: min, max, sum and count. For counters: the increase, the time
 * covered, the lowest and highest rate, and the first and last reading. `previous` holds the readings before the
 * block and is updated to its end.
 */
export function rollUp(
  { t, columns }: Block,
  stepMs: number,
  kindOf: (series: number) => MetricKind,
  previous: Readings,
): Block {
  const { steps, starts } = stepsOf(t, stepMs);
  const out: BlockColumn[] = [];
  for (const { id, v } of columns) {
    const series = seriesOf(id);
    if (kindOf(series) === 'counter') rollUpCounter(out, series, t, v, starts, previous);
    else rollUpGauge(out, series, v, starts);
  }
  return { t: steps, columns: out };
}

/** Combines roll-ups into longer steps, or several of the same steps into one; blocks must be in time order. */
export function foldRollups(blocks: readonly Block[], stepMs: number): Block {
  const all = new Set<number>();
  for (const { t } of blocks) for (const time of t) all.add(floorTo(time, stepMs));
  const steps = Float64Array.from(all).sort();
  const columns = new Map<number, Float64Array>();
  for (const block of blocks) {
    const rows = Uint32Array.from(block.t, (time) => lowerBound(steps, floorTo(time, stepMs)));
    for (const { id, v } of block.columns) {
      const target = columns.get(id) ?? empty(steps.length);
      columns.set(id, target);
      const fold = FOLDS[id - columnId(seriesOf(id), 0)] ?? last;
      for (let i = 0; i < v.length; i++) {
        const value = v[i] as number;
        if (value !== value) continue;
        const at = rows[i] as number;
        const before = target[at] as number;
        target[at] = before === before ? fold(before, value) : value;
      }
    }
  }
  for (const [id, v] of columns) if (id - columnId(seriesOf(id), 0) === FIELD.sum) denoise(v);
  const list = Array.from(columns, ([id, v]) => ({ id, v })).sort((a, b) => a.id - b.id);
  return { t: steps, columns: list };
}

const add = (a: number, b: number): number => a + b;
const first = (a: number): number => a;
const last = (_a: number, b: number): number => b;

const FOLDS: Readonly<Record<number, (a: number, b: number) => number>> = {
  [FIELD.min]: Math.min,
  [FIELD.max]: Math.max,
  [FIELD.sum]: add,
  [FIELD.count]: add,
  [FIELD.increase]: add,
  [FIELD.coveredMs]: add,
  [FIELD.minRate]: Math.min,
  [FIELD.maxRate]: Math.max,
  [FIELD.first]: first,
  [FIELD.last]: last,
};

/** The steps that rows fall into, and the first row of each, followed by the end of the last. */
function stepsOf(t: Float64Array, stepMs: number): { steps: Float64Array; starts: Uint32Array } {
  const steps: number[] = [];
  const starts: number[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < t.length; i++) {
    if ((t[i] as number) < end) continue;
    const step = floorTo(t[i] as number, stepMs);
    steps.push(step);
    starts.push(i);
    end = step + stepMs;
  }
  starts.push(t.length);
  return { steps: Float64Array.from(steps), starts: Uint32Array.from(starts) };
}

function rollUpGauge(out: BlockColumn[], series: number, v: Float64Array, starts: Uint32Array): void {
  const steps = starts.length - 1;
  const min = empty(steps);
  const max = empty(steps);
  const sum = empty(steps);
  const count = empty(steps);
  let hasAny = false;
  for (let step = 0; step < steps; step++) {
    const end = starts[step + 1] as number;
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    let total = 0;
    let n = 0;
    for (let i = starts[step] as number; i < end; i++) {
      const value = v[i] as number;
      if (value !== value) continue;
      if (value < least) least = value;
      if (value > most) most = value;
      total += value;
      n++;
    }
    if (n === 0) continue;
    hasAny = true;
    min[step] = least;
    max[step] = most;
    sum[step] = denoised(total);
    count[step] = n;
  }
  if (!hasAny) return;
  out.push({ id: columnId(series, FIELD.min), v: min });
  out.push({ id: columnId(series, FIELD.max), v: max });
  out.push({ id: columnId(series, FIELD.sum), v: sum });
  out.push({ id: columnId(series, FIELD.count), v: count });
}

function rollUpCounter(
  out: BlockColumn[],
  series: number,
  t: Float64Array,
  v: Float64Array,
  starts: Uint32Array,
  previous: Readings,
): void {
  const steps = starts.length - 1;
  const increase = empty(steps);
  const coveredMs = empty(steps);
  const minRate = empty(steps);
  const maxRate = empty(steps);
  const firsts = empty(steps);
  const lasts = empty(steps);
  const before = previous.get(series);
  let fromT = before?.t ?? Number.NaN;
  let fromV = before?.v ?? Number.NaN;
  let hasAny = false;
  for (let step = 0; step < steps; step++) {
    const end = starts[step + 1] as number;
    let first = Number.NaN;
    let latest = Number.NaN;
    let grown = 0;
    let elapsed = 0;
    let slowest = Number.POSITIVE_INFINITY;
    let fastest = Number.NEGATIVE_INFINITY;
    for (let i = starts[step] as number; i < end; i++) {
      const value = v[i] as number;
      if (value !== value) continue;
      const time = t[i] as number;
      if (first !== first) first = value;
      if (time > fromT) {
        const counted = counterIncrease(fromV, value);
        if (counted === counted) {
          const rate = (counted * 1_000) / (time - fromT);
          grown += counted;
          elapsed += time - fromT;
          if (rate < slowest) slowest = rate;
          if (rate > fastest) fastest = rate;
        }
      }
      fromT = time;
      fromV = value;
      latest = value;
    }
    if (first !== first) continue;
    hasAny = true;
    firsts[step] = first;
    lasts[step] = latest;
    if (elapsed === 0) continue;
    increase[step] = rounded(grown, Math.abs(fromV));
    coveredMs[step] = elapsed;
    minRate[step] = shortened(slowest);
    maxRate[step] = shortened(fastest);
  }
  if (!hasAny) return;
  previous.set(series, { t: fromT, v: fromV });
  for (const [field, values] of [
    [FIELD.increase, increase],
    [FIELD.coveredMs, coveredMs],
    [FIELD.minRate, minRate],
    [FIELD.maxRate, maxRate],
    [FIELD.first, firsts],
    [FIELD.last, lasts],
  ] as const) {
    out.push({ id: columnId(series, field), v: values });
  }
}

function empty(length: number): Float64Array {
  return new Float64Array(length).fill(Number.NaN);
}

/** Removes the noise digits from sums: 0.1 + 0.2 becomes 0.3 again, and compresses as well. */
function denoise(sums: Float64Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = denoised(sums[i] as number);
}

function denoised(sum: number): number {
  return rounded(sum, Math.abs(sum));
}

/** Rounds to the decimals that a double of this magnitude always has. */
function rounded(value: number, magnitude: number): number {
  if (value === 0 || Number.isInteger(value) || !Number.isFinite(value)) return value;
  const whole = magnitude < 1 ? 1 : Math.ceil(Math.log10(magnitude));
  const decimals = SURE_DIGITS - 1 - whole;
  if (decimals <= 0 || decimals > SURE_DIGITS) return value;
  const power = 10 ** decimals;
  const near = Math.round(value * power) / power;
  return near === 0 ? value : near;
}

function shortened(rate: number): number {
  return Number.isInteger(rate) || !Number.isFinite(rate) ? rate : Number(rate.toPrecision(RATE_DIGITS));
}
