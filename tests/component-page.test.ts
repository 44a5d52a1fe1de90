import { readdirSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { expect, it } from 'vitest';

const COMPONENTS = resolve(import.meta.dirname, '../src/renderer/src/lib/components');
const PAGE = resolve(import.meta.dirname, 'fakes/page/components');

const svelteFiles = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name.endsWith('.svelte'));

it('the page of components shows every component once', () => {
  const shown = svelteFiles(PAGE).flatMap((file) =>
    [...readFileSync(resolve(PAGE, file), 'utf8').matchAll(/<Story name="(\w+)"/g)].map((match) => match[1]),
  );
  const made = svelteFiles(COMPONENTS).map((file) => basename(file, '.svelte'));
  expect(shown.sort()).toEqual(made.sort());
});
