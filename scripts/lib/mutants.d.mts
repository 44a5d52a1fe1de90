export interface Mutant {
  area: string;
  name: string;
  file: string;
  find: string;
  replace: string;
  tests: string[];
}
export function readMutants(folder: string): Mutant[];
export function inAreas<T extends { area: string }>(mutants: readonly T[]): [area: string, mutants: T[]][];
