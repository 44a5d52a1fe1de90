import { describe, expect, it } from 'vitest';
import { describeRoundTrip } from './time-words';

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
