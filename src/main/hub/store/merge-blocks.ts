import type { Block, BlockColumn } from './codec/block';
import type { ColumnScratch } from './column-scratch';
import { lowerBound } from '../samples/lower-bound';

/**
 * Merges several blocks into one, in time order, without duplicate times. If two have a value of the same column at
 * the same time, the later block of the list wins; a missing value never replaces one. With `scratch`, the columns
 * are valid until its reset.
 */
export function mergeBlocks(blocks: readonly Block[], scratch?: ColumnScratch): Block {
  const [only] = blocks;
  if (blocks.length === 1 && only) return only;
  const t = unionOfTimes(blocks);
  const columns = new Map<number, Float64Array>();
  for (const block of blocks) {
    const start = lowerBound(t, block.t[0] ?? 0);
    const isSolid = t[start + block.t.length - 1] === block.t[block.t.length - 1];
    const rows = isSolid ? null : rowsOf(block.t, t);
    for (const { id, v } of block.columns) {
      let target = columns.get(id);
      if (target) overlay(target, v, start, rows);
      else {
        target = (scratch?.take(t.length) ?? new Float64Array(t.length)).fill(Number.NaN);
        if (rows) overlay(target, v, start, rows);
        else target.set(v, start);
        columns.set(id, target);
      }
    }
  }
  const merged: BlockColumn[] = Array.from(columns, ([id, v]) => ({ id, v }));
  merged.sort((a, b) => a.id - b.id);
  return { t, columns: merged };
}

/** Rows `[from, to)` of a block, not copied; columns without any value there are omitted. */
export function sliceBlock(block: Block, from: number, to: number): Block {
  if (from === 0 && to === block.t.length) return block;
  const columns: BlockColumn[] = [];
  for (const { id, v } of block.columns) {
    const part = v.subarray(from, to);
    if (hasValue(part)) columns.push({ id, v: part });
  }
  return { t: block.t.subarray(from, to), columns };
}

/** The rows whose time `wants` accepts. */
export function pickRows(block: Block, wants: (time: number) => boolean): Block {
  const rows: number[] = [];
  for (let i = 0; i < block.t.length; i++) if (wants(block.t[i] as number)) rows.push(i);
  if (rows.length === block.t.length) return block;
  const pick = (values: Float64Array): Float64Array =>
    Float64Array.from(rows, (row) => values[row] as number);
  return { t: pick(block.t), columns: block.columns.map(({ id, v }) => ({ id, v: pick(v) })) };
}

function hasValue(values: Float64Array): boolean {
  for (const value of values) if (value === value) return true;
  return false;
}

function unionOfTimes(blocks: readonly Block[]): Float64Array {
  let total = 0;
  for (const { t } of blocks) total += t.length;
  const all = new Float64Array(total);
  let length = 0;
  let isRising = true;
  let last = Number.NEGATIVE_INFINITY;
  for (const { t } of blocks) {
    all.set(t, length);
    length += t.length;
    if ((t[0] ?? last) <= last) isRising = false;
    last = t[t.length - 1] ?? last;
  }
  if (isRising) return all;
  all.sort();
  let kept = 0;
  for (let i = 0; i < total; i++) {
    const time = all[i] as number;
    if (kept === 0 || all[kept - 1] !== time) all[kept++] = time;
  }
  return all.subarray(0, kept);
}

function rowsOf(part: Float64Array, all: Float64Array): Uint32Array {
  const rows = new Uint32Array(part.length);
  let at = lowerBound(all, part[0] ?? 0);
  for (let i = 0; i < part.length; i++) {
    while ((all[at] as number) < (part[i] as number)) at++;
    rows[i] = at;
  }
  return rows;
}

function overlay(target: Float64Array, v: Float64Array, start: number, rows: Uint32Array | null): void {
  for (let i = 0; i < v.length; i++) {
    const value = v[i] as number;
    if (value === value) target[rows ? (rows[i] as number) : start + i] = value;
  }
}
