/** The size of a card, CSS pixels. */
export interface CardSize {
  minWidth: number;
  height: number;
  /** The height of one of its three rows of values. */
  pitch: number;
}

export const CARD_GAP = 12;
/** The rows of values on a card, and the height of everything else on it. */
const ROWS = 3;
const REST = 73;
const MIN_WIDTH = 272;
/** The pitches a card may have, largest first; the last is the one of a fleet that fills the screen. */
const PITCHES = [200, 160, 120, 88, 72, 56, 44, 36, 28];
const SMALLEST = 28;
/** A card is stretched to fill its row up to this width. */
const MOST_WIDTH = 1_200;

/**
 * Returns the largest cards of which `count` fit on a page of that size, so that a few devices fill their place; a
 * fleet that must scroll anyway gets the smallest.
 */
export function cardSize(count: number, width: number, height: number): CardSize {
  for (const pitch of PITCHES) {
    const size = sized(pitch);
    const fitting = Math.max(1, Math.floor((width + CARD_GAP) / (size.minWidth + CARD_GAP)));
    const columns = Math.min(fitting, Math.max(count, Math.ceil(width / MOST_WIDTH)));
    const rows = Math.ceil(count / columns);
    if (rows * (size.height + CARD_GAP) > height) continue;
    if (columns === fitting) return size;
    return { ...size, minWidth: Math.floor((width + CARD_GAP) / columns) - CARD_GAP };
  }
  return sized(SMALLEST);
}

/** A card grows in width as well, but less: its words stay as large as they are. */
function sized(pitch: number): CardSize {
  const minWidth = Math.round(MIN_WIDTH * (1 + (pitch / SMALLEST - 1) * 0.3));
  return { minWidth, height: ROWS * pitch + REST, pitch };
}
