import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { createWriter } from '../ingest/row-writer';
import { RingMemory } from './ring-memory';
import { seriesIdentity, type Series } from './series';
import { SeriesIndex } from './series-index';
import { SeriesTable } from './series-table';

const HOUR = 60 * 60_000;

function start(limits: Partial<typeof DEFAULT_LIMITS> = {}) {
  let now = 1_800_000_000_000;
  const memory = new RingMemory(1 << 20);
  const all = { ...DEFAULT_LIMITS, seriesPerDevice: 3, restingSeriesPerDevice: 2, ...limits };
  const table = new SeriesTable(all, memory, undefined, undefined, () => now);
  const declare = (name: string, device = 'd') => table.declare(device, { name });
  return {
    table,
    declare,
    pass: (ms: number) => void (now += ms),
    hear(...names: string[]): Series[] {
      return names.map((name) => {
        const declared = declare(name);
        if (!declared.ok) throw new Error(declared.error.message);
        const { series } = declared.value;
        createWriter(table, 'd', [series])(now, Float64Array.of(1), 0, 1, 'live');
        return series;
      });
    },
  };
}

describe('a device with as many series as it may have', () => {
  it('has no room for another while all are heard', () => {
    const { declare, hear, pass } = start();
    hear('a', 'b', 'c');
    pass(HOUR / 2);
    expect(declare('d')).toMatchObject({ ok: false, error: { code: 'TOO_MANY_SERIES' } });
  });

  it('gives the room of the longest silent, whose past stays readable', () => {
    const { table, declare, hear, pass } = start();
    const [a] = hear('a', 'b', 'c');
    pass(2 * HOUR);
    hear('b', 'c');
    expect(declare('d').ok).toBe(true);
    expect(declare('e')).toMatchObject({ ok: false, error: { code: 'TOO_MANY_SERIES' } });
    expect(table.find('d', 'a')).toBe(a);
    expect(table.ofDevice('d')).toHaveLength(4);
  });

  it('takes back a series that rested, as the one it was', () => {
    const { declare, hear, pass } = start();
    const [a] = hear('a', 'b', 'c');
    pass(2 * HOUR);
    hear('b', 'c');
    declare('d');
    pass(2 * HOUR);
    hear('b', 'c');
    const back = declare('a');
    expect(back.ok && back.value.series).toBe(a);
    expect(declare('e')).toMatchObject({ ok: false });
  });

  it('looks again once something may have been silent for long', () => {
    const { declare, hear, pass } = start();
    hear('a', 'b', 'c');
    pass(HOUR / 2);
    expect(declare('d').ok).toBe(false);
    pass(HOUR / 2);
    expect(declare('d').ok).toBe(true);
  });

  it('keeps a bounded number of them, whatever comes and goes', () => {
    const { table, declare, pass } = start();
    const index = new SeriesIndex(table);
    for (let round = 0; round < 40; round++) {
      expect(declare(`bridge${round}`).ok).toBe(true);
      pass(HOUR);
    }
    expect(table.countOf('d')).toBe(5);
    expect(table.size).toBe(5);
    expect(index.keys.size).toBe(5);
    table.forgetDevice('d');
    for (let i = 0; i < 3; i++) expect(declare(`n${i}`).ok).toBe(true);
  });

  it('does not take more in one message than it may', () => {
    const { declare } = start();
    const results = Array.from({ length: 10 }, (_, i) => declare(`m${i}`).ok);
    expect(results.filter(Boolean)).toHaveLength(3);
  });

  it('makes room in a full hub as well', () => {
    const { declare, pass } = start({ seriesPerDevice: 100, seriesTotal: 3 });
    for (const name of ['a', 'b', 'c']) declare(name);
    expect(declare('d')).toMatchObject({ error: { code: 'HUB_FULL' } });
    pass(HOUR);
    expect(declare('d').ok).toBe(true);
    expect(declare('x', 'other')).toMatchObject({ error: { code: 'HUB_FULL' } });
  });
});

describe('a hub whose clock is set', () => {
  it('has what was heard just before for heard, and what was long silent for silent', () => {
    for (const stepMs of [-10 * HOUR, 10 * HOUR]) {
      const { table, declare, pass } = start();
      for (const name of ['a', 'b', 'c']) declare(name);
      const set = (): void => {
        pass(stepMs);
        table.clockSet(stepMs);
      };
      pass(HOUR / 2);
      set();
      expect(declare('d')).toMatchObject({ ok: false, error: { code: 'TOO_MANY_SERIES' } });
      pass(HOUR / 2);
      expect(declare('d').ok).toBe(true);
    }
  });
});

describe('a hub that starts again', () => {
  it('has room for what is new, and every series where it left it', () => {
    const before = start();
    before.hear('a', 'b', 'c');
    const { table, declare, hear } = start();
    const stored = before.table.ofDevice('d').map(seriesIdentity);
    table.restore(stored, new Map());
    expect(declare('temp').ok).toBe(true);
    hear('a', 'b');
    expect(declare('c')).toMatchObject({ ok: false, error: { code: 'TOO_MANY_SERIES' } });
    expect(table.ofDevice('d').map(({ key }) => key)).toEqual(['a', 'b', 'c', 'temp']);
    expect(table.find('d', 'c')?.id).toBe(before.table.find('d', 'c')?.id);
  });

  it('keeps the series made last where there were more than it may have', () => {
    const before = start({ seriesPerDevice: 20 });
    for (let i = 0; i < 12; i++) before.declare(`m${i}`);
    const stored = before.table.ofDevice('d').map(seriesIdentity);
    const { table } = start();
    table.restore(stored, new Map());
    expect(table.ofDevice('d').map(({ key }) => key)).toEqual(['m7', 'm8', 'm9', 'm10', 'm11']);
  });
});
