import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { chunkPlace, recordPlace, type ChunkPlace } from '../checksums';
import { DAMAGED_TIER_OFFSET } from '../chunk-table';
import { BlockReader, isIntact } from '../codec/block';
import { migrate } from '../migrations';
import { floorKey } from '../meta';
import { readMeta, writeMeta } from '../meta';
import { HOUR, HOUR_MS, MINUTE, RAW } from '../../store-contract/tiers';
import { chunkRowOf, journalRowOf, type ChunkRow, type JournalRow } from './chunk-rows';
import type { Loss, SalvageReport } from './report';
import { Pages, PAGE_SIZE } from './pages';
import { packMissing, SERIES_COLUMNS } from '../series-blocks';
import { SMALL_TABLES, SmallTableCopy } from './small-tables';
import { Trees, type FoundRow } from './trees';
import { sqlite } from '../sqlite';

/** Rows between two commits; without a journal a commit only writes what is in memory. */
const COMMIT_EVERY = 2_000;
const CHUNK_INDEX = 'chunks_by_time';
const INDEX_COLUMNS = 9;
/** Where the list of hours to roll up is damaged, all hours of so many days are rolled up again. */
const AGAIN_MS = 14 * 86_400_000;

/**
 * Copies everything that can be read of a damaged database and its log into a new file, which must not exist, and says
 * what cannot be read. It reads the pages themselves, so it does not need the file's trees to be whole. A chunk or a
 * journal record is copied if the checksum of its block is right. Changes nothing of the old file. Throws what SQLite
 * and the file system do, and leaves no new file then.
 */
export function salvageInto(damagedPath: string, freshPath: string): SalvageReport {
  rmSync(freshPath, { force: true });
  const pages = new Pages(damagedPath);
  try {
    closeSync(openSync(freshPath, 'ax', 0o600));
    const db = new (sqlite().DatabaseSync)(freshPath);
    try {
      db.exec(`PRAGMA page_size = ${PAGE_SIZE}; PRAGMA auto_vacuum = INCREMENTAL`);
      db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16000');
      migrate(db, 0);
      // A place for the rows of an earlier version's table, until they are packed.
      db.exec(`CREATE TEMP TABLE series (${SERIES_COLUMNS}, sum INTEGER)`);
      return new Salvage(pages, db).run();
    } finally {
      db.close();
    }
  } catch (error) {
    rmSync(freshPath, { force: true });
    throw error;
  } finally {
    pages.close();
    flush(freshPath);
  }
}

function flush(path: string): void {
  try {
    const file = openSync(path, 'r+');
    fsyncSync(file);
    closeSync(file);
  } catch {
    // There is no file then, or a disk without this.
  }
}

interface Listed extends ChunkPlace {
  rows: number;
  cells: number;
  samples: number;
}

class Salvage {
  readonly #pages: Pages;
  readonly #db: DatabaseSync;
  readonly #trees: Trees;
  readonly #small: SmallTableCopy;
  readonly #listed = new Map<number, Listed>();
  readonly #found = new Map<number, string>();
  /** Rows of chunks whose block is damaged, or that are in the wrong place. */
  readonly #failed = new Map<number, { row: ChunkRow; found: FoundRow }>();
  readonly #records = new Set<number>();
  readonly #failedRecords = new Map<number, { row: JournalRow; found: FoundRow }>();
  readonly #lost: Loss[] = [];
  readonly #insertChunk;
  readonly #insertRecord;
  /** The most rows that a small table or its copy has, damaged ones included. */
  readonly #seen = new Map<string, number>();
  readonly #brokenTables = new Set<string>();
  #samples = 0;
  #rowsSinceCommit = 0;
  #mayMissMore = false;

