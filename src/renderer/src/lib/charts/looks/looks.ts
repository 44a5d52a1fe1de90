/** The number of colours, `--s1` … `--s8`; the first four are the easiest to tell apart. */
export const COLORS = 8;

/**
 * The signs on lines whose colour is already taken. Shapes are used because not everyone can tell more than eight
 * colours apart. The first is none.
 */
const SIGNS = ['none', 'dot', 'square', 'triangle', 'ring'] as const;
export type Sign = (typeof SIGNS)[number];

/**
 * How many lines can be told apart. Looks are counted from 1: first each colour as it is, then each colour with a dot,
 * and so on.
 */
export const LOOKS = COLORS * SIGNS.length;

/** Returns the colour of a look, 1–8. */
export const colorSlot = (look: number): number => ((look - 1) % COLORS) + 1;

export const signOf = (look: number): Sign => SIGNS[Math.floor((look - 1) / COLORS)] ?? 'none';

/** Returns the colour of a look for CSS. */
export const slotColor = (look: number): string => `var(--s${colorSlot(look)})`;

/**
 * Returns the first free look with the wished colour or, if that is taken, the next one; only the first `room` colours
 * are used. If every look is taken, the wished one.
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
