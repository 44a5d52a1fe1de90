import { describe, expect, it } from 'vitest';
import { catchingUp } from './catching-up';

describe('catching up', () => {
  it('is told in whole per cent', () => {
    expect(catchingUp({ remaining: 580, total: 1_000 })).toBe(42);
  });

  it('is never said to be done before it is', () => {
    expect(catchingUp({ remaining: 1, total: 100_000 })).toBe(99);
    expect(catchingUp({ remaining: 0, total: 100_000 })).toBeNull();
    expect(catchingUp(null)).toBeNull();
  });

  it('begins anew when more was kept than was said', () => {
    expect(catchingUp({ remaining: 2_000, total: 1_000 })).toBe(0);
  });
});
