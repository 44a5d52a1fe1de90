import { builtinModules } from 'node:module';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

/** The agent and all it needs as one file, to run on any machine with Node 20 and nothing installed. */
export default defineConfig({
  resolve: { alias: { '@shared': resolve(root, 'src/shared') } },
  // Without this Vite builds for browsers and puts empty modules in place of Node's own.
  ssr: { noExternal: true, target: 'node' },
  build: {
    ssr: resolve(root, 'src/agent/main.ts'),
    target: 'node20',
    outDir: 'out/agent',
    emptyOutDir: true,
    minify: true,
    license: { fileName: 'licenses.json' },
    copyPublicDir: false,
    rolldownOptions: {
      external: [...builtinModules, /^node:/, 'bufferutil', 'utf-8-validate', 'osx-temperature-sensor'],
      output: { format: 'es', entryFileNames: 'wirewatch-agent.mjs', codeSplitting: false },
    },
  },
});
