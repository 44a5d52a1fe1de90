import { describe, expect, it } from 'vitest';
import { describeAgo, describeDuration, describeInterval, describeRoundTrip } from './time-words';

describe('words for time', () => {
  it('name a duration by its two largest units', () => {
    expect(describeDuration(12_400)).toBe('12 s');
    expect(describeDuration(4 * 60_000 + 59_999)).toBe('4 min');
    expect(describeDuration(3 * 3_600_000 + 20 * 60_000)).toBe('3 h 20 min');
    expect(describeDuration(2 * 86_400_000)).toBe('2 d');
  });

  it('never show a negative duration when clocks disagree', () => {
    expect(describeDuration(-5_000)).toBe('0 s');
    expect(describeAgo(-5_000)).toBe('just now');
  });

  it('name an age by its largest unit', () => {
    expect(describeAgo(1_500)).toBe('just now');
    expect(describeAgo(12_000)).toBe('12 s ago');
    expect(describeAgo(3 * 3_600_000 + 1)).toBe('3 h ago');
  });

  it('keep a decimal only where it says something', () => {
    expect(describeRoundTrip(0.42)).toBe('0.4 ms');
    expect(describeRoundTrip(12.4)).toBe('12 ms');
    expect(describeRoundTrip(1_240)).toBe('1.2 s');
    expect(describeRoundTrip(null)).toBe('—');
    expect(describeInterval(250)).toBe('250 ms');
    expect(describeInterval(5_000)).toBe('5 s');
  });
});
