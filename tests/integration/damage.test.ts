import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KnownHistory } from '../../bench/damage-history';
import { DAMAGE_KINDS } from '../../bench/damage-kinds';

const SEED = Number(process.env['DAMAGE_SEED'] ?? Date.now() % 1_000_000);
const TRIALS = ['database', 'killed database', 'log'] as const;

describe(`a damaged history (seed ${SEED})`, () => {
  let folder: string;
  let history: KnownHistory;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wirewatch-damage-'));
    history = await KnownHistory.build(folder, SEED);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(TRIALS.flatMap((file, i) => DAMAGE_KINDS.map((kind, k) => [file, kind, i * 10 + k] as const)))(
    'serves no wrong value, gives up no whole chunk and names each loss: %s, %s',
    async (file, kind, n) => {
      expect(await history.trial(SEED * 100 + n, kind, file)).toEqual([]);
    },
  );
});
