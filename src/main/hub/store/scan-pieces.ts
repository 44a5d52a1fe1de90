import { lowerBound } from '../samples/lower-bound';
import type { StoreColumns } from '../store-contract/store-contract';
import { floorTo, RAW, WINDOW_MS } from '../store-contract/tiers';
import type { View } from './view';

/**
 * Where a piece of a scan that begins at `from` should end so that it holds about `rows` rows of the busiest device, by
 * what the index says.
 */
export function endOfPiece(view: View, from: number, to: number, rows: number): number {
  let end = to;
  for (const { device, series } of view.devices) {
    let count = 0;
    const parts: { from: number; to: number; rows: number; cells: number }[] = view.chunks.after(
      device.id,
      RAW,
      from,
      64,
    );
    const known = parts.length === 64 ? (parts.at(-1)?.from ?? to) : to;
    parts.push(...device.journal.filter((record) => record.to >= from));
    parts.sort((a, b) => a.from - b.from);
    let reached = known;
    for (const part of parts) {
      // What came series by series lies in parts that have few columns each.
      count += Math.min(part.cells, part.rows * series.length);
      if (count < rows * series.length) continue;
      reached = Math.min(known, Math.max(part.to + 1, from + 1));
      break;
    }
    end = Math.min(end, reached > from ? reached : from + 1);
  }
  return end;
}

/** Where whole windows end, so that pieces depend on the samples and not on how they lie on disk. */
export function wholeWindows(from: number, end: number): number {
  const whole = floorTo(end, WINDOW_MS[RAW]);
  return whole > from ? whole : end;
}

/** Cuts an answer where some series has more than `limit` samples; returns where the next piece begins. */
export function cutPiece(
  columns: StoreColumns[],
  from: number,
  end: number,
  limit: number,
): { columns: StoreColumns[]; end: number } {
  let cut = end;
  for (const { t } of columns) if (t.length > limit) cut = Math.min(cut, t[limit] ?? cut);
  if (cut === end) return { columns, end };
  cut = wholeWindows(from, cut);
  return {
    columns: columns.map(({ series, t, v }) => {
      const length = lowerBound(t, cut);
      return { series, t: t.slice(0, length), v: (v ?? t).slice(0, length) };
    }),
    end: cut,
  };
}
