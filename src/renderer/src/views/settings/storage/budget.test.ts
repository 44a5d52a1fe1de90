import { describe, expect, it } from 'vitest';
import type { Retention, StorageInfo } from '@shared/model';
import {
  BUDGETS,
  budgetIndex,
  bytesPerSample,
  describeBudget,
  describeDays,
  describeLoss,
  describeShare,
  describeSize,
  otherBytes,
} from './budget';

const GIB = 1024 ** 3;
const DAY = 86_400_000;
const NOW = 100 * DAY;
const retention: Retention = { rawDays: 7, minuteDays: 90, hourDays: 1_826, budgetBytes: 5 * GIB };
const info: StorageInfo = {
  store: 'sqlite',
  dataDir: '/data',
  fileBytes: 3 * GIB,
  budgetBytes: 5 * GIB,
  tiers: [
    { tier: 'raw', bytes: 2 * GIB, samples: 4 * GIB, oldest: NOW - 4 * DAY, newest: NOW },
    { tier: 'minute', bytes: GIB / 2, samples: 1_000, oldest: NOW - 40 * DAY, newest: NOW },
  ],
  seriesCount: 10,
  memoryBytes: 1,
  problem: null,
};

describe('the disk budget', () => {
  it('goes from 256 MiB to 100 GiB in steps of about the same ratio', () => {
    expect(BUDGETS[0]).toBe(GIB / 4);
    expect(BUDGETS.at(-1)).toBe(100 * GIB);
    for (let i = 1; i < BUDGETS.length; i++) {
      expect((BUDGETS[i] ?? 0) / (BUDGETS[i - 1] ?? 1)).toBeGreaterThan(1.1);
    }
  });

  it('finds the closest step for any size', () => {
    for (const [i, bytes] of BUDGETS.entries()) expect(budgetIndex(bytes)).toBe(i);
    expect(budgetIndex(1)).toBe(0);
    expect(budgetIndex(1e15)).toBe(BUDGETS.length - 1);
  });

  it('is written without digits that say nothing', () => {
    expect(describeSize(5 * GIB)).toMatch(/^5\sGiB$/);
    expect(describeSize(1.5 * GIB)).toMatch(/^1\.5\sGiB$/);
    expect(describeSize(100 * GIB)).toMatch(/^100\sGiB$/);
  });

  it('says how much is used: little is not nothing, and nearly all is not all', () => {
    expect(describeShare(0)).toMatch(/^0\s%$/);
    expect(describeShare(0.0002)).toMatch(/^less than 1\s%$/);
    expect(describeShare(0.234)).toMatch(/^23\s%$/);
    expect(describeShare(0.998)).toMatch(/^99\s%$/);
    expect(describeShare(1.04)).toMatch(/^104\s%$/);
  });

  it('says how much of what is wanted fits', () => {
    expect(describeBudget(info, retention)).toContain('7 days at full resolution fit');
    expect(describeBudget(info, { ...retention, budgetBytes: 2 * GIB })).toContain(
      'Only about 2 days of the 7 days at full resolution will fit',
    );
    expect(describeBudget(info, { ...retention, budgetBytes: GIB })).toContain('less than a day');
  });

  it('promises nothing while there is too little to tell from', () => {
    expect(describeBudget({ ...info, tiers: [] }, retention)).toMatch(/^When the budget is used up/);
  });
});

describe('keeping less', () => {
  it('is told of before it deletes something', () => {
    expect(describeLoss(info, retention, { ...retention, budgetBytes: 2 * GIB }, NOW)).toContain('1.00');
    expect(describeLoss(info, retention, { ...retention, rawDays: 3 }, NOW)).toContain('3 days');
    expect(describeLoss(info, retention, { ...retention, minuteDays: 30 }, NOW)).toContain('per minute');
  });

  it('needs no word where nothing goes', () => {
    expect(describeLoss(info, retention, { ...retention, budgetBytes: 4 * GIB }, NOW)).toBeNull();
    expect(describeLoss(info, retention, { ...retention, rawDays: 5 }, NOW)).toBeNull();
    expect(describeLoss(info, retention, { ...retention, rawDays: 30 }, NOW)).toBeNull();
  });
});

describe('sizes in words', () => {
  it('tell what a sample takes', () => {
    expect(bytesPerSample({ bytes: 36, samples: 100 })).toBe('0.36 B');
    expect(bytesPerSample({ bytes: 36, samples: 0 })).toBe('—');
  });

  it('tell what is none of the tiers', () => {
    expect(otherBytes(info)).toBe(GIB / 2);
    expect(otherBytes({ ...info, fileBytes: 0 })).toBe(0);
  });

  it('tell lengths as people do', () => {
    expect([0.5, 1, 7, 365, 730, 1_826].map(describeDays)).toEqual([
      '0.5 days',
      '1 day',
      '7 days',
      '1 year',
      '2 years',
      '5 years',
    ]);
  });
});
