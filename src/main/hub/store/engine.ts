import type { DatabaseSync } from 'node:sqlite';
import { FaultError, isExpected, stackOf, toFault } from '@shared/errors';
import { logFault, silentLogger, type Logger } from '@shared/logger';
import { DAMAGED_TIER_OFFSET } from './chunk-table';
import { commitBatches } from './commit';
import { CommitGroup } from './commit-group';
import { lockFolder, putAside } from './database';
import { giveBackAll } from './free-pages';
import { Maintenance } from './maintenance';
import { openState, type OpenedState } from './open-state';
import { Problems } from './problems';
import { QueryRunner } from './query-runner';
import { Readers } from './readers';
import { salvage } from './salvage';
import { isDamage, toStoreFault } from './sqlite-errors';
import { extentOf, statsOf } from './statistics';
import type { StoreState } from './state';
import type { CommitBatch, Retention, StoreContents } from '../store-contract/store-contract';
import type { CallName, FromWorker, StoreCalls, WorkerOptions } from '../store-contract/store-messages';
import { durably, lazily } from './transactions';

/** The pause after background work, because commits and queries come first. */
const IDLE_MS = 250;
const BUSY_MS = 15;
/** Commits that follow each other this closely are a burst: background work waits for its end, within limits. */
const BURST_GAP_MS = 100;
const MAX_BURST_MS = 10_000;
/** How long queries and bursts may delay the next step of background work. */
const PATIENCE_MS = 1_000;
const AFTER_FAILURE_MS = 10_000;

type Post = (message: FromWorker) => void;

/**
 * The store itself, in its worker: one database, grouped commits, queries in slices, maintenance in between. All
 * queues are bounded by the main thread, which has at most two commits in progress.
 */
