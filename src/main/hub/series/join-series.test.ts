import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { seriesOf } from '../store-contract/testing/batches';
import { RingMemory } from './ring-memory';
import { SeriesTable } from './series-table';

function start(...names: string[]) {
  const table = new SeriesTable(DEFAULT_LIMITS, new RingMemory(1 << 20));
  const ids = names.map((name) => {
    const declared = table.declare('d', { name });
    if (!declared.ok) throw new Error(declared.error.message);
    return declared.value.series.id;
  });
  return { table, ids };
}

const stored = (id: number, key: string, device = 'd') => seriesOf(device, id, 'gauge', key);

describe('a history that opens after the hub has met series', () => {
  it('that are the same in both needs no other ids', () => {
    const { table } = start('a', 'b');
    expect(table.join([stored(1, 'a'), stored(2, 'b')], new Map())).toEqual(new Map());
    expect(table.size).toBe(2);
  });

  it('keeps the ids of the hub, and says which the file has for them', () => {
    const { table, ids } = start('a', 'b');
    expect(table.join([stored(7, 'a'), stored(9, 'b')], new Map([['d', 5_000]]))).toEqual(
      new Map([
        [ids[0], 7],
        [ids[1], 9],
      ]),
    );
    expect(table.find('d', 'a')).toMatchObject({ id: ids[0], missingUntil: 5_000 });
  });

  it('gives a stored series another id in the hub where its own is taken, and a new one another in the file', () => {
    const { table, ids } = start('new');
    const [id = 0] = ids;
    const differing = table.join([stored(id, 'old'), stored(2, 'other', 'e')], new Map());
    const old = table.find('d', 'old');
    expect(table.find('d', 'new')?.id).toBe(id);
    expect(differing.get(old?.id ?? 0)).toBe(id);
    const inFile = differing.get(id) ?? 0;
    expect([id, 2, old?.id]).not.toContain(inFile);
    expect(differing.size).toBe(2);
    // New series get ids that are unused, both here and in the file.
    const declared = table.declare('d', { name: 'later' });
    const later = declared.ok ? declared.value.series.id : 0;
    expect([id, 2, old?.id, inFile]).not.toContain(later);
  });
});
