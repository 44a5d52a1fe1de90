import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { recordPlace } from './checksums';
import { encodeBlock, type Block } from './codec/block';
import type { Catalog } from './catalog';
import type { DeviceState, JournalRecord } from './device-state';
import { COMPACT_AT_RECORDS } from './device-state';
import { mergeBlocks } from './merge-blocks';
import { unpaused, type Pausing } from './pauses';
import { blocksIn, cutBlock, roomFor } from './row-blocks';
import { JournalReader, readSource, type OnDamage } from './sources';
import { damageError } from './sqlite-errors';
import type { RowBatch } from '../store-contract/store-contract';

/** Smaller records are combined with others; combining larger ones gains nothing. */
const COMPACT_AT_CELLS = 1_024;
/** Combined records stay for a while and are worth compressing; records of one commit only when they are large. */
const PACK_COMPACT_AT_CELLS = 256;
const PACK_AT_CELLS = 65_536;
const LIGHT_LEVEL = 1;
/** 8 MB of memory that is reused: as garbage it would be most of what a burst leaves behind. */
const MAX_ROOM_VALUES = 1_024 * 1_024;
const CUT_AT_GAP_MS = 10 * 60_000;

/** A record that becomes valid once its transaction is committed. */
export interface Appended {
  device: DeviceState;
  record: JournalRecord;
}

/**
 * Rows on disk that are not sealed yet, as one small block per device, key set and commit. The table is only appended
 * to and swept; the positions of each device's records are kept in memory.
 */
export class Journal {
  readonly #reader: JournalReader;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  /** The memory in which the blocks of a commit are built, one after another. */
  #room = new Float64Array(0);
  #nextId = 1;

  constructor(db: DatabaseSync) {
    this.#reader = new JournalReader(db);
    this.#insert = db.prepare('INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#delete = db.prepare('DELETE FROM journal WHERE id = ?');
  }

  /** Loads the positions of each device's records. */
  load(db: DatabaseSync, catalog: Catalog, now: number): void {
    const rows = db
      .prepare('SELECT id, device, from_t, to_t, rows, columns, sum FROM journal ORDER BY id')
      .iterate();
    for (const row of rows) {
      const id = Number(row['id']);
      this.#nextId = id + 1;
      const place = {
        id,
        device: Number(row['device']),
        from: Number(row['from_t']),
        to: Number(row['to_t']),
        rows: Number(row['rows']),
        columns: Number(row['columns']),
      };
      const sum = recordPlace(place);
      // Records of the version before have none.
      if (row['sum'] !== null && row['sum'] !== sum) throw damageError('the journal is damaged');
      catalog.byId(place.device)?.added(
        {
          id,
          from: place.from,
          to: place.to,
          rows: place.rows,
          cells: place.rows * place.columns,
          place: sum,
          isCompact: false,
        },
        now,
      );
    }
  }

  /** Writes rows within a transaction; the records become valid once it is committed, see `DeviceState.added`. */
  append(device: DeviceState, batch: RowBatch): Appended[] {
    return blocksIn(this.#roomOf(roomFor(batch)), batch).map((block) => ({
      device,
      record: this.#write(device, this.#nextId++, block, PACK_AT_CELLS),
    }));
  }

  #roomOf(values: number): Float64Array {
    if (values > MAX_ROOM_VALUES) return new Float64Array(values);
    if (values > this.#room.length) {
      this.#room = new Float64Array(Math.min(MAX_ROOM_VALUES, Math.max(values, 2 * this.#room.length)));
    }
    return this.#room;
  }

  /** The blocks of records, in their order. Pauses. */
  *read(records: readonly JournalRecord[], onDamage: OnDamage): Pausing<Block[]> {
    const blocks: Block[] = [];
    for (const record of records) {
      const block = readSource(this.#reader.source(record), null, onDamage);
      if (block) blocks.push(block);
      yield;
    }
    return blocks;
  }

  /**
   * Replaces the first `count` records of a device by the rows that are left of them, within a transaction. The
   * removed ids are reused, so that the remaining rows stay older than the records after them. Returns what to pass
   * to `DeviceState.replaced`.
   */
  replace(device: DeviceState, count: number, left: Block | null): JournalRecord[] {
    const gone = device.journal.slice(0, count);
    for (const { id } of gone) this.#delete.run(id);
    if (!left || left.t.length === 0) return [];
    const parts = cutBlock(left, Number.POSITIVE_INFINITY, CUT_AT_GAP_MS);
    const ids = gone.map(({ id }) => id).slice(-parts.length);
    // There are more parts than records, so the rest would need ids that are not free.
    const fitting =
      parts.length <= ids.length ? parts : [...parts.slice(0, ids.length - 1), rest(parts, ids.length - 1)];
    return fitting.map((part, i) => this.#rewrite(device, ids[i], part));
  }

  /** Combines many small records of a device into one, within a transaction; null when there is nothing to gain. */
  compact(device: DeviceState, onDamage: OnDamage): { from: number; by: JournalRecord[] } | null {
    const loose = device.looseRecords;
    if (loose < COMPACT_AT_RECORDS) return null;
    const from = device.journal.length - loose;
    const records = device.journal.slice(from);
    const parts = cutBlock(
      mergeBlocks(unpaused(this.read(records, onDamage))),
      Number.POSITIVE_INFINITY,
      CUT_AT_GAP_MS,
    );
    if (parts.length >= records.length) return null;
    for (const { id } of records) this.#delete.run(id);
    const ids = records.slice(0, parts.length).map(({ id }) => id);
    return { from, by: parts.map((part, i) => this.#rewrite(device, ids[i], part)) };
  }

  #rewrite(device: DeviceState, id: number | undefined, block: Block): JournalRecord {
    return { ...this.#write(device, id ?? this.#nextId++, block, PACK_COMPACT_AT_CELLS), isCompact: true };
  }

  #write(device: DeviceState, id: number, block: Block, packAtCells: number): JournalRecord {
    const rows = block.t.length;
    const cells = rows * block.columns.length;
    const from = block.t[0] ?? 0;
    const to = block.t[rows - 1] ?? 0;
    const columns = block.columns.length;
    const place = recordPlace({ id, device: device.id, from, to, rows, columns });
    const { bytes, samples } = encodeBlock(block, cells >= packAtCells ? LIGHT_LEVEL : 0, place);
    this.#insert.run(id, device.id, from, to, rows, samples, columns, bytes, place);
    return { id, from, to, rows, cells, place, isCompact: cells >= COMPACT_AT_CELLS };
  }
}

function rest(parts: readonly Block[], from: number): Block {
  return mergeBlocks(parts.slice(from));
}
