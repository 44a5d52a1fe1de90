import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../store-contract/tiers';
import { TrustedTime } from './trusted-time';

const NOW = Date.UTC(2026, 10, 30, 12);
const TEN_YEARS_MS = 3_652 * DAY_MS;

describe('the time by which history is deleted', () => {
  let db: DatabaseSync;
  beforeEach(() => {
    db = new DatabaseSync(':memory:');
    db.exec('CREATE TABLE meta (key TEXT PRIMARY KEY, value, sum)');
  });
  afterEach(() => db.close());

  it('is the clock from the start, where nothing is known yet', () => {
    expect(new TrustedTime(db, Number.NEGATIVE_INFINITY, NOW, 0).at(NOW, 0)).toBe(NOW);
  });

  it.each([TEN_YEARS_MS, DAY_MS, 2 * HOUR_MS, HOUR_MS, 2 * MINUTE_MS])(
    'stays where it was while the clock is %d ms ahead',
    (aheadMs) => {
      const said: unknown[] = [];
      const time = new TrustedTime(db, NOW, NOW, 0, (doubt) => said.push(doubt?.differenceMs ?? null));
      expect(time.at(NOW, 0)).toBe(NOW);
      for (let ms = 0; ms < 59 * MINUTE_MS; ms += MINUTE_MS) {
        expect(time.at(NOW + aheadMs + ms, ms)).toBe(NOW + ms);
      }
      expect(time.at(NOW + HOUR_MS, HOUR_MS)).toBe(NOW + HOUR_MS);
      expect(said).toEqual([aheadMs, null]);
    },
  );

  it('stays where it was when the hub starts with a clock that is ahead', () => {
    new TrustedTime(db, Number.NEGATIVE_INFINITY, NOW, 0).at(NOW, 0);
    // The run before this one has stored samples of its wrong clock.
    const time = new TrustedTime(db, NOW + TEN_YEARS_MS, NOW + TEN_YEARS_MS, 0);
    expect(time.at(NOW + TEN_YEARS_MS, 0)).toBe(NOW);
    expect(time.at(NOW + MINUTE_MS, MINUTE_MS)).toBe(NOW + MINUTE_MS);
  });

  it('takes the newest sample for the last time of a store that did not keep it', () => {
    expect(new TrustedTime(db, NOW, NOW + TEN_YEARS_MS, 0).at(NOW + TEN_YEARS_MS, 0)).toBe(NOW);
  });

  it('follows a hub that was off for two weeks once it has run for some hours', () => {
    const time = new TrustedTime(db, NOW - 14 * DAY_MS, NOW, 0);
    expect(time.at(NOW, 0)).toBe(NOW - 14 * DAY_MS);
    expect(time.at(NOW + HOUR_MS, HOUR_MS)).toBe(NOW - 14 * DAY_MS + HOUR_MS);
    expect(time.at(NOW + 4 * HOUR_MS, 4 * HOUR_MS)).toBe(NOW + 4 * HOUR_MS);
  });

  it('counts by the clock at once when that is behind, because it deletes less', () => {
    const time = new TrustedTime(db, NOW, NOW - 3 * HOUR_MS, 0);
    expect(time.at(NOW - 3 * HOUR_MS, 0)).toBe(NOW - 3 * HOUR_MS);
  });

  it('doubts anew each time the clock is set', () => {
    const time = new TrustedTime(db, NOW, NOW, 0);
    expect(time.at(NOW, 0)).toBe(NOW);
    for (let i = 1; i < 20; i++) {
      const ms = i * 30 * MINUTE_MS;
      expect(time.at(NOW + i * DAY_MS + ms, ms)).toBe(NOW + ms);
    }
  });
});
