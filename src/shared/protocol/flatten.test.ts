import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRecord } from './parse';
import { flattenSimple } from './flatten';

describe('flattening the JSON of simple devices', () => {
  it('joins nested names with dots, numbers list items and keeps booleans', () => {
    const flat = flattenSimple({ temp: 21.5, door: { open: true }, cells: [3.1, 3.2], note: 'x' }, 100);
    expect(flat).toMatchObject({
      ok: true,
      value: { values: { temp: 21.5, 'door.open': true, 'cells.0': 3.1, 'cells.1': 3.2 }, id: null },
    });
  });

  it('takes identity and time from the top level, seconds and ms alike', () => {
    const inMs = flattenSimple({ id: 'a', name: 'Attic', ts: 1_763_800_000_000, t: 1 }, 10);
    expect(inMs).toMatchObject({ value: { id: 'a', name: 'Attic', time: 1_763_800_000_000 } });
    const inSeconds = flattenSimple({ device: 'b', time: 1_763_800_000, t: 1 }, 10);
    expect(inSeconds).toMatchObject({ value: { id: 'b', name: 'b', time: 1_763_800_000_000 } });
  });

  it('says what is too deep and what is too much', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(20)}1${'}'.repeat(20)}`) as Record<string, unknown>;
    expect(flattenSimple(deep, 10)).toMatchObject({ ok: false, error: { code: 'TOO_DEEP' } });
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, i]));
    expect(flattenSimple(many, 10)).toMatchObject({ ok: false, error: { code: 'TOO_MANY_VALUES' } });
  });

  it('finds every number and boolean of any JSON, and only finite ones', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const json: unknown = JSON.parse(text);
        if (!isRecord(json)) return;
        const flat = flattenSimple(json, 1_000);
        if (!flat.ok) return;
        for (const value of Object.values(flat.value.values)) {
          expect(typeof value === 'boolean' || Number.isFinite(value)).toBe(true);
        }
      }),
    );
  });

  it('is not fooled by names such as __proto__', () => {
    const json = JSON.parse('{"__proto__":{"polluted":1},"constructor":2}') as Record<string, unknown>;
    const flat = flattenSimple(json, 10);
    expect(flat.ok && { ...flat.value.values }).toEqual({ '__proto__.polluted': 1, constructor: 2 });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
