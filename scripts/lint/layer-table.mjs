/**
 * The layers, and which of them may import from which. A file belongs to the first layer whose `files` prefix its path
 * starts with. `own` are the folders it may import from, `packages` the npm packages (`true` for all that
 * `package.json` installs at run time, `reserved` for further ones), `builtins` whether Node's own modules are open to
 * it (`testBuiltins`: to its tests). The rooms inside a layer are in `room-table.mjs`.
 */

/** The packages of the user interface. Chart.js is allowed only in its charts. */
const UI_PACKAGES = [
  'svelte',
  'svelte-sonner',
  'bits-ui',
  'qrcode',
  '@lucide/svelte',
  '@fontsource-variable/inter',
  '@fontsource-variable/jetbrains-mono',
  '@fontsource-variable/noto-emoji',
  '@fontsource-variable/noto-sans-kr',
  '@fontsource-variable/noto-sans-sc',
];

export const LAYERS = [
  { name: 'shared', files: ['src/shared/'], own: ['src/shared/'], packages: ['valibot'], builtins: false },
  { name: 'files', files: ['src/files/'], own: ['src/files/', 'src/shared/'], packages: [], builtins: true },
  {
    name: 'hub',
    files: ['src/main/hub/'],
    own: ['src/main/hub/', 'src/files/', 'src/shared/'],
    packages: true,
    builtins: true,
  },
  {
    name: 'web',
    files: ['src/main/web/'],
    own: ['src/main/web/', 'src/main/hub/', 'src/files/', 'src/shared/'],
    packages: true,
    builtins: true,
  },
  {
    name: 'Electron shell',
    files: ['src/main/electron/', 'src/main/index.ts'],
    own: ['src/main/', 'src/agent/', 'src/files/', 'src/shared/'],
    packages: true,
    reserved: ['electron'],
    builtins: true,
  },
  {
    name: 'command line',
    files: ['src/main/'],
    own: ['src/main/', 'src/agent/', 'src/files/', 'src/shared/'],
    not: ['src/main/electron/', 'src/main/index'],
    packages: true,
    builtins: true,
  },
  {
    name: 'preload',
    files: ['src/preload/'],
    own: ['src/preload/', 'src/shared/'],
    packages: ['electron'],
    builtins: false,
    testBuiltins: true,
  },
  {
    name: 'charts',
    files: ['src/renderer/src/lib/charts/'],
    own: ['src/renderer/', 'src/shared/'],
    packages: [...UI_PACKAGES, 'chart.js'],
    builtins: false,
  },
  {
    name: 'renderer',
    files: ['src/renderer/'],
    own: ['src/renderer/', 'src/shared/'],
    packages: UI_PACKAGES,
    builtins: false,
  },
  {
    name: 'agent',
    files: ['src/agent/'],
    own: ['src/agent/', 'src/files/', 'src/shared/'],
    packages: true,
    // The agent runs on Node 20 too, which has no SQLite.
    forbidden: ['node:sqlite'],
    builtins: true,
  },
];

/**
 * The further imports of test files and of files in folders called `testing`. Other files must not import from such
 * folders.
 */
export const TEST_EXTRAS = { own: ['tests/'], packages: ['vitest', 'fast-check', 'vite'] };
