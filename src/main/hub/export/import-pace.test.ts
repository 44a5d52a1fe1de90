import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../tests/fakes/manual-clock';
import { ImportPace } from './import-pace';

/** A disk that takes so long for each sample, ms. */
async function run(isAlone: boolean, msPerSample: number, commits: number) {
  const clock = new ManualClock();
  const pace = new ImportPace(clock, () => isAlone);
  const batches: number[] = [];
  const pauses: number[] = [];
  for (let i = 0; i < commits; i++) {
    const batch = pace.room;
    batches.push(batch);
    pace.added(batch);
    expect(pace.room).toBe(0);
    let isOver = false;
    const settled = pace
      .settle(() => {
        clock.advance(batch * msPerSample);
        return Promise.resolve();
      })
      .then(() => (isOver = true));
    const before = clock.monotonic();
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    while (!isOver) {
      clock.advance(1);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    }
    await settled;
    pauses.push(Math.round(clock.monotonic() - before));
  }
  return { batches, pauses };
}

describe('an import', () => {
  it('makes short commits while devices are there, and leaves them as much time as it takes', async () => {
    const { batches, pauses } = await run(false, 0.02, 12);
    expect(batches[0]).toBe(10_000);
    expect(batches.at(-1)).toBe(3_000);
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(60);
  });

  it('makes larger ones where the disk is fast, and never tiny ones where it is slow', async () => {
    expect((await run(false, 0.001, 12)).batches.at(-1)).toBe(60_000);
    expect((await run(false, 1, 3)).batches.at(-1)).toBe(2_000);
  });

  it('takes what it can get when nobody else is there', async () => {
    const { batches } = await run(true, 0.02, 3);
    expect(batches).toEqual([10_000, 100_000, 100_000]);
  });
});
