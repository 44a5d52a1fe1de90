import type { Fault } from '@shared/errors';
import { parseSeriesKey } from '@shared/protocol/series-key';
import type { SeriesTable } from '../series/series-table';
import type { Series } from '../series/series';
import { createWriter, type Reach, type RowWriter } from './row-writer';

/** The most key sets remembered per connection; beyond it the least recently used is dropped. */
const MAX_KEY_SETS = 16;

interface KeySet {
  keys: readonly string[];
  cells: Float64Array;
  write: RowWriter;
}

export interface ValuesOutcome {
  /** Whether series were added or changed. */
  changed: boolean;
  refused: Fault[];
}

const NOTHING_NEW: ValuesOutcome = { changed: false, refused: [] };

/**
 * Stores `{key: value}` objects. Devices send the same keys in the same order again and again, so a key set is resolved
 * to series once. After that it is recognised by comparing strings that V8 has interned.
 */
export class ValuesIngest {
  readonly #table: SeriesTable;
  readonly #device: string;
  readonly #sets: KeySet[] = [];

  constructor(table: SeriesTable, device: string) {
    this.#table = table;
    this.#device = device;
  }

  store(
    time: number,
    values: Readonly<Record<string, number | boolean | null>>,
    reach: Reach = 'live',
  ): ValuesOutcome {
    for (const set of this.#sets) {
      if (fill(set, values)) {
        set.write(time, set.cells, 0, set.cells.length, reach);
        return NOTHING_NEW;
      }
    }
    const { set, outcome } = this.#resolve(Object.keys(values));
    fill(set, values);
    set.write(time, set.cells, 0, set.cells.length, reach);
    return outcome;
  }

  #resolve(keys: string[]): { set: KeySet; outcome: ValuesOutcome } {
    const slots: (Series | null)[] = [];
    const seen = new Set<number>();
    const refused: Fault[] = [];
    let changed = false;
    for (const key of keys) {
      const parsed = parseSeriesKey(key);
      const declared = parsed.ok ? this.#table.declare(this.#device, parsed.value) : parsed;
      if (!declared.ok) refused.push(declared.error);
      else if (!seen.has(declared.value.series.id)) {
        seen.add(declared.value.series.id);
        changed ||= declared.value.changed;
        slots.push(declared.value.series);
        continue;
      }
      slots.push(null);
    }
    const set: KeySet = {
      keys,
      cells: new Float64Array(keys.length),
      write: createWriter(this.#table, this.#device, slots),
    };
    this.#sets.unshift(set);
    if (this.#sets.length > MAX_KEY_SETS) this.#sets.pop();
    return { set, outcome: { changed, refused } };
  }
}

function fill(set: KeySet, values: Readonly<Record<string, number | boolean | null>>): boolean {
  const { keys, cells } = set;
  let i = 0;
  for (const key in values) {
    if (keys[i] !== key) return false;
    const cell = values[key];
    cells[i++] = typeof cell === 'number' ? cell : cell === true ? 1 : cell === false ? 0 : Number.NaN;
  }
  return i === keys.length;
}
