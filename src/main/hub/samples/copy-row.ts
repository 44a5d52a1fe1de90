/** Copies `cells[from … to)` to the `width` places at `target[at]`; places beyond get NaN, no value. */
export function copyRow(
  target: Float64Array,
  at: number,
  width: number,
  cells: Float64Array,
  from: number,
  to: number,
): void {
  const count = Math.min(width, to - from);
  // A loop: `set` needs a view of what it copies, which costs more than a row.
  for (let c = 0; c < count; c++) target[at + c] = cells[from + c] as number;
  for (let c = count; c < width; c++) target[at + c] = Number.NaN;
}
