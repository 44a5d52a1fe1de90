import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import type { Series } from '../series/series';
import { SeriesTable } from '../series/series-table';
import { createWriter } from '../ingest/row-writer';
import { readSeries, ringCovers } from './read-series';
import { RingMemory } from '../series/ring-memory';

const PAGE_ROWS = 8;

function setup() {
  const memory = new RingMemory(1_000_000);
  const table = new SeriesTable(DEFAULT_LIMITS, memory);
  const declare = (name: string): Series => {
    const declared = table.declare('nas', { name });
    if (!declared.ok) throw new Error(declared.error.message);
    return declared.value.series;
  };
  const fill = (together: Series[], from: number, to: number): void => {
    for (let time = from; time < to; time++) {
      table
        .sheetFor('nas', together)
        ?.append(time, new Float64Array(together.length).fill(1), 0, together.length);
    }
  };
  return { memory, table, declare, fill };
}

describe('what the rings hold of a series', () => {
  it('is all of it while nothing was let go, and nothing where nothing came', () => {
    const { declare, fill } = setup();
    const load = declare('load');
    expect(ringCovers([load], 100)).toBe(true);
    fill([load], 50, 200);
    expect(ringCovers([load], 49)).toBe(true);
  });

  it('reaches no further back than the newest row of the sheet that was let go, whatever other sheets hold', () => {
    const { memory, declare, fill } = setup();
    const load = declare('load');
    fill([load], 0, PAGE_ROWS);
    fill([load, declare('more')], 100, 300);
    expect(ringCovers([load], 50)).toBe(true);
    memory.dropOlderThan(250);
    expect(load.places[0]?.sheet.pages[0]?.t[0]).toBe(0);
    expect(ringCovers([load], 50)).toBe(false);
    expect(ringCovers([load], 260)).toBe(true);
  });

  it('does not begin with an early row that came late, when later ones were let go', () => {
    const { memory, declare, fill } = setup();
    const load = declare('load');
    fill([load], 100, 100 + PAGE_ROWS);
    fill([load], 20, 21);
    fill([load], 200, 400);
    memory.dropOlderThan(150);
    expect(load.places[0]?.sheet.pages[0]?.t[0]).toBe(20);
    expect(ringCovers([load], 50)).toBe(false);
    expect(ringCovers([load], 150)).toBe(true);
  });

  it('leaves out what only history has: what was there at the start, and rows too old for rings', () => {
    const { table, declare, fill } = setup();
    const load = declare('load');
    const stored = { ...load, device: 'pi', id: 900 };
    table.restore([stored], new Map([['pi', 500]]));
    const [restored] = table.ofDevice('pi');
    if (!restored) throw new Error('It was not restored.');
    fill([restored], 300, 301);
    fill([restored], 501, 510);
    expect(ringCovers([restored], 400)).toBe(false);
    expect(ringCovers([restored], 501)).toBe(true);
    fill([load], 0, 10);
    createWriter(table, 'nas', [load])(5, Float64Array.of(1), 0, 1, false);
    expect(ringCovers([load], 5)).toBe(false);
    expect(ringCovers([load], 6)).toBe(true);
  });

  it('has a reading of a counter before, to make the first rate from', () => {
    const { memory, declare, fill } = setup();
    const bytes = declare('bytes');
    bytes.kind = 'counter';
    fill([bytes], 0, 200);
    memory.dropOlderThan(100);
    const held = bytes.places[0]?.sheet.pages[0]?.t[0] ?? Number.NaN;
    expect(ringCovers([bytes], held)).toBe(false);
    expect(ringCovers([bytes], held + 1)).toBe(true);
  });
});

it('a null at the same time as a value takes it from neither memory nor disk', () => {
  const { table, declare } = setup();
  const load = declare('load');
  const write = createWriter(table, 'nas', [load]);
  write(5, Float64Array.of(1), 0, 1, true);
  write(5, Float64Array.of(Number.NaN), 0, 1, true);
  write(7, Float64Array.of(Number.NaN), 0, 1, true);
  write(7, Float64Array.of(3), 0, 1, true);
  expect(readSeries(load, 0, 10, false)).toEqual({ t: Float64Array.of(5, 7), v: Float64Array.of(1, 3) });
});
