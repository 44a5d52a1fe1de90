/** Tracks of the grid, so that any number of charts from one to six fills a row. */
export const TRACKS = 60;

/**
 * Returns how many tracks each chart takes when `columns` (1–6) charts stand side by side. Wide ones take two columns;
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

/** The least width of a page for two, three, … charts side by side, CSS pixels. Larger screens get wider charts too. */
const WIDTHS = [620, 1_020, 2_000, 2_900, 3_500];

/** Returns how many charts fit side by side, each wide enough to read. */
export function columnsFor(width: number): number {
  return 1 + WIDTHS.filter((least) => width >= least).length;
}

/** The lowest and highest plot, CSS pixels. */
const LOWEST = { comfortable: 148, compact: 112 };
const HIGHEST = { comfortable: 280, compact: 168 };
/** A plot's height as a share of its width, so that its lines have about the same slopes on every screen. */
const ASPECT = 0.36;

/** Returns the height of the plots, CSS pixels, when `columns` charts stand side by side on a page of that width. */
export function plotHeight(width: number, columns: number, density: 'comfortable' | 'compact'): number {
  const wanted = Math.round((width / columns) * ASPECT);
  return Math.min(HIGHEST[density], Math.max(LOWEST[density], wanted));
}
