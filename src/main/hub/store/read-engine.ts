import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { FaultError } from '@shared/errors';
import { ChunkTable } from './chunk-table';
import { DATABASE_FILE, numberOf } from './database';
import { SCHEMA_VERSION } from './migrations';
import { QueryRunner } from './query-runner';
import type { Snapshot } from './readers';
import { JournalReader, type OnDamage } from './sources';
import { toStoreFault } from './sqlite-errors';
import { loadState, type StoreState } from './state';
import { extentOf, statsOf } from './statistics';
import type { Retention, StoreContents } from '../store-contract/store-contract';
import type { CallName, StoreCalls } from '../store-contract/store-messages';
import { sqlite } from './sqlite';

/** The first version whose tables this version reads without migrating them. */
const FIRST_READABLE_VERSION = 3;

type ReadCall = 'query' | 'scan' | 'extent' | 'events' | 'stats';

/**
 * Serves a database that cannot be opened for writing: its disk is full, its folder is read-only, or another hub
 * writes to it. Nothing on disk changes. Samples that another hub adds from now on are not seen.
 */
export class ReadEngine {
  readonly contents: StoreContents;
  /** Whether the latest changes, which only the log holds, cannot be read. */
  readonly lacksLog: boolean;
  readonly #state: StoreState;
  readonly #queries: QueryRunner;
  readonly #retention: () => Retention;

  /**
   * `isShared`: another process has the database open. Throws a `FaultError` when there is nothing that can be read.
   */
  constructor(dir: string, isShared: boolean, retention: () => Retention, onDamage: OnDamage) {
    const path = join(dir, DATABASE_FILE);
    if (!existsSync(path)) throw new FaultError('NO_HISTORY', 'There is no history yet.');
    const { db, lacksLog } = openToRead(path, isShared);
    try {
      const { state, contents } = loadState(db, path);
      this.contents = contents;
      this.#state = state;
    } catch (error) {
      db.close();
      throw toStoreFault(error);
    }
    this.lacksLog = lacksLog;
    this.#retention = retention;
    const tables = { chunks: new ChunkTable(db), journal: new JournalReader(db) };
    // Nothing can be mended in a file that is only read.
    this.#queries = new QueryRunner(this.#state, new SharedSnapshots(db, tables), onDamage, () => {});
  }

  get isBusy(): boolean {
    return this.#queries.isBusy;
  }

  cancel(id: number): void {
    this.#queries.cancel(id);
  }

  /** Answers a request; undefined for one that would have to write. */
  handle(id: number, name: CallName, params: unknown): Promise<unknown> | undefined {
    const handler = this.#handlers[name as ReadCall] as
      ((params: unknown, id: number) => unknown) | undefined;
    if (!handler) return undefined;
    return Promise.resolve()
      .then(() => handler(params, id))
      .catch((error: unknown) => {
        throw toStoreFault(error);
      });
  }

  close(): void {
    if (this.#state.db.isOpen) this.#state.db.close();
  }

  readonly #handlers: {
    [K in ReadCall]: (
      params: StoreCalls[K]['params'],
      id: number,
    ) => StoreCalls[K]['result'] | Promise<StoreCalls[K]['result']>;
  } = {
    query: (query, id) => this.#queries.query(id, query),
    scan: (query, id) => this.#queries.scan(id, query),
    extent: (device) => extentOf(this.#state, device),
    events: (query) => this.#state.catalog.events(query),
    stats: () => statsOf(this.#state, this.#retention()),
  };
}

/** Snapshots over one connection: they all see the moment at which the first of them began. */
class SharedSnapshots {
  readonly #db: DatabaseSync;
  readonly #tables: Omit<Snapshot, 'end'>;
  #open = 0;

  constructor(db: DatabaseSync, tables: Omit<Snapshot, 'end'>) {
    this.#db = db;
    this.#tables = tables;
  }

  begin(): Snapshot {
    if (this.#open++ === 0) this.#db.exec('BEGIN; SELECT 1 FROM meta LIMIT 1');
    return {
      ...this.#tables,
      end: () => {
        if (--this.#open === 0 && this.#db.isOpen) this.#db.exec('ROLLBACK');
      },
    };
  }
}

/**
 * Opens the file so that nothing has to be written for it. SQLite wants to create an index of the log beside the file,
 * for which a full disk has no room: with an exclusive lock it keeps that index in memory. That lock needs a file that
 * may be written. Where the folder is read-only, the index that is there is used; where there is none, the log is left
 * out.
 */
function openToRead(path: string, isShared: boolean): { db: DatabaseSync; lacksLog: boolean } {
  const exclusively = (): DatabaseSync => {
    const db = new (sqlite().DatabaseSync)(path);
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA query_only = ON');
    return db;
  };
  const plainly = (): DatabaseSync => new (sqlite().DatabaseSync)(path, { readOnly: true });
  const unlocked = (): DatabaseSync =>
    new (sqlite().DatabaseSync)(new URL(`${pathToFileURL(path).href}?immutable=1`), { readOnly: true });
  // Unlocked reading beside a writer could see half of a change.
  const ways = isShared ? [plainly] : [exclusively, plainly, unlocked];
  let first: unknown = null;
  for (const way of ways) {
    let db: DatabaseSync | null = null;
    try {
      db = way();
      db.exec('PRAGMA busy_timeout = 2000; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000');
      checkVersion(db);
      const logBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
      return { db, lacksLog: way === unlocked && logBytes > 0 };
    } catch (error) {
      first ??= error;
      if (db?.isOpen) db.close();
      if (error instanceof FaultError) throw error;
    }
  }
  throw toStoreFault(first);
}

function checkVersion(db: DatabaseSync): void {
  const version = numberOf(db, 'PRAGMA user_version', 'user_version');
  // The version says nothing where the file itself cannot be read, so a table is looked at too.
  db.prepare('SELECT 1 FROM meta LIMIT 1').all();
  if (version > SCHEMA_VERSION) {
    throw new FaultError('STORE_NEWER', 'The history was written by a newer version of Wirewatch.');
  }
  if (version < FIRST_READABLE_VERSION) {
    throw new FaultError('STORE_OLDER', 'The history can be read once it has been brought up to date.');
  }
}
