import { describe, expect, it } from 'vitest';
import { codeContext, codeOf } from './verification-code';

describe('the digits to compare', () => {
  it('are the first 64 bits, big-endian, modulo a million, with leading zeros', () => {
    expect(codeOf(Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 7, 255]))).toBe('000007');
    expect(codeOf(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe('306183');
    expect(codeOf(Uint8Array.of(9, 0, 0, 0, 0, 0, 15, 66, 65).subarray(1))).toBe('000001');
  });

  it('belong to one device and one pair of nonces', () => {
    expect(codeContext('nas', null)).toBe('nas');
    expect(codeContext('nas', { hub: 'h', agent: 'a' })).toBe('nas\nh\na');
  });
});
