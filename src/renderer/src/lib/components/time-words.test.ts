import { describe, expect, it } from 'vitest';
import { describeDay, describeMoment, describeRoundTrip } from './time-words';

describe('a moment in words', () => {
  const afternoon = new Date(2026, 10, 26, 14, 33, 19).getTime();

  it('is on the clock that charts and lists use', () => {
    expect(describeMoment(afternoon)).toMatch(/14:33:19$/);
  });

  it('is the day alone where the time of day says nothing', () => {
    expect(describeDay(afternoon)).not.toMatch(/:/);
  });
});

describe('a round trip in words', () => {
  it('has a decimal only where it says something', () => {
    expect(describeRoundTrip(0.42)).toBe('0.4 ms');
    expect(describeRoundTrip(12.4)).toBe('12 ms');
    expect(describeRoundTrip(1_240)).toBe('1.2 s');
  });

  it('is a dash while unknown', () => {
    expect(describeRoundTrip(null)).toBe('—');
  });
});
