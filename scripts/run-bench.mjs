import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { build } from 'vite';
import { ensureBuild } from './lib/build.mjs';
import { endLike, takeOver } from './lib/processes.mjs';
import { inProject, requireNode } from './lib/project.mjs';

// `npm run bench -- …`, `npm run stress -- …`: bundles every program in bench/ to out/bench and runs the one named by
// the first argument. Only that program writes to standard output.
await ensureBuild();
const programs = readdirSync(inProject('bench')).filter((name) => /^[\w-]+\.ts$/.test(name));
await build({
  configFile: false,
  root: inProject(),
  logLevel: 'error',
  resolve: { alias: { '@shared': inProject('src', 'shared') } },
  build: {
    ssr: true,
    target: 'node22',
    outDir: inProject('out', 'bench'),
    emptyOutDir: true,
    rolldownOptions: {
      input: Object.fromEntries(programs.map((name) => [basename(name, '.ts'), inProject('bench', name)])),
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});
const [program = 'index', ...args] = process.argv.slice(2);
endLike(await takeOver(requireNode(), [inProject('out', 'bench', `${program}.js`), ...args]));
