import { describe, expect, it } from 'vitest';
import { offeredRanges, rangeMs, stepRange, type Past } from './ranges';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 2, 12, 12);
const since = (ago: number): Past => ({ kept: true, extent: { oldest: NOW - ago, newest: NOW } });
const usable = (past: Past) =>
  offeredRanges(past, NOW)
    .filter((range) => !range.disabled)
    .map(({ name }) => name);

describe('ranges on offer', () => {
  it('end with the first that holds everything there is', () => {
    expect(usable(since(3 * HOUR))).toEqual(['1m', '5m', '15m', '1h', '6h', 'all']);
    expect(usable(since(400 * 24 * HOUR))).toHaveLength(9);
  });

  it('include an hour however little there is yet', () => {
    expect(usable(since(5_000))).toEqual(['1m', '5m', '15m', '1h', 'all']);
  });

  it('are those of the memory where nothing is kept, and say so', () => {
    const past: Past = { kept: false, extent: { oldest: NOW - 30 * HOUR, newest: NOW } };
    expect(usable(past)).toEqual(['1m', '5m', '15m']);
    expect(offeredRanges(past, NOW).find(({ name }) => name === '1h')?.title).toMatch(/No history/);
  });

  it('are all there while nobody knows how far back the data goes', () => {
    expect(usable({ kept: true, extent: null })).toHaveLength(9);
  });
});

describe('stepping through ranges', () => {
  it('leaves out what is not on offer, and stops at the ends', () => {
    const offered = offeredRanges(since(3 * HOUR), NOW);
    expect(stepRange(offered, '6h', 1)).toBe('all');
    expect(stepRange(offered, 'all', -1)).toBe('6h');
    expect(stepRange(offered, '1m', -1)).toBe('1m');
    expect(stepRange(offered, 'all', 1)).toBe('all');
  });

  it('leads back from a range that is not on offer any more', () => {
    expect(stepRange(offeredRanges(since(3 * HOUR), NOW), '30d', -1)).toBe('6h');
  });
});

describe('the length of `all`', () => {
  it('reaches back to the oldest sample', () => {
    expect(rangeMs('all', { oldest: NOW - 50 * HOUR, newest: NOW }, NOW)).toBe(50 * HOUR);
  });

  it('is never too short to see anything', () => {
    expect(rangeMs('all', { oldest: NOW - 1_000, newest: NOW }, NOW)).toBe(300_000);
  });
});
