import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';

const root = import.meta.dirname;
const alias = { '@shared': resolve(root, 'src/shared') };
/** Names what is bundled, with its licence; `npm run package` makes the notices of it. */
const license = { fileName: 'licenses.json' };

export default defineConfig({
  main: {
    resolve: { alias },
    build: {
      target: 'node22',
      sourcemap: true,
      rolldownOptions: {
        input: {
          index: resolve(root, 'src/main/index.ts'),
          cli: resolve(root, 'src/main/cli.ts'),
          'store-worker': resolve(root, 'src/main/hub/store/store-worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    resolve: { alias },
    build: {
      externalizeDeps: false,
      license,
      rolldownOptions: {
        input: { index: resolve(root, 'src/preload/index.ts') },
        // A sandboxed preload has to be one CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: resolve(root, 'src/renderer'),
    resolve: { alias },
    plugins: [svelte({ configFile: resolve(root, 'svelte.config.js') })],
    build: {
      target: 'chrome130',
      // Browsers on other machines fetch it; electron-vite minifies nothing by itself.
      minify: true,
      license,
      // The security policy refuses fonts in data: URLs, and small ones would become such.
      assetsInlineLimit: (file) => (file.endsWith('.woff2') ? false : undefined),
      rolldownOptions: { input: resolve(root, 'src/renderer/index.html') },
    },
  },
});
