const SLOTS = 8;

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/**
 * The palette slot (1–8) of each key: the same for the same keys in any order, and as different as there are slots.
 * Few lines keep to the first slots, which are told apart most easily.
 */
export function lineSlots(keys: readonly string[]): number[] {
  const unique = [...new Set(keys)].sort();
  const room = unique.length <= 4 ? 4 : SLOTS;
  const slots = new Map<string, number>();
  const taken = new Set<number>();
  for (const key of unique) {
    if (taken.size >= room) taken.clear();
    let slot = (hash(key) % room) + 1;
    while (taken.has(slot)) slot = (slot % room) + 1;
    taken.add(slot);
    slots.set(key, slot);
  }
  return keys.map((key) => slots.get(key) ?? 1);
}
