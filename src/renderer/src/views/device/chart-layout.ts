/** Tracks of the grid, so that one, two or three charts fill a row. */
export const TRACKS = 6;

/**
 * Returns how many tracks each chart takes when `columns` (1–3) charts stand side by side. Wide ones take two columns;
 * the charts of an incomplete row are widened to fill it.
 */
export function chartSpans(wide: readonly boolean[], columns: number): number[] {
  const spans: number[] = [];
  let row: number[] = [];
  const close = () => {
    const used = row.reduce((sum, units) => sum + units, 0);
    for (const units of row) spans.push((TRACKS * units) / used);
    row = [];
  };
  for (const isWide of wide) {
    const units = isWide ? Math.min(2, columns) : 1;
    const used = row.reduce((sum, other) => sum + other, 0);
    if (used + units > columns) close();
    row.push(units);
  }
  if (row.length > 0) close();
  return spans;
}

/** Returns how many charts fit side by side, each wide enough to read. */
export function columnsFor(width: number): number {
  return width >= 1_020 ? 3 : width >= 620 ? 2 : 1;
}
