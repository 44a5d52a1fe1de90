import { ROOM_TREES } from './room-table.mjs';

/** Returns the room that a file needs but the table of rooms lacks, with its folder; null if none is missing. */
export function missingRoom(file) {
  for (const tree of ROOM_TREES) {
    const room = roomOf(file, tree);
    if (room !== null && !Object.hasOwn(tree.rooms, room)) return `${tree.prefix}${room}`;
  }
  return null;
}

/** Returns the two rooms' names if a file must not import its target; null if it may. */
export function wallBetween(file, target) {
  for (const tree of ROOM_TREES) {
    const from = roomOf(file, tree);
    const to = roomOf(target, tree);
    if (from === null || to === null || from === to) continue;
    const open = tree.rooms[from] ?? [];
    if (!open.includes(to) && !open.includes('*')) return { from, to };
  }
  return null;
}

/** Returns a file's first folder below the tree's prefix, or its own name right there; null outside of the tree. */
function roomOf(path, { prefix, rooms }) {
  if (!path.startsWith(prefix)) return null;
  const [first, ...rest] = path.slice(prefix.length).split('/');
  if (rest.length > 0) return first;
  // Imports leave the extension out.
  return Object.hasOwn(rooms, `${first}.ts`) ? `${first}.ts` : first;
}
