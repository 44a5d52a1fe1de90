import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import type { Series } from '../registry/series';
import { SeriesTable } from '../registry/series-table';
import { ringCovers } from './read-series';
import { RingMemory } from './ring-memory';

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
  return { memory, declare, fill };
}

describe('what the rings hold of a series', () => {
  it('is all of it as far back as they reach, and nothing where nothing came', () => {
    const { declare, fill } = setup();
    const load = declare('load');
    expect(ringCovers([load], 100)).toBe(false);
    fill([load], 50, 200);
    expect(ringCovers([load], 50)).toBe(true);
    expect(ringCovers([load], 49)).toBe(false);
  });

  it('reaches no further back than the sheet that has let rows go, whatever older sheets were left behind', () => {
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
});
