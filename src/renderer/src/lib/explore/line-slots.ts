import { COLORS, colorSlot, freeLook, LOOKS } from '../charts/looks/looks';

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/**
 * Chooses the look of each key: the same for the same keys in any order, and unique as long as there are free looks.
 * Few lines use the first colours, which are easiest to tell apart; if there are more lines than looks, only colours
 * are used.
 */
export function lineSlots(keys: readonly string[]): number[] {
  const unique = [...new Set(keys)].sort();
  const room = unique.length <= 4 ? 4 : COLORS;
  const isTold = unique.length <= LOOKS;
  const slots = new Map<string, number>();
  const taken = new Set<number>();
  for (const key of unique) {
    if (taken.size >= LOOKS) taken.clear();
    const look = freeLook(taken, (hash(key) % room) + 1, room);
    taken.add(look);
    slots.set(key, isTold ? look : colorSlot(look));
  }
  return keys.map((key) => slots.get(key) ?? 1);
}
