/**
 * Trees of rooms: which rooms below `prefix` each room may import from (`*`: all). A room is a folder right below
 * the prefix, or a file there (`hub.ts`). Each file in a tree needs a room of this table; a file in two trees, one
 * inside the other, obeys both. Tests are exempt. Rooms come lowest first, so that a room names only rooms above it
 * in the list.
 */
export const ROOM_TREES = [
  {
    prefix: 'src/renderer/src/',
    rooms: {
      lib: [],
      views: ['lib'],
      'Shell.svelte': ['lib', 'views'],
      'App.svelte': ['lib', 'views', 'Shell.svelte'],
      'main.ts': ['lib', 'App.svelte'],
    },
  },
];
