import { describe, expect, it } from 'vitest';
import { rankMatches, scoreMatch } from './fuzzy';

const rank = (items: string[], typed: string) => rankMatches(items, (item) => item, typed, 10);

describe('fuzzy matching', () => {
  it('finds letters in order and nothing else', () => {
    expect(scoreMatch('print-server', 'ptsv')).not.toBeNull();
    expect(scoreMatch('print-server', 'vs')).toBeNull();
  });

  it('prefers whole words over scattered letters', () => {
    expect(rank(['go to settings, navigate as before', 'nas', 'my-nas'], 'nas')).toEqual([
      'nas',
      'my-nas',
      'go to settings, navigate as before',
    ]);
  });

  it('keeps everything in order while nothing is typed', () => {
    expect(rank(['b', 'a', 'c'], '  ')).toEqual(['b', 'a', 'c']);
  });

  it('stops at the limit', () => {
    expect(rankMatches(['a1', 'a2', 'a3'], (item) => item, 'a', 2)).toHaveLength(2);
  });
});
