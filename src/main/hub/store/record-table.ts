import type { DatabaseSync } from 'node:sqlite';
import {
  checksumOf,
  RECORD_KINDS,
  type DamagedRecord,
  type KeptRecord,
  type RecordKind,
} from '../store-contract/records';
import { isDamage } from './sqlite-errors';
import { durably } from './transactions';

const TABLES: Readonly<Record<RecordKind, string>> = { device: 'known_devices', 'token-use': 'token_uses' };
/** What says that something was removed is kept this long, so that no older copy brings it back. */
const KEEP_REMOVED_MS = 90 * 86_400_000;

export interface LoadedRecords {
  records: KeptRecord[];
  damagedRecords: DamagedRecord[];
}

/** The tables of what the hub keeps besides history: a row for each record, each with its own checksum. */
export class RecordTable {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** All whole records; of the others, their names. A page that cannot be read takes only its table's rest with it. */
  load(): LoadedRecords {
    const loaded: LoadedRecords = { records: [], damagedRecords: [] };
    for (const kind of RECORD_KINDS) {
      try {
        this.#loadKind(kind, loaded);
      } catch (error) {
        if (!isDamage(error)) throw error;
        loaded.damagedRecords.push({ kind, id: '' });
      }
    }
    return loaded;
  }

  /** Call within a transaction. An older version does not replace a newer one. */
  put(record: KeptRecord): void {
    const { kind, id, rev, body } = record;
    this.#db
      .prepare(
        `INSERT INTO ${TABLES[kind]} VALUES (?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET rev = excluded.rev, body = excluded.body, sum = excluded.sum
         WHERE excluded.rev >= rev`,
      )
      .run(id, rev, body, checksumOf(record));
  }

  /** Moves damaged rows out of the way, with all they contain, and drops what was removed long ago. */
  tidy(damaged: readonly DamagedRecord[], now: number): void {
    durably(this.#db, () => {
      for (const { kind, id } of damaged) {
        const table = TABLES[kind];
        this.#db
          .prepare(`INSERT INTO damaged_records SELECT ?, id, rev, body, sum, ? FROM ${table} WHERE id = ?`)
          .run(kind, now, id);
        this.#db.prepare(`DELETE FROM ${table} WHERE id = ?`).run(id);
      }
      for (const kind of RECORD_KINDS) {
        this.#db
          .prepare(`DELETE FROM ${TABLES[kind]} WHERE body IS NULL AND rev < ?`)
          .run(now - KEEP_REMOVED_MS);
      }
    });
  }

  #loadKind(kind: RecordKind, { records, damagedRecords }: LoadedRecords): void {
    const table = TABLES[kind];
    const exists = this.#db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table);
    // A file that can only be read may be of an earlier version.
    if (!exists) return;
    for (const { id, rev, body, sum } of this.#db.prepare(`SELECT * FROM ${table}`).iterate()) {
      const record = {
        kind,
        id: String(id),
        rev: Number(rev),
        body: typeof body === 'string' ? body : null,
      };
      if (sum === checksumOf(record)) records.push(record);
      else damagedRecords.push({ kind, id: record.id });
    }
  }
}
