import { expect, it } from 'vitest';
import { DEFAULT_TIMINGS } from './timings';

it('the hub keeps the times that the protocol page promises', () => {
  expect(DEFAULT_TIMINGS).toEqual({
    pingEveryMs: 10_000,
    staleAfterMissed: 1,
    lostAfterMissed: 2,
    lateFactor: 3,
    lateAtLeastMs: 5_000,
    lostFactor: 6,
    lostAtLeastMs: 30_000,
    unknownCadenceMs: 60_000,
    ackEveryMs: 100,
    feedTickMs: 50,
    deviceChangesEveryMs: 200,
    closeTimeoutMs: 1_500,
    expelTimeoutMs: 500,
    floodMs: 3_000,
    requestTimeoutMs: 10_000,
  });
});
