import { describe, expect, it } from 'vitest';
import { CLOSE } from '@shared/protocol/close-codes';
import { BackOff } from './back-off';
import { DEFAULT_AGENT_TIMINGS as timings } from './timings';

const broken = { code: CLOSE.abnormal, text: '' };

describe('waiting between attempts', () => {
  it('doubles the bound of a random wait at each failure, up to 30 s', () => {
    const backOff = new BackOff(timings, () => 1);
    const waits = Array.from({ length: 7 }, () => backOff.next(broken, 0).ms);
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('spreads waits over the whole range but never spins', () => {
    expect(new BackOff(timings, () => 0).next(broken, 0).ms).toBe(100);
    expect(new BackOff(timings, () => 0.5).next(broken, 0).ms).toBe(500);
  });

  it('starts over after a connection that lasted', () => {
    const backOff = new BackOff(timings, () => 1);
    for (let i = 0; i < 5; i++) backOff.next(broken, 59_000);
    expect(backOff.next(broken, 60_000).ms).toBe(1_000);
  });

  it.each([
    [CLOSE.superseded, 60_000],
    [CLOSE.removed, 300_000],
    [CLOSE.unauthorised, 60_000],
    [CLOSE.policy, 60_000],
  ])('is patient after close code %d', (code, least) => {
    for (const random of [0, 0.99]) {
      const wait = new BackOff(timings, () => random).next({ code, text: '' }, 5_000);
      expect(wait.patient).toBe(true);
      expect(wait.ms).toBeGreaterThanOrEqual(least);
    }
  });

  it('asks a hub that refuses it again soon, then less and less often', () => {
    const backOff = new BackOff(timings, () => 0);
    const refused = { code: CLOSE.policy, text: '' };
    const waits = Array.from({ length: 6 }, () => backOff.next(refused, 1_000).ms);
    expect(waits).toEqual([60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
    expect(backOff.next(refused, 60_000).ms).toBe(60_000);
  });

  it('gives a busy hub time', () => {
    expect(new BackOff(timings, () => 0).next({ code: CLOSE.tryLater, text: '' }, 0).ms).toBe(10_000);
  });
});
