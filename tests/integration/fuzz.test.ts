import { describe, it } from 'vitest';
import { FUZZ_TARGETS, runTarget } from '../../bench/fuzz-parsers';

const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_000);

describe(`whatever they are given (seed ${SEED})`, () => {
  it.each(FUZZ_TARGETS)('$name: nothing unexpected is thrown', (target) => runTarget(target, SEED, 300));
});
