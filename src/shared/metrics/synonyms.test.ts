import { describe, expect, it } from 'vitest';
import { joinPhrases, wordsFor } from './synonyms';

describe('what people call a metric', () => {
  it('is found under the names that metrics have', () => {
    expect(wordsFor('bandwidth')).toContain('network.io');
    expect(wordsFor('ram')).toEqual(['ram', 'memory', 'mem.']);
    expect(wordsFor('gearbox')).toEqual(['gearbox']);
    expect(wordsFor('constructor')).toEqual(['constructor']);
  });

  it('may be a phrase, which stays whole', () => {
    const words = joinPhrases('nas disk space').split(' ');
    expect(words).toHaveLength(2);
    expect(words.map(wordsFor)).toEqual([['nas'], expect.arrayContaining(['disk space', 'filesystem'])]);
  });
});
