/** Copies `cells[from … to)` to the `width` places from `target[at]` on; the remaining places get NaN, no value. */
export function copyRow(
  target: Float64Array,
  at: number,
  width: number,
  cells: Float64Array,
  from: number,
  to: number,
): void {
  const count = Math.min(width, to - from);
  // A loop, because `set` needs a view of the source, which costs more than copying a row.
  for (let c = 0; c < count; c++) target[at + c] = cells[from + c] as number;
  for (let c = count; c < width; c++) target[at + c] = Number.NaN;
}
