import { describe, expect, it } from 'vitest';
import { parseTags } from './tags';

describe('typed tags', () => {
  it('are apart by commas, spaces or both', () => {
    expect(parseTags('lab, attic  roof,')).toEqual(['lab', 'attic', 'roof']);
  });

  it('count once, with or without a hash', () => {
    expect(parseTags('#lab lab')).toEqual(['lab']);
  });

  it('stay within what the hub takes', () => {
    expect(parseTags(Array.from({ length: 40 }, (_, i) => `t${i}`).join(' '))).toHaveLength(32);
    expect(parseTags('x'.repeat(100))[0]).toHaveLength(64);
  });
});
