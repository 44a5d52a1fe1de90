import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { inAreas, readMutants } from '../scripts/lib/mutants.mjs';

const ROOT = resolve(import.meta.dirname, '..');

it('every mutant has a name of its own, changes something, and names files that exist', () => {
  const mutants = readMutants(resolve(import.meta.dirname, 'mutants'));
  const names = mutants.map(({ area, name }) => `${area}: ${name}`);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, file, find, replace, tests } of mutants) {
    expect(find, name).not.toBe(replace);
    expect(find.trim(), name).not.toBe('');
    expect(tests.length, name).toBeGreaterThan(0);
    expect(
      [file, ...tests].filter((path) => !existsSync(resolve(ROOT, path))),
      name,
    ).toEqual([]);
    // The place must be there, once: otherwise the mutant would say nothing of the tests.
    expect(readFileSync(resolve(ROOT, file), 'utf8').split(find).length - 1, name).toBe(1);
  }
  expect(inAreas(mutants).every(([, some]) => some.length >= 10)).toBe(true);
});
