import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { build } from 'vite';

/** Bundles one TypeScript program of the tests into a file that Node runs. Takes some tenths of a second. */
export async function buildProgram(source: string): Promise<string> {
  const root = resolve(import.meta.dirname, '../..');
  const outDir = mkdtempSync(join(tmpdir(), 'wirewatch-program-'));
  await build({
    configFile: false,
    logLevel: 'error',
    root,
    resolve: { alias: { '@shared': resolve(root, 'src/shared') } },
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir,
      target: 'node22',
      rolldownOptions: {
        input: source,
        output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  });
  return join(outDir, `${basename(source, '.ts')}.mjs`);
}
