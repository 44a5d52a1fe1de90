import { describe, expect, it } from 'vitest';
import { Drops } from './drops';

const HOUR = 60 * 60_000;

describe('the lost connections of a device', () => {
  it('are none at first', () => {
    expect(new Drops().summary).toBeNull();
  });

  it('are counted by their causes, the most frequent first', () => {
    const drops = new Drops();
    drops.add('Connection reset.', 1_000);
    drops.add('No answer.', 2_000);
    drops.add('No answer.', 3_000);
    expect(drops.summary).toEqual({
      count: 3,
      causes: [
        { text: 'No answer.', count: 2 },
        { text: 'Connection reset.', count: 1 },
      ],
    });
  });

  it('are forgotten after an hour', () => {
    const drops = new Drops();
    drops.add('No answer.', 0);
    drops.add('No answer.', 60_000);
    expect(drops.forgetOld(HOUR - 1)).toBe(false);
    expect(drops.forgetOld(HOUR)).toBe(true);
    expect(drops.summary?.count).toBe(1);
    expect(drops.forgetOld(HOUR + 60_000)).toBe(true);
    expect(drops.summary).toBeNull();
  });

  it('stay few, however often and for however many causes a device drops', () => {
    const drops = new Drops();
    for (let i = 0; i < 10_000; i++) drops.add(`Cause ${i}.`, i);
    expect(drops.summary?.count).toBe(256);
    expect(drops.summary?.causes).toHaveLength(4);
    expect(drops.summary?.causes.at(-1)).toEqual({ text: 'Other causes.', count: 253 });
  });
});
