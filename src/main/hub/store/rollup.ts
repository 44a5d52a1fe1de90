import type { MetricKind } from '@shared/model';
import { counterRate } from '../live/rates';
import type { Block, BlockColumn } from './codec/block';
import { columnId, FIELD, seriesOf } from './fields';
import { lowerBound } from './merge-blocks';
import { floorTo } from './tiers';

export interface Reading {
  t: number;
  v: number;
}

/** The newest reading of each counter of a device. */
export type Readings = Map<number, Reading>;

/** Digits that a double keeps for sure; noise of sums and differences of decimals is beyond them. */
const SURE_DIGITS = 15;
/** Digits of the extreme rates: their shape on a chart, not their bits, and a third of the space. */
const RATE_DIGITS = 7;

/**
 * Sums samples up in steps of `stepMs`: min, max, sum and count of gauges; what counters counted, over which time, how
 * fast at least and at most, and their first and last reading. `previous` holds the readings before the block and is
 * moved to its end.
 */
export function rollUp(
  { t, columns }: Block,
  stepMs: number,
  kindOf: (series: number) => MetricKind,
  previous: Readings,
): Block {
  const { steps, stepOfRow } = stepsOf(t, stepMs);
  const out: BlockColumn[] = [];
  for (const { id, v } of columns) {
    const series = seriesOf(id);
    if (kindOf(series) === 'counter') rollUpCounter(out, series, t, v, steps.length, stepOfRow, previous);
    else rollUpGauge(out, series, v, steps.length, stepOfRow);
  }
  return { t: steps, columns: out };
}

/** Sums roll-ups up further, or takes several of the same steps together; blocks in order of time. */
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

function stepsOf(t: Float64Array, stepMs: number): { steps: Float64Array; stepOfRow: Uint32Array } {
  const steps: number[] = [];
  const stepOfRow = new Uint32Array(t.length);
  for (let i = 0; i < t.length; i++) {
    const step = floorTo(t[i] as number, stepMs);
    if (steps[steps.length - 1] !== step) steps.push(step);
    stepOfRow[i] = steps.length - 1;
  }
  return { steps: Float64Array.from(steps), stepOfRow };
}

function rollUpGauge(
  out: BlockColumn[],
  series: number,
  v: Float64Array,
  steps: number,
  stepOfRow: Uint32Array,
): void {
  const min = empty(steps);
  const max = empty(steps);
  const sum = empty(steps);
  const count = empty(steps);
  let hasAny = false;
  for (let i = 0; i < v.length; i++) {
    const value = v[i] as number;
    if (value !== value) continue;
    const at = stepOfRow[i] as number;
    const n = count[at] as number;
    if (n !== n) {
      min[at] = value;
      max[at] = value;
      sum[at] = value;
      count[at] = 1;
      hasAny = true;
      continue;
    }
    if (value < (min[at] as number)) min[at] = value;
    if (value > (max[at] as number)) max[at] = value;
    sum[at] = (sum[at] as number) + value;
    count[at] = n + 1;
  }
  if (!hasAny) return;
  denoise(sum);
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
  steps: number,
  stepOfRow: Uint32Array,
  previous: Readings,
): void {
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
  for (let i = 0; i < v.length; i++) {
    const value = v[i] as number;
    if (value !== value) continue;
    const time = t[i] as number;
    const at = stepOfRow[i] as number;
    hasAny = true;
    if (Number.isNaN(firsts[at])) firsts[at] = value;
    lasts[at] = value;
    const elapsed = time - fromT;
    if (elapsed > 0) {
      const grown = value >= fromV ? value - fromV : value;
      const rate = counterRate(fromT, fromV, time, value);
      const sum = increase[at] as number;
      if (sum !== sum) {
        increase[at] = grown;
        coveredMs[at] = elapsed;
        minRate[at] = rate;
        maxRate[at] = rate;
      } else {
        increase[at] = sum + grown;
        coveredMs[at] = (coveredMs[at] as number) + elapsed;
        if (rate < (minRate[at] as number)) minRate[at] = rate;
        if (rate > (maxRate[at] as number)) maxRate[at] = rate;
      }
    }
    fromT = time;
    fromV = value;
  }
  if (!hasAny) return;
  previous.set(series, { t: fromT, v: fromV });
  for (let i = 0; i < steps; i++) {
    increase[i] = rounded(increase[i] as number, Math.abs(lasts[i] as number));
    minRate[i] = shortened(minRate[i] as number);
    maxRate[i] = shortened(maxRate[i] as number);
  }
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

/** Takes the last digits off sums: 0.1 + 0.2 is 0.3 again, and compresses like it. */
function denoise(sums: Float64Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = rounded(sums[i] as number, Math.abs(sums[i] as number));
}

/** Rounds to the decimals that a double of this magnitude surely has. */
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
