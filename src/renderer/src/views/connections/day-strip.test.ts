import { describe, expect, it } from 'vitest';
import { describeStrip, stripBackground, stripParts } from './day-strip';

describe('the strip of a day', () => {
  it('is up where the hub says so, and down between', () => {
    const spans = [
      { from: 0, to: 40 },
      { from: 60, to: 100 },
    ];
    expect(stripParts(spans, 0, 100, -1)).toEqual([
      { state: 'up', from: 0, to: 40 },
      { state: 'down', from: 40, to: 60 },
      { state: 'up', from: 60, to: 100 },
    ]);
  });

  it('says nothing of the time before a device was first seen', () => {
    expect(stripParts([{ from: 50_000, to: 100_000 }], 0, 100_000, 30_000)).toEqual([
      { state: 'unknown', from: 0, to: 30_000 },
      { state: 'down', from: 30_000, to: 50_000 },
      { state: 'up', from: 50_000, to: 100_000 },
    ]);
  });

  it('does not call it an absence that a device is known a moment before it is connected', () => {
    const parts = stripParts([{ from: 30_400, to: 100_000 }], 0, 100_000, 30_000);
    expect(parts).toEqual([
      { state: 'unknown', from: 0, to: 30_400 },
      { state: 'up', from: 30_400, to: 100_000 },
    ]);
    expect(describeStrip(parts)).toBe('Connected for as long as is known today');
  });

  it('claims nothing about the time before the hub started', () => {
    expect(stripParts([{ from: 90_000, to: 100_000 }], 0, 100_000, -1, 80_000)).toEqual([
      { state: 'unknown', from: 0, to: 80_000 },
      { state: 'unknown', from: 80_000, to: 90_000 },
      { state: 'up', from: 90_000, to: 100_000 },
    ]);
    // A hub that was killed could not note when its connections ended.
    expect(stripParts([{ from: 10_000, to: 100_000 }], 0, 100_000, -1, 80_000)).toEqual([
      { state: 'down', from: 0, to: 10_000 },
      { state: 'unknown', from: 10_000, to: 80_000 },
      { state: 'up', from: 80_000, to: 100_000 },
    ]);
    expect(stripParts([], 0, 100_000, -1, 80_000)).toEqual([
      { state: 'unknown', from: 0, to: 80_000 },
      { state: 'down', from: 80_000, to: 100_000 },
    ]);
  });

  it('cuts what reaches beyond the day', () => {
    expect(stripParts([{ from: -50, to: 500 }], 0, 100, -100)).toEqual([{ state: 'up', from: 0, to: 100 }]);
  });

  it('shows the shortest absence', () => {
    const parts = stripParts(
      [
        { from: 0, to: 50_000 },
        { from: 50_001, to: 100_000 },
      ],
      0,
      100_000,
      -1,
    );
    expect(stripBackground(parts)).toBe(
      'linear-gradient(90deg, var(--ok) 0.00% 50.00%, var(--bad) 50.00% 52.50%, var(--ok) 52.50% 100.00%)',
    );
  });

  it('shows how things are now, however new that is', () => {
    expect(stripBackground(stripParts([{ from: 99_999, to: 100_000 }], 0, 100_000, 99_999))).toBe(
      'linear-gradient(90deg, var(--line) 0.00% 97.50%, var(--ok) 97.50% 100.00%)',
    );
  });

  it('has words for it', () => {
    const words = (spans: { from: number; to: number }[], firstSeenAt = -1) =>
      describeStrip(stripParts(spans, 0, 100_000, firstSeenAt));
    expect(words([{ from: 0, to: 100_000 }])).toBe('Connected all of today');
    expect(words([])).toBe('Not connected today');
    expect(words([], 200_000)).toBe('No information about today');
    expect(words([{ from: 0, to: 99_990 }])).toBe('Connected 99 % of today, away once, 10 ms in total');
  });
});
