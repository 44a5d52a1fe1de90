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
      'App.svelte': ['lib', 'Shell.svelte', 'views'],
      'main.ts': ['lib', 'App.svelte'],
    },
  },
  {
    prefix: 'src/renderer/src/lib/',
    rooms: {
      theme: [],
      time: [],
      components: ['theme'],
      hub: ['time'],
      charts: ['theme', 'time', 'components', 'hub'],
      'time-view': ['time', 'components', 'hub', 'charts'],
      explore: ['time', 'components', 'hub', 'charts', 'time-view'],
      routes: ['time', 'explore'],
      trust: ['components', 'hub', 'routes'],
      'device-actions': ['components', 'hub', 'routes', 'trust'],
      export: ['time', 'components', 'hub', 'time-view', 'explore', 'device-actions'],
      boards: ['time', 'components', 'hub', 'charts', 'time-view', 'explore', 'routes', 'export'],
      navigation: [
        'theme',
        'time',
        'components',
        'hub',
        'charts',
        'explore',
        'routes',
        'trust',
        'device-actions',
      ],
    },
  },
  {
    prefix: 'src/renderer/src/lib/charts/',
    rooms: {
      looks: [],
      raster: [],
      loop: [],
      interact: ['raster'],
      axes: ['looks', 'raster'],
      still: ['axes'],
      scene: ['raster', 'interact', 'axes'],
      paint: ['looks', 'raster', 'axes', 'scene'],
      text: ['loop', 'axes', 'scene'],
      spark: ['raster', 'loop'],
      live: ['looks', 'raster', 'loop', 'interact', 'axes', 'scene', 'paint'],
      'time-chart': ['looks', 'raster', 'interact', 'axes', 'scene', 'paint', 'text', 'live'],
    },
  },
];
