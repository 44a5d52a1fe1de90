import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRecord } from '@shared/protocol/parse';
import { flatten } from './flatten';

describe('flattening the JSON of devices', () => {
  it('joins nested names with dots and keeps booleans', () => {
    const flat = flatten({ temp: 21.5, door: { open: true } }, 100);
    expect({ ...flat.values }).toEqual({ temp: 21.5, 'door.open': true });
    expect(flat.problem).toBeNull();
  });

  it('tells items of a list apart by a label of their own, else by their index, never by a name', () => {
    const flat = flatten(
      {
        cells: [3.1, 3.2],
        probes: [
          { id: '28-ff', temp: 1 },
          { name: 'roof', temp: 2 },
        ],
        grid: [[1, 2]],
      },
      100,
    );
    expect({ ...flat.values }).toEqual({
      'cells{index=0}': 3.1,
      'cells{index=1}': 3.2,
      'probes.temp{id=28-ff}': 1,
      'probes.temp{name=roof}': 2,
      'grid{index=0,index2=0}': 1,
      'grid{index=0,index2=1}': 2,
    });
  });

  it('reads texts that are numbers, and keeps the others as states', () => {
    const flat = flatten({ temp: '21.5', hum: 'nan', door: 'open', empty: ' ', port: { state: 'up' } }, 10);
    expect({ ...flat.values }).toEqual({ temp: 21.5, hum: null });
    expect({ ...flat.states }).toEqual({ door: 'open', 'port.state': 'up' });
  });

  it.each([
    ['21,5', 21.5],
    ['-0,125', -0.125],
    ['1234,567', 1234.567],
    ['1.234,5', 1234.5],
    ['-1.234.567,25', -1234567.25],
    ['1,234.5', 1234.5],
    ['1 234,5', 1234.5],
    ['1\u202f234,567', 1234.567],
    ["1'234.50", 1234.5],
    [' 7,25 ', 7.25],
  ])('reads "%s" as other countries write it, and says that it is a guess', (text, value) => {
    const { values, states, guessed, ambiguous } = flatten({ power: text }, 10);
    expect({ ...values }).toEqual({ power: value });
    expect({ ...states }).toEqual({});
    expect(guessed).toEqual({ name: 'power', token: text.trim(), value });
    expect(ambiguous).toBeNull();
  });

  it.each(['1,234', '-12,345', '100,200,300'])(
    'keeps "%s" as a text, and says that it may be several',
    (text) => {
      const flat = flatten({ power: text }, 10);
      expect({ ...flat.values }).toEqual({});
      expect({ ...flat.states }).toEqual({ power: text });
      expect(flat.ambiguous).toEqual({ name: 'power', token: text, value: null });
    },
  );

  it.each(['00,5', '1,2,3', '1.2.3', '10.100.200', '12345678901234,567', '52,13;9,9', '5,', ',5', '1,5 kW'])(
    'keeps "%s" as a text that is no number',
    (text) => {
      const flat = flatten({ v: text }, 10);
      expect({ ...flat.states }).toEqual({ v: text });
      expect([flat.guessed, flat.ambiguous]).toEqual([null, null]);
    },
  );

  it('says what is too deep and what is too much, and keeps what came before', () => {
    const deep = JSON.parse(`{"ok":1,"x":${'{"a":'.repeat(20)}1${'}'.repeat(20)}}`) as Record<
      string,
      unknown
    >;
    expect(flatten(deep, 10)).toMatchObject({ values: { ok: 1 }, problem: { code: 'TOO_DEEP' } });
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, i]));
    const flat = flatten(many, 10);
    expect(flat.problem?.code).toBe('TOO_MANY_VALUES');
    expect(Object.keys(flat.values)).toHaveLength(10);
  });

  it('finds only finite numbers, booleans and nulls, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const json: unknown = JSON.parse(text);
        if (!isRecord(json)) return;
        for (const value of Object.values(flatten(json, 1_000).values)) {
          expect(value === null || typeof value === 'boolean' || Number.isFinite(value)).toBe(true);
        }
      }),
    );
  });

  it('is not fooled by names such as __proto__', () => {
    const json = JSON.parse('{"__proto__":{"polluted":1},"constructor":2}') as Record<string, unknown>;
    expect({ ...flatten(json, 10).values }).toEqual({ '__proto__.polluted': 1, constructor: 2 });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
