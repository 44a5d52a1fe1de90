import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { dictionary } from './dictionary';

const labels = v.object({ labels: dictionary(v.string()) });

describe('an object with names from outside', () => {
  it('keeps every name, also those that a plain object already has', () => {
    const text = '{"labels":{"__proto__":"a","prototype":"b","constructor":"c","toString":"d","x":"e"}}';
    const { labels: read } = v.parse(labels, JSON.parse(text));
    expect(Object.entries(read)).toEqual([
      ['__proto__', 'a'],
      ['prototype', 'b'],
      ['constructor', 'c'],
      ['toString', 'd'],
      ['x', 'e'],
    ]);
    expect(JSON.parse(JSON.stringify({ labels: read }))).toEqual(JSON.parse(text));
    expect(Object.entries(structuredClone(read))).toEqual(Object.entries(read));
  });

  it('has no name that was not sent', () => {
    const { labels: read } = v.parse(labels, { labels: {} });
    for (const name of ['constructor', '__proto__', 'toString']) expect(read[name]).toBeUndefined();
  });

  it('names the value that is wrong', () => {
    const parsed = v.safeParse(labels, JSON.parse('{"labels":{"__proto__":1}}'));
    expect(parsed.issues?.map((issue) => v.getDotPath(issue))).toEqual(['labels.__proto__']);
    const named = v.safeParse(dictionary(v.string(), v.pipe(v.string(), v.minLength(1))), { '': 'x' });
    expect(named.success).toBe(false);
  });

  it('is an object and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(fc.string()), fc.string(), fc.integer(), fc.constant(null)), (value) => {
        expect(v.safeParse(dictionary(v.string()), value).success).toBe(false);
      }),
    );
  });
});
