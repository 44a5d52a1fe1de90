import { MAX_PANEL_ROWS, PANEL_WIDTHS, type BoardPanel } from '@shared/boards/board';

/** Returns how many columns a board has at this width, CSS pixels. */
export function columnsAt(width: number): 12 | 6 | 1 {
  return width >= 1_000 ? 12 : width >= 560 ? 6 : 1;
}

/** Returns how many of the `columns` a panel of this width takes. */
export function spanAt(width: BoardPanel['width'], columns: 12 | 6 | 1): number {
  if (columns === 12) return width;
  if (columns === 1) return 1;
  return width <= 4 ? 3 : 6;
}

/** Moves a panel to another position; the others close up. */
export function movePanel(panels: readonly BoardPanel[], id: string, to: number): BoardPanel[] {
  const panel = panels.find((one) => one.id === id);
  const rest = panels.filter((one) => one.id !== id);
  if (!panel) return [...panels];
  return rest.toSpliced(Math.max(0, Math.min(rest.length, to)), 0, panel);
}

/** Returns the next width and number of rows, within bounds. */
export function resized(
  { width, rows }: Pick<BoardPanel, 'width' | 'rows'>,
  by: { width?: -1 | 0 | 1; rows?: -1 | 0 | 1 },
): Pick<BoardPanel, 'width' | 'rows'> {
  const at = PANEL_WIDTHS.indexOf(width) + (by.width ?? 0);
  return {
    width: PANEL_WIDTHS[Math.max(0, Math.min(PANEL_WIDTHS.length - 1, at))] ?? width,
    rows: Math.max(1, Math.min(MAX_PANEL_ROWS, rows + (by.rows ?? 0))),
  };
}

/** Returns the allowed width closest to a share of the whole. */
export function nearestWidth(share: number): BoardPanel['width'] {
  let best: BoardPanel['width'] = 12;
  for (const width of PANEL_WIDTHS)
    if (Math.abs(width / 12 - share) < Math.abs(best / 12 - share)) best = width;
  return best;
}

const WIDTH_WORDS: Readonly<Record<BoardPanel['width'], string>> = {
  3: 'a quarter of the width',
  4: 'a third of the width',
  6: 'half',
  8: 'two thirds of the width',
  12: 'the full width',
};

export function sizeWords({ width, rows }: Pick<BoardPanel, 'width' | 'rows'>): string {
  return `${WIDTH_WORDS[width]}, ${rows === 1 ? '1 row' : `${rows} rows`}`;
}

/**
 * Returns how many rows the panels take. Each one goes to the first place with room after the panel before it, as
 * `grid-auto-flow: row` does (CSS Grid Layout 1, section 8.5).
 */
export function rowsTaken(
  panels: readonly Pick<BoardPanel, 'width' | 'rows'>[],
  columns: 12 | 6 | 1,
): number {
  const taken: boolean[][] = [];
  const isFree = (row: number, column: number, span: number, rows: number) => {
    for (let r = row; r < row + rows; r++)
      for (let c = column; c < column + span; c++) if (taken[r]?.[c]) return false;
    return true;
  };
  let row = 0;
  let column = 0;
  let most = 0;
  for (const panel of panels) {
    const span = spanAt(panel.width, columns);
    while (column + span > columns || !isFree(row, column, span, panel.rows)) {
      if (column + span > columns) {
        row++;
        column = 0;
      } else column++;
    }
    for (let r = row; r < row + panel.rows; r++) {
      const cells = (taken[r] ??= []);
      for (let c = column; c < column + span; c++) cells[c] = true;
    }
    most = Math.max(most, row + panel.rows);
  }
  return most;
}