export class Engine {
  readonly contents: StoreContents;
  /** Tells the hub's log, over the thread's border. */
  readonly #log: Logger;
  readonly #problems: Problems;
  /** Tells the hub that the new file lacks what the hub keeps besides history. */
  readonly #beganAfresh: () => void;
  readonly #lock: DatabaseSync;
  readonly #options: WorkerOptions;
  #state: StoreState;
  #readers: Readers;
  #queries: QueryRunner;
  #maintenance: Maintenance;
  #retention: Retention;
  readonly #commits: CommitGroup;
  #workedAt = Number.NEGATIVE_INFINITY;
  #committedAt = Number.NEGATIVE_INFINITY;
  #burstSince = Number.NEGATIVE_INFINITY;
  #damaged: number[] = [];
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  /** Throws a `FaultError` when the history cannot be opened. */
  constructor(options: WorkerOptions, post: Post) {
    this.#options = options;
    this.#log = {
      ...silentLogger,
      error: (message, fields = {}) => post({ type: 'log', level: 'error', message, fields }),
    };
    this.#retention = options.retention;
    this.#beganAfresh = () => post({ type: 'afresh' });
    this.#problems = new Problems((problem) => post({ type: 'problem', problem }));
    const lock = lockFolder(options.dir);
    if (!lock.ok) throw new FaultError(lock.error.code, lock.error.message);
    this.#lock = lock.value;
    const { state, contents, setAside, damagedLog } = this.#openOrLetGo();
    this.#commits = new CommitGroup((batches) => this.#write(batches), this.#problems);
    this.contents = contents;
    this.#state = state;
    this.#readers = new Readers(state.path);
    this.#queries = new QueryRunner(state, this.#readers, this.#onDamage);
    this.#maintenance = new Maintenance(state, this.#retention, this.#onDamage);
    if (damagedLog !== null) this.#toldLog(damagedLog);
    if (setAside) this.#toldAside(setAside);
    this.#schedule(BUSY_MS);
  }

  /** Answers one request. Rejects with a `FaultError`. */
  async handle(id: number, name: CallName, params: unknown): Promise<unknown> {
    if (this.#isClosed) throw new FaultError('STORE_CLOSED', 'The history is closed.');
    const handler = this.#handlers[name] as (params: unknown, id: number) => unknown;
    try {
      return await handler(params, id);
    } catch (error) {
      // A reader may be the first to find a damaged page.
      const fault = toStoreFault(error);
      if (isDamage(error) && !this.#isClosed) this.#failed(error);
      else if (!isExpected(fault)) {
        logFault(this.#log, fault.code, 'The history could not do what it was asked for.', error, {
          call: name,
        });
      }
      throw fault;
    }
  }

  cancel(id: number): void {
    this.#queries.cancel(id);
  }

  /** Frees the folder on failure. */
  #openOrLetGo(): OpenedState {
    try {
      return openState(this.#options);
    } catch (error) {
      this.#lock.close();
      throw error;
    }
  }

  readonly #handlers: {
    [K in CallName]: (
      params: StoreCalls[K]['params'],
      id: number,
    ) => StoreCalls[K]['result'] | Promise<StoreCalls[K]['result']>;
  } = {
    commit: async (batch) => {
      await this.#commits.add(batch);
      return null;
    },
    query: (query, id) => this.#queries.query(id, query),
    scan: (query, id) => this.#queries.scan(id, query),
    extent: (device) => extentOf(this.#state, device),
    events: (query) => this.#state.catalog.events(query),
    updateEvent: ({ id, text }) => {
      durably(this.#state.db, () => this.#state.catalog.updateEvent(id, text));
      return null;
    },
    deleteDevice: (name) => {
      this.#commits.flush();
      const { catalog, db } = this.#state;
      const device = catalog.find(name);
      if (!device) return null;
      durably(db, () => catalog.remove(device));
      catalog.forget(device);
      this.#maintenance.removed(device);
      this.#schedule(0);
      return null;
    },
    setRetention: (retention) => {
      this.#retention = retention;
      this.#maintenance.setRetention(retention);
      this.#schedule(0);
      return null;
    },
    stats: () => statsOf(this.#state, this.#retention),
    settle: () => {
      this.#commits.flush();
      this.#maintenance.settle();
      this.#state.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      return null;
    },
    close: async () => {
      this.#commits.flush();
      // Those whose commits were just written hear of it before the door closes.
      await new Promise((resolve) => setImmediate(resolve));
      this.#close();
      return null;
    },
  };

  #write(batches: readonly CommitBatch[]): void {
    const startedAt = performance.now();
    if (startedAt - this.#committedAt >= BURST_GAP_MS) this.#burstSince = startedAt;
    let grown;
    try {
      grown = commitBatches(this.#state, batches, Date.now());
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#startAfresh(error);
      grown = commitBatches(this.#state, batches, Date.now());
    }
    for (const device of grown) this.#maintenance.grown(device);
    this.#maintenance.keepUp(grown);
    this.#committedAt = performance.now();
    if (this.#maintenance.isUrgent) this.#schedule(0);
  }

  /** Sets a file aside that turned out to be damaged, and continues with a new one that knows the same names. */
  #startAfresh(damage: unknown): void {
    const names = salvage(this.#state.db);
    this.#readers.close();
    this.#state.db.close();
    const path = putAside(this.#state.path, Date.now());
    this.#state = openState(this.#options).state;
    this.#readers = new Readers(this.#state.path);
    this.#queries = new QueryRunner(this.#state, this.#readers, this.#onDamage);
    this.#maintenance = new Maintenance(this.#state, this.#retention, this.#onDamage);
    commitBatches(this.#state, [names], Date.now());
    this.#toldAside({ path, reason: toFault(damage).message }, { stack: stackOf(damage) });
    this.#beganAfresh();
  }

  #toldAside({ path, reason }: { path: string; reason: string }, fields: { stack?: string } = {}): void {
    this.#problems.fileWasPutAside(path, reason);
    const message = 'The history file is damaged; it was set aside and a new one was started.';
    this.#log.error(message, { code: 'STORE_DAMAGED', path, reason, ...fields });
  }

  #toldLog(path: string): void {
    this.#problems.logWasDamaged(path);
    const message =
      'The log of the last changes to history is damaged and some of them are lost; a copy was kept.';
    this.#log.error(message, { code: 'STORE_DAMAGED', path });
  }

  /** Damage is found in the middle of transactions, so it is handled afterwards. */
  readonly #onDamage = (chunk: number | null, error: Error): void => {
    logFault(this.#log, 'STORE_DAMAGED', 'A block of history is damaged and was skipped.', error, { chunk });
    this.#problems.blockIsDamaged();
    if (chunk !== null) this.#damaged.push(chunk);
    this.#schedule(0);
  };

  #schedule(delayMs: number): void {
    if (this.#isClosed) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#work(), delayMs);
  }

  #work(): void {
    this.#timer = null;
    const startedAt = performance.now();
    try {
      if (this.#damaged.length > 0) this.#keepAside();
      const isBurst =
        startedAt - this.#committedAt < BURST_GAP_MS && startedAt - this.#burstSince < MAX_BURST_MS;
      const isPolite = isBurst
        ? !this.#maintenance.isPressing
        : this.#queries.isBusy && !this.#maintenance.isUrgent;
      if (isPolite && startedAt - this.#workedAt < PATIENCE_MS) {
        this.#schedule(BUSY_MS);
        return;
      }
      this.#workedAt = startedAt;
      const didSome = this.#maintenance.step();
      if (didSome) this.#problems.tidy(null);
      const took = performance.now() - startedAt;
      this.#schedule(this.#maintenance.isUrgent ? 0 : didSome ? took : IDLE_MS);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const fault = toStoreFault(error);
    logFault(this.#log, fault.code, 'History maintenance failed.', error);
    this.#problems.tidy({ code: fault.code, message: fault.message });
    try {
      if (isDamage(error)) {
        this.#startAfresh(error);
        this.#problems.tidy(null);
      }
    } catch (again) {
      logFault(this.#log, 'STORE_FAILED', 'No new history file could be begun.', again);
      this.#problems.tidy(toFault(again));
    }
    this.#schedule(AFTER_FAILURE_MS);
  }

  /** Takes damaged chunks out of their tier; their bytes stay until retention deletes them. */
  #keepAside(): void {
    const ids = this.#damaged;
    this.#damaged = [];
    const { db } = this.#state;
    const move = db.prepare('UPDATE chunks SET tier = tier + ? WHERE id = ? AND tier < ?');
    lazily(db, () => {
      for (const id of ids) move.run(DAMAGED_TIER_OFFSET, id, DAMAGED_TIER_OFFSET);
    });
  }

  #close(): void {
    this.#commits.flush();
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#readers.close();
    const { db } = this.#state;
    try {
      if (db.isOpen) {
        giveBackAll(db);
        db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      }
    } finally {
      if (db.isOpen) db.close();
      this.#lock.close();
    }
  }
}