  constructor(pages: Pages, db: DatabaseSync) {
    this.#pages = pages;
    this.#db = db;
    this.#trees = new Trees(pages);
    this.#small = new SmallTableCopy(db);
    this.#insertChunk = db.prepare('INSERT OR IGNORE INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#insertRecord = db.prepare('INSERT OR IGNORE INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  }

  run(): SalvageReport {
    this.#db.exec('BEGIN');
    const roots = this.#roots();
    const isIndexWhole = this.#readIndex(roots.get(CHUNK_INDEX));
    for (const { name } of SMALL_TABLES) {
      for (const tree of [name, `${name}_copy`]) this.#copySmall(name, roots.get(tree));
    }
    this.#copyRecords(roots.get('journal'));
    const before = this.#trees.breaks;
    for (const row of walk(this.#trees, roots.get('chunks'))) this.#takeChunk(row);
    this.#mayMissMore = this.#trees.breaks > before && !isIndexWhole;
    this.#copyOthers(roots);
    if (this.#trees.breaks > 0 || this.#pages.log.isDamaged) this.#searchRest(isIndexWhole);
    this.#retryFailed();
    packMissing(this.#db);
    this.#nameLost();
    this.#repairFloors();
    if (this.#trees.breaks > 0 || this.#small.damaged.has('dirty_hours')) this.#rollUpAgain();
    this.#db.exec('COMMIT');
    return this.#report();
  }

  /** Where each tree begins: by the schema, or, where that is damaged, where it is in every file of ours. */
  #roots(): Map<string, number> {
    const roots = new Map<string, number>();
    const known = this.#db.prepare('SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0').all();
    const usual = new Map(known.map((row) => [String(row['name']), Number(row['rootpage'])]));
    for (const { values } of this.#trees.rows(1)) {
      const [, name, , root] = values ?? [];
      if (typeof name === 'string' && typeof root === 'number' && root > 1) roots.set(name, root);
    }
    const taken = new Set(roots.values());
    for (const [name, root] of usual) if (!roots.has(name) && !taken.has(root)) roots.set(name, root);
    return roots;
  }

  /** Reads which chunks there should be; whether that list is whole. */
  #readIndex(root: number | undefined): boolean {
    const before = this.#trees.breaks;
    for (const { values } of walk(this.#trees, root)) {
      if (values?.length !== INDEX_COLUMNS || !values.every((value) => typeof value === 'number')) continue;
      const [device = 0, tier = 0, from = 0, to = 0, rows = 0, cells = 0, samples = 0, , id = 0] = values;
      if (typeof id === 'number') this.#listed.set(id, { device, tier, from, to, rows, cells, samples });
    }
    return root !== undefined && this.#trees.breaks === before;
  }

  #copySmall(name: string, root: number | undefined): void {
    const before = this.#trees.breaks;
    let rows = 0;
    for (const row of walk(this.#trees, root)) {
      this.#small.take(name, row);
      rows++;
    }
    this.#seen.set(name, Math.max(rows, this.#seen.get(name) ?? 0));
    if (this.#trees.breaks > before) this.#brokenTables.add(name);
  }

  #copyRecords(root: number | undefined): void {
    let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const before = this.#trees.breaks;
    for (const row of walk(this.#trees, root)) {
      const record = this.#takeRecord(row);
      from = Math.min(from, record?.from ?? from);
      to = Math.max(to, record?.to ?? to);
    }
    if (this.#trees.breaks === before) return;
    this.#lost.push({ device: null, tier: 'journal', from, to, samples: null });
  }

  #takeRecord(found: FoundRow): JournalRow | null {
    const row = journalRowOf(this.#pages, found);
    if (!row || this.#records.has(row.id)) return row;
    if (row.block) this.#putRecord(row);
    else this.#failedRecords.set(row.id, { row, found });
    return row;
  }

  #putRecord(row: JournalRow): void {
    const { id, device, from, to, rows, samples, columns, block } = row;
    const sum = recordPlace(row);
    this.#insertRecord.run(
      id,
      device,
      from,
      to,
      rows,
      samples,
      columns,
      block,
      row.sum === null ? null : sum,
    );
    this.#records.add(id);
    this.#failedRecords.delete(id);
    this.#samples += samples;
    this.#tick();
  }

  #takeChunk(found: FoundRow): boolean {
    const row = chunkRowOf(this.#pages, found);
    if (!row) return false;
    if (this.#found.has(row.id)) return true;
    if (row.block) this.#putChunk(row);
    else this.#failed.set(row.id, { row, found });
    return true;
  }

  #putChunk(row: ChunkRow): void {
    const { id, device, tier, from, to, rows, cells, samples, block } = row;
    this.#insertChunk.run(
      id,
      device,
      tier,
      from,
      to,
      rows,
      cells,
      samples,
      block?.length ?? 0,
      block ?? new Uint8Array(),
    );
    this.#found.set(id, keyOf(row));
    this.#failed.delete(id);
    if (tier === RAW) this.#samples += samples;
    this.#tick();
  }

  /** Tables that have no checksums are copied as they are. */
  #copyOthers(roots: Map<string, number>): void {
    const mine = new Set([
      'journal',
      'chunks',
      ...SMALL_TABLES.flatMap(({ name }) => [name, `${name}_copy`]),
    ]);
    for (const [name, root] of roots) {
      if (mine.has(name) || name === CHUNK_INDEX) continue;
      const columns = this.#db.prepare('SELECT name, pk FROM pragma_table_info(?)').all(name);
      // Key columns come first in trees without row ids.
      const inTree = columns
        .filter(({ pk }) => Number(pk) > 0)
        .sort((a, b) => Number(a['pk']) - Number(b['pk']));
      inTree.push(...columns.filter(({ pk }) => Number(pk) === 0));
      const insert = (order: readonly Record<string, unknown>[]): ReturnType<DatabaseSync['prepare']> =>
        this.#db.prepare(
          `INSERT OR IGNORE INTO ${name} (${order.map((one) => `"${String(one['name'])}"`).join(', ')})
           VALUES (${order.map(() => '?').join(', ')})`,
        );
      for (const { rowId, values } of this.#trees.rows(root)) {
        if (columns.length === 0 || !values || values.length > columns.length) continue;
        const order = rowId === null ? inTree : columns;
        try {
          insert(order.slice(0, values.length)).run(
            ...values.map((value, i) =>
              rowId !== null && value === null && Number(order[i]?.['pk']) === 1 ? rowId : value,
            ),
          );
        } catch {
          // Not a row that this table takes.
        }
      }
    }
  }

  /** Rows that no tree leads to; of the chunks found there, roll-ups only if they are known to be current. */
  #searchRest(isIndexWhole: boolean): void {
    for (const row of this.#trees.lostRows()) {
      if (!this.#small.takeAny(row) && !this.#takeChunk(row)) this.#takeRecord(row);
    }
    for (const row of this.#trees.searchedRows()) {
      if (this.#small.takeAny(row)) continue;
      const chunk = chunkRowOf(this.#pages, row);
      if (chunk?.block && !this.#found.has(chunk.id)) {
        const isCurrent = isIndexWhole ? this.#listed.has(chunk.id) : chunk.tier === RAW;
        if (isCurrent) this.#putChunk(chunk);
      }
      const record = journalRowOf(this.#pages, row);
      if (record?.block && !this.#records.has(record.id)) this.#putRecord(record);
    }
  }

  /** Blocks that are whole although what their row says of them is not: the index, or the block itself, knows better. */
  #retryFailed(): void {
    for (const [id, { row, found }] of this.#failed) {
      const listed = this.#listed.get(id);
      const block = found.values?.at(-1);
      if (listed && Buffer.isBuffer(block) && isIntact(block, chunkPlace(listed))) {
        this.#putChunk({ ...row, ...listed, block });
      }
    }
    for (const [id, { row, found }] of this.#failedRecords) {
      const block = found.values?.[7];
      const sum = row.sum;
      if (!Buffer.isBuffer(block) || sum === null || !isIntact(block, sum)) continue;
      const whole = this.#recordOf(id, row, block, sum);
      if (whole) this.#putRecord(whole);
    }
  }

  /** A record by what is in its block; its device is the one for which the checksum is right. */
  #recordOf(id: number, row: JournalRow, block: Buffer, sum: number): JournalRow | null {
    const { t, columns } = new BlockReader(block, sum).all();
    const facts = { id, from: t[0] ?? 0, to: t.at(-1) ?? 0, rows: t.length, columns: columns.length };
    for (const one of this.#db.prepare('SELECT id FROM devices').all()) {
      const device = Number(one['id']);
      if (recordPlace({ ...facts, device }) === sum) return { ...row, ...facts, device, block };
    }
    return null;
  }

  #nameLost(): void {
    const foundPlaces = new Set<string>();
    for (const [id, key] of this.#found) if (!this.#listed.has(id)) foundPlaces.add(key);
    const lost = new Map<number, Listed>();
    for (const [id, listed] of this.#listed) {
      if (!this.#found.has(id) && !foundPlaces.has(keyOf(listed))) lost.set(id, listed);
    }
    for (const [id, { row }] of this.#failed) if (!this.#listed.has(id)) lost.set(id, row);
    for (const [id, { device, tier, from, to, rows, cells, samples }] of lost) {
      const name = NAMES[tier];
      if (name === undefined) continue;
      this.#lost.push({ device: this.#nameOf(device), tier: name, from, to, samples });
      // Its place is remembered: of samples, as that of a lost chunk; roll-ups are found damaged there, and mended.
      const kept = tier === RAW ? tier + DAMAGED_TIER_OFFSET : tier;
      this.#insertChunk.run(id, device, kept, from, to, rows, cells, samples, 0, new Uint8Array());
    }
    for (const { row } of this.#failedRecords.values()) {
      const { device, from, to, samples } = row;
      this.#lost.push({ device: this.#nameOf(device), tier: 'journal', from, to, samples });
    }
  }

  #nameOf(id: number): string {
    const name = this.#db.prepare('SELECT name FROM devices WHERE id = ?').get(id)?.['name'];
    return typeof name === 'string' ? name : `device ${id}`;
  }

  /** Samples older than any left in a finer tier were deleted for their age, if a coarser one still has them. */
  #repairFloors(): void {
    for (const tier of [RAW, MINUTE] as const) {
      if (readMeta(this.#db, floorKey(tier)) !== null) continue;
      const oldest = (of: number): number | null => {
        const value = this.#db.prepare('SELECT min(from_t) AS t FROM chunks WHERE tier = ?').get(of)?.['t'];
        return typeof value === 'number' ? value : null;
      };
      const [fine, coarse] = [oldest(tier), oldest(tier + 1)];
      if (fine !== null && coarse !== null && coarse < fine - HOUR_MS)
        writeMeta(this.#db, floorKey(tier), fine - 1);
    }
  }

  #rollUpAgain(): void {
    const dirty = this.#db.prepare('INSERT OR IGNORE INTO dirty_hours VALUES (?, ?, ?)');
    const dirtyTable = SMALL_TABLES.find(({ name }) => name === 'dirty_hours');
    const chunks = this.#db
      .prepare('SELECT device, from_t, to_t, max(to_t) OVER () AS newest FROM chunks WHERE tier = ?')
      .all(MINUTE);
    for (const row of chunks) {
      const [device, to, newest] = [Number(row['device']), Number(row['to_t']), Number(row['newest'])];
      const from = Math.max(Number(row['from_t']), newest - AGAIN_MS);
      for (let hour = Math.floor(from / HOUR_MS) * HOUR_MS; hour <= to; hour += HOUR_MS) {
        dirty.run(device, hour, dirtyTable?.sum([device, hour]) ?? null);
      }
    }
  }

  #tick(): void {
    if (++this.#rowsSinceCommit < COMMIT_EVERY) return;
    this.#rowsSinceCommit = 0;
    this.#db.exec('COMMIT; BEGIN');
  }

  #report(): SalvageReport {
    const count = (sql: string): number => Number(this.#db.prepare(sql).get()?.['n'] ?? 0);
    return {
      saved: {
        chunks: count(`SELECT count(*) AS n FROM chunks WHERE tier <= ${HOUR}`),
        samples: this.#samples,
        devices: count('SELECT count(*) AS n FROM devices WHERE name IS NOT NULL'),
        series: count('SELECT sum(count) AS n FROM series_blocks'),
        events: count('SELECT count(*) AS n FROM events'),
      },
      lost: this.#lost.sort((a, b) => a.from - b.from),
      damagedRows: this.#damagedRows(),
      isLogDamaged: this.#pages.log.isDamaged,
      mayMissMore: this.#mayMissMore,
    };
  }

  /** How many rows of each small table are damaged, in the copy as well where there is one; 0: not known how many. */
  #damagedRows(): Map<string, number> {
    const rows = new Map<string, number>();
    for (const { name, hasCopy } of SMALL_TABLES) {
      const missing = Math.max(0, (this.#seen.get(name) ?? 0) - (this.#small.copied.get(name) ?? 0));
      const isBroken = this.#brokenTables.has(name) && !hasCopy;
      // A damaged block does not say how many series it had.
      if (missing > 0 || isBroken) rows.set(name, name === 'series_blocks' ? 0 : missing);
    }
    return rows;
  }
}

const NAMES: Readonly<Record<number, Loss['tier']>> = { [RAW]: 'raw', [MINUTE]: 'minute', [HOUR]: 'hour' };

function walk(trees: Trees, root: number | undefined): Iterable<FoundRow> {
  return root === undefined ? [] : trees.rows(root);
}

function keyOf({ device, tier, from, to }: ChunkPlace): string {
  return `${device}/${tier}/${from}/${to}`;
}
