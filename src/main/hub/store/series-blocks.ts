import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { rowSum, seriesBlockSum } from './checksums';
import { damageError } from './sqlite-errors';

/** A series' columns: `[id, device, key, unit, kind, title, min, max, guessed]`. */
export type SeriesRow = [
  id: number,
  device: number,
  key: string,
  unit: string,
  kind: number,
  title: string | null,
  min: number | null,
  max: number | null,
  guessed: number | null,
];

/**
 * Series with neighbouring ids come from the same device, so their names have much in common: packed together they take
 * about a tenth of the space. More of them in a block would make a new series dearer to add.
 */
const SERIES_PER_BLOCK = 128;
const TABLE = 'series_blocks';
/** The columns of the table that earlier versions had, without its checksum. */
export const SERIES_COLUMNS =
  'id INTEGER PRIMARY KEY, device INTEGER, key TEXT, unit TEXT, kind INTEGER, title TEXT, min REAL, max REAL, guessed INTEGER';
const SERIES_TABLES = [TABLE, `${TABLE}_copy`] as const;

interface Statements {
  get: StatementSync;
  put: StatementSync[];
  delete: StatementSync[];
}

/**
 * What is known of each series, in blocks of {@link SERIES_PER_BLOCK} ids: the rows as JSON, deflated. Samples without
 * names are worth nothing, so each block has a checksum and is kept twice.
 */
export class SeriesBlocks {
  readonly #db: DatabaseSync;
  #statements: Statements | null = null;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** All rows, by id. Throws damage. In a file of an earlier version, each row is one of a table. */
  *rows(): Generator<SeriesRow> {
    const isPacked = this.#db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(TABLE);
    if (!isPacked) {
      yield* unpackedRows(this.#db);
      return;
    }
    for (const row of this.#db.prepare(`SELECT * FROM ${TABLE} ORDER BY id`).iterate()) {
      yield* unpackBlock(row['id'], row['count'], row['block'], row['sum']) ?? damaged();
    }
  }

  /** Adds rows, and replaces those with the same ids. Call within a transaction. */
  put(rows: readonly SeriesRow[]): void {
    this.#change(
      rows,
      ([id]) => id,
      (block, row) => block.set(row[0], row),
    );
  }

  /** Call within a transaction. */
  remove(ids: readonly number[]): void {
    this.#change(
      ids,
      (id) => id,
      (block, id) => block.delete(id),
    );
  }

  /** Reads and writes each block once, however many of its series change. */
  #change<T>(
    changes: readonly T[],
    idOf: (change: T) => number,
    apply: (block: Map<number, SeriesRow>, change: T) => void,
  ): void {
    for (const [id, ofBlock] of Map.groupBy(changes, (change) =>
      Math.floor(idOf(change) / SERIES_PER_BLOCK),
    )) {
      const block = this.#read(id);
      for (const change of ofBlock) apply(block, change);
      this.#write(id, block);
    }
  }

  #read(id: number): Map<number, SeriesRow> {
    const row = this.#prepared.get.get(id);
    const rows = row ? (unpackBlock(row['id'], row['count'], row['block'], row['sum']) ?? damaged()) : [];
    return new Map(rows.map((one) => [one[0], one]));
  }

  #write(id: number, block: ReadonlyMap<number, SeriesRow>): void {
    if (block.size === 0) {
      for (const statement of this.#prepared.delete) statement.run(id);
      return;
    }
    const bytes = deflateRawSync(JSON.stringify([...block.values()].sort((a, b) => a[0] - b[0])));
    const sum = seriesBlockSum(id, block.size, bytes);
    for (const statement of this.#prepared.put) statement.run(id, block.size, bytes, sum);
  }

  /** Prepared when first needed: a file that is only read may be of an earlier version. */
  get #prepared(): Statements {
    return (this.#statements ??= {
      get: this.#db.prepare(`SELECT * FROM ${TABLE} WHERE id = ?`),
      put: SERIES_TABLES.map((name) =>
        this.#db.prepare(`INSERT OR REPLACE INTO ${name} VALUES (?, ?, ?, ?)`),
      ),
      delete: SERIES_TABLES.map((name) => this.#db.prepare(`DELETE FROM ${name} WHERE id = ?`)),
    });
  }
}

/** Packs those rows of the earlier versions' table that are in no block. Call within a transaction. */
export function packMissing(db: DatabaseSync): void {
  const blocks = new SeriesBlocks(db);
  const known = new Set([...blocks.rows()].map(([id]) => id));
  blocks.put([...unpackedRows(db)].filter(([id]) => !known.has(id)));
}

/** The rows of a block; null when its checksum does not match. */
function unpackBlock(id: unknown, count: unknown, block: unknown, sum: unknown): SeriesRow[] | null {
  if (!(block instanceof Uint8Array) || sum !== seriesBlockSum(Number(id), Number(count), block)) return null;
  return JSON.parse(inflateRawSync(block).toString()) as SeriesRow[];
}

/** The rows of the tables that the earlier versions had, one for each series. Throws damage. */
function* unpackedRows(db: DatabaseSync): Generator<SeriesRow> {
  for (const { sum, ...row } of db.prepare('SELECT * FROM series ORDER BY id').iterate()) {
    const values = Object.values(row);
    if (sum !== rowSum(...values)) damaged();
    yield values as SeriesRow;
  }
}

function damaged(): never {
  throw damageError('the list of series is damaged');
}

/** Packs the tables of earlier versions. Call within a transaction. */
export function packSeries(db: DatabaseSync): void {
  const rows = [...unpackedRows(db)];
  db.exec(`
    DROP TRIGGER series_added; DROP TRIGGER series_removed;
    DROP TABLE series; DROP TABLE series_copy;
    CREATE TABLE series_blocks (id INTEGER PRIMARY KEY, count INTEGER NOT NULL, block BLOB NOT NULL, sum INTEGER NOT NULL);
    CREATE TABLE series_blocks_copy (id INTEGER PRIMARY KEY, count INTEGER, block BLOB, sum INTEGER);
  `);
  new SeriesBlocks(db).put(rows);
}
