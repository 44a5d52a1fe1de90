import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Reads the mutants of a folder, one file per area: `{area, name, file, find, replace, tests}`. `find` occurs exactly
 * once in `file`; `tests` are the files that should notice `replace` in its place.
 */
export function readMutants(folder) {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .flatMap((file) =>
      JSON.parse(readFileSync(join(folder, file), 'utf8')).map((mutant) => ({
        ...mutant,
        area: basename(file, '.json'),
      })),
    );
}

/** Groups mutants as `[area, its mutants]`, in the order in which the areas are named. */
export function inAreas(mutants) {
  const areas = [...new Set(mutants.map(({ area }) => area))].sort();
  return areas.map((area) => [area, mutants.filter((mutant) => mutant.area === area)]);
}
