/** The colours that there are, `--s1` … `--s8`; the first four are told apart most easily. */
export const COLORS = 8;

/**
 * What a line carries where its colour is another's already: shapes, because more colours than eight are not told apart
 * by everybody. The first is none.
 */
const SIGNS = ['none', 'dot', 'square', 'triangle', 'ring'] as const;
export type Sign = (typeof SIGNS)[number];

/**
 * How many lines can be told apart. Looks are counted from 1: first each colour as it is, then each colour with a dot,
 * and so on.
 */
export const LOOKS = COLORS * SIGNS.length;

/** The colour of a look, 1–8. */
export const colorSlot = (look: number): number => ((look - 1) % COLORS) + 1;

export const signOf = (look: number): Sign => SIGNS[Math.floor((look - 1) / COLORS)] ?? 'none';

/** The colour of a look for CSS. */
export const slotColor = (look: number): string => `var(--s${colorSlot(look)})`;

/**
 * The first free look to have a wished colour or, where that is taken, the next one; of the first `room` colours only. When
 * every look is taken, the wished one.
 */
export function freeLook(taken: ReadonlySet<number>, wish: number, room = COLORS): number {
  for (let tier = 0; tier < SIGNS.length; tier++) {
    for (let k = 0; k < room; k++) {
      const look = tier * COLORS + ((wish - 1 + k) % room) + 1;
      if (!taken.has(look)) return look;
    }
  }
  return wish;
}
