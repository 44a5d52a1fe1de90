import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const root = resolve(import.meta.dirname, '../../..');

/** `vite --config tests/fakes/page/vite.config.ts`: for work on the UI without a hub. Never part of the product. */
export default defineConfig({
  root: import.meta.dirname,
  resolve: { alias: { '@shared': resolve(root, 'src/shared') } },
  plugins: [svelte({ configFile: resolve(root, 'svelte.config.js') })],
  server: { fs: { allow: [root] } },
});
