import type { Block } from './codec/block';
import { columnId, FIELD } from './fields';
import { lowerBound } from '../samples/lower-bound';
import { sliceBlock } from './merge-blocks';
import { MAX_CHUNK_CELLS } from '../store-contract/tiers';
import type { RowBatch } from '../store-contract/store-contract';

/** Rows with a longer gap than this are split, so that no record claims a period for which it has no data. */
const CUT_AT_GAP_MS = 10 * 60_000;

/** How many values {@link blocksIn} needs room for. */
export function roomFor({ series, t }: RowBatch): number {
  return t.length * (series.length + 1);
}

/**
 * Turns rows as they arrived (any order, repeated times, repeated columns) into blocks in time order without
 * duplicate times; the last value wins. Rows with an invalid time are dropped. The blocks are stored in `room`.
 */
export function blocksIn(room: Float64Array, { series, t, v }: RowBatch): Block[] {
  const width = series.length;
  const order = risingOrder(t);
  const rows = order ? order.length : t.length;
  if (rows === 0 || width === 0) return [];
  const times = room.subarray(0, rows);
  for (let i = 0; i < rows; i++) times[i] = t[order ? (order[i] as number) : i] as number;
  const all = room.subarray(rows, rows * (width + 1));
  transpose(v, width, rows, order, all);
  const columns = new Map<number, Float64Array>();
  for (let c = 0; c < width; c++) {
    const id = columnId(series[c] as number, FIELD.value);
    const values = all.subarray(c * rows, (c + 1) * rows);
    const known = columns.get(id);
    if (!known) columns.set(id, values);
    else {
      for (let i = 0; i < rows; i++) {
        const value = values[i] as number;
        if (value === value) known[i] = value;
      }
    }
  }
  const block: Block = {
    t: times,
    columns: Array.from(columns, ([id, values]) => ({ id, v: values })).sort((a, b) => a.id - b.id),
  };
  const whole = order ? lastOfEachTime(block) : block;
  return cutBlock(whole, Number.POSITIVE_INFINITY, CUT_AT_GAP_MS);
}

/** How many rows are transposed at a time: about what fits in a processor's cache. */
const STRIP_ROWS = 512;

/** Writes columns one after another, each with its rows in `order`. */
function transpose(
  v: Float64Array,
  width: number,
  rows: number,
  order: Uint32Array | null,
  all: Float64Array,
): void {
  for (let start = 0; start < rows; start += STRIP_ROWS) {
    const end = Math.min(rows, start + STRIP_ROWS);
    for (let c = 0; c < width; c++) {
      let to = c * rows + start;
      if (order) {
        for (let i = start; i < end; i++) all[to++] = v[(order[i] as number) * width + c] as number;
        continue;
      }
      let from = start * width + c;
      for (let i = start; i < end; i++, from += width) all[to++] = v[from] as number;
    }
  }
}

/** Cuts a block at multiples of `windowMs`, at gaps longer than `gapMs`, and where it gets too large. */
export function cutBlock(block: Block, windowMs: number, gapMs = Number.POSITIVE_INFINITY): Block[] {
  const { t } = block;
  const maxRows = Math.max(1, Math.floor(MAX_CHUNK_CELLS / Math.max(1, block.columns.length)));
  const parts: Block[] = [];
  let from = 0;
  while (from < t.length) {
    const start = t[from] as number;
    const windowEnd = Number.isFinite(windowMs)
      ? (Math.floor(start / windowMs) + 1) * windowMs
      : Number.POSITIVE_INFINITY;
    const limit = Math.min(t.length, from + maxRows, lowerBound(t, windowEnd));
    let to = from + 1;
    if ((t[limit - 1] as number) - start <= gapMs) to = limit;
    else while (to < limit && (t[to] as number) - (t[to - 1] as number) <= gapMs) to++;
    parts.push(sliceBlock(block, from, to));
    from = to;
  }
  return parts;
}

/** The order that sorts the times, keeping equal times in their order; null when they already rise strictly. */
function risingOrder(t: Float64Array): Uint32Array | null {
  let isRising = true;
  let last = Number.NEGATIVE_INFINITY;
  for (const time of t) {
    if (!(time > last) || time === Number.POSITIVE_INFINITY) {
      isRising = false;
      break;
    }
    last = time;
  }
  if (isRising) return null;
  const order: number[] = [];
  for (let i = 0; i < t.length; i++) if (Number.isFinite(t[i])) order.push(i);
  order.sort((a, b) => (t[a] as number) - (t[b] as number) || a - b);
  return Uint32Array.from(order);
}

/** Combines rows with equal times into one; a later value replaces an earlier one, but a missing value does not. */
function lastOfEachTime(block: Block): Block {
  const { t } = block;
  let kept = 0;
  const target = new Uint32Array(t.length);
  for (let i = 0; i < t.length; i++) {
    if (i > 0 && t[i] === t[i - 1]) kept--;
    target[i] = kept++;
  }
  if (kept === t.length) return block;
  const times = new Float64Array(kept);
  for (let i = 0; i < t.length; i++) times[target[i] as number] = t[i] as number;
  const columns = block.columns.map(({ id, v }) => {
    const values = new Float64Array(kept).fill(Number.NaN);
    for (let i = 0; i < v.length; i++) {
      const value = v[i] as number;
      if (value === value) values[target[i] as number] = value;
    }
    return { id, v: values };
  });
  return { t: times, columns };
}
