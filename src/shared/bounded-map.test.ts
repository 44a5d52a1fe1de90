import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedMap } from './bounded-map';

describe('a bounded map', () => {
  it('forgets the entry that was written longest ago', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    map.set('c', 4);
    expect([...map]).toEqual([
      ['a', 3],
      ['c', 4],
    ]);
  });

  it('keeps nothing when it may hold nothing', () => {
    const map = new BoundedMap<string, number>(0);
    map.set('a', 1);
    map.set('a', 2);
    expect(map.size).toBe(0);
  });

  it('does what a plain map does that is searched for its first key', () => {
    const key = fc.integer({ min: 0, max: 12 });
    const step = fc.oneof(
      fc.record({ do: fc.constant('set' as const), key, value: fc.nat() }),
      fc.record({ do: fc.constant('delete' as const), key }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), fc.array(step, { maxLength: 200 }), (most, steps) => {
        const map = new BoundedMap<number, number>(most);
        const plain = new Map<number, number>();
        for (const one of steps) {
          if (one.do === 'delete') {
            expect(map.delete(one.key)).toBe(plain.delete(one.key));
          } else {
            map.set(one.key, one.value);
            plain.delete(one.key);
            plain.set(one.key, one.value);
            for (const first of plain.keys()) {
              if (plain.size > most) plain.delete(first);
            }
          }
          expect([...map]).toEqual([...plain]);
          expect([...map.values()]).toEqual([...plain.values()]);
          expect(map.get(one.key)).toBe(plain.get(one.key));
          expect(map.size).toBe(plain.size);
        }
      }),
    );
  });
});
