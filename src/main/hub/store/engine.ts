import type { DatabaseSync } from 'node:sqlite';
import { FaultError, isExpected, stackOf, toFault } from '@shared/errors';
import { logFault, silentLogger, type Logger } from '@shared/logger';
import { commitBatches } from './commit';
import { CommitGroup } from './commit-group';
import { lockFolder, replaceOrSay } from './database';
import { giveBackAll } from './free-pages';
import { FoundDamage, Maintenance } from './maintenance';
import { mend } from './mend';
import { openState, type OpenedState } from './open-state';
import { Problems } from './problems';
import { QueryRunner } from './query-runner';
import { Readers } from './readers';
import type { Replaced } from './recovery/replace-damaged';
import { lossLine, lossLines, type Loss } from './recovery/report';
import type { Damaged } from './sources';
import type { ClockDoubt } from './trusted-time';
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
/** The same in the middle of a seal or a merge. */
const MIDWAY_PATIENCE_MS = 100;
const AFTER_FAILURE_MS = 10_000;
/** A disk that damages one file after the other is not trusted with yet another one. */
const MAX_REPLACEMENTS = 5;

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
  /** By table and id, the one found last at the end. */
  readonly #damaged = new Map<string, Damaged>();
  #found = 0;
  /** Set while there is no file to work with, because a damaged one could not be replaced. */
  #outage: FaultError | null = null;
  #replacements = 0;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  /** Throws a `FaultError` when the history cannot be opened. */
  constructor(options: WorkerOptions, post: Post) {
    this.#options = options;
    this.#log = {
      ...silentLogger,
      info: (message, fields = {}) => post({ type: 'log', level: 'info', message, fields }),
      warn: (message, fields = {}) => post({ type: 'log', level: 'warn', message, fields }),
      error: (message, fields = {}) => post({ type: 'log', level: 'error', message, fields }),
    };
    this.#retention = options.retention;
    this.#beganAfresh = () => post({ type: 'afresh' });
    this.#problems = new Problems((problem) => post({ type: 'problem', problem }));
    const lock = lockFolder(options.dir);
    if (!lock.ok) throw new FaultError(lock.error.code, lock.error.message);
    this.#lock = lock.value;
    const { state, contents, replaced } = this.#openOrLetGo();
    this.#commits = new CommitGroup((batches) => this.#write(batches), this.#problems);
    this.contents = contents;
    this.#state = state;
    this.#readers = new Readers(state.path);
    this.#queries = this.#queryRunner();
    this.#maintenance = new Maintenance(state, this.#retention, this.#onDamage, this.#onDoubt);
    if (replaced) this.#toldReplaced(replaced);
    this.#schedule(BUSY_MS);
  }

  /** Answers one request. Rejects with a `FaultError`. */
  async handle(id: number, name: CallName, params: unknown): Promise<unknown> {
    if (this.#isClosed) throw new FaultError('STORE_CLOSED', 'The history is closed.');
    const handler = this.#handlers[name] as (params: unknown, id: number) => unknown;
    const replacements = this.#replacements;
    try {
      return await this.#unlessOut(() => handler(params, id));
    } catch (error) {
      // A reader may be the first to find a damaged page.
      if (isDamage(error) && !this.#isClosed && replacements === this.#replacements) this.#failed(error);
      // It was closed for a new file under the hands of those who were reading.
      if (replacements !== this.#replacements && !this.#isClosed) {
        return this.#unlessOut(() => handler(params, id));
      }
      const fault = toStoreFault(error);
      if (!isExpected(fault)) {
        logFault(this.#log, fault.code, 'The history could not do what it was asked for.', error, {
          call: name,
        });
      }
      throw fault;
    }
  }

  #unlessOut(work: () => unknown): unknown {
    if (this.#outage) throw this.#outage;
    return work();
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
      this.#maintenance.abandon();
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
      this.#settle();
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
      this.#replace(error);
      grown = commitBatches(this.#state, batches, Date.now());
    }
    for (const device of grown) this.#maintenance.grown(device);
    try {
      this.#maintenance.keepUp(grown);
    } catch (error) {
      // The batches are on disk, whatever becomes of the rest.
      this.#failed(error);
    }
    this.#committedAt = performance.now();
    if (this.#maintenance.isUrgent) this.#schedule(0);
  }

  /**
   * Continues with a new file that has everything that can be read of a damaged one, which is kept. Throws when that
   * cannot be; the damaged file is then left in place, and this is tried again later.
   */
  #replace(damage: unknown): void {
    if (this.#replacements >= MAX_REPLACEMENTS) throw toStoreFault(damage);
    const { path, db } = this.#state;
    this.#readers.close();
    if (db.isOpen) db.close();
    const reason = toFault(damage).message;
    const replaced = replaceOrSay(path, reason, Date.now());
    try {
      if (!replaced.ok) throw new FaultError(replaced.error.code, replaced.error.message);
      this.#state = openState(this.#options).state;
    } catch (error) {
      this.#outage = toStoreFault(error);
      throw this.#outage;
    }
    this.#outage = null;
    this.#replacements++;
    this.#damaged.clear();
    this.#readers = new Readers(this.#state.path);
    this.#queries = this.#queryRunner();
    this.#maintenance = new Maintenance(this.#state, this.#retention, this.#onDamage, this.#onDoubt);
    this.#toldReplaced(replaced.value, { stack: stackOf(damage) });
    this.#beganAfresh();
  }

  #queryRunner(): QueryRunner {
    return new QueryRunner(this.#state, this.#readers, this.#onDamage, () => this.#mendAll());
  }

  #toldReplaced(replaced: Replaced, fields: { stack?: string } = {}): void {
    this.#problems.fileWasReplaced(replaced);
    const { path, reason, report } = replaced;
    const message = 'The history file was damaged; what can be read was copied to a new one.';
    const code = 'STORE_DAMAGED';
    this.#log.error(message, { code, path, reason, ...report.saved, ...fields });
    for (const line of lossLines(report)) this.#log.error(`Lost: ${line}.`, { code });
  }

  /** Damage is found in the middle of transactions and queries, so it is handled afterwards. */
  readonly #onDamage = (damaged: Damaged, error: Error): void => {
    const key = `${damaged.table}/${damaged.id}`;
    const isKnown = this.#damaged.delete(key);
    this.#damaged.set(key, damaged);
    this.#found++;
    if (isKnown) return;
    logFault(this.#log, 'STORE_DAMAGED', 'A block of history is damaged.', error, { ...damaged });
    this.#schedule(0);
  };

  readonly #onDoubt = (doubt: ClockDoubt | null): void => {
    if (!doubt) {
      this.#log.info('The clock is believed again; old history is deleted by it.');
      return;
    }
    const { differenceMs, neededMs } = doubt;
    const hours = (ms: number): number => Math.round(ms / 36_000) / 100;
    this.#log.warn(
      `The clock is ${hours(Math.abs(differenceMs))} hours ${differenceMs > 0 ? 'ahead of' : 'behind'} where it should be. Until it has run on for ${hours(neededMs)} hours, nothing is deleted for its age that would not be without that.`,
      { code: 'CLOCK_DOUBTED', differenceMs, neededMs },
    );
  };

  /** Deals with the damaged blocks found so far. Throws an error of damage when the file around them is damaged. */
  #mendAll(): void {
    if (this.#damaged.size > 0) this.#maintenance.abandon();
    for (let next = lastOf(this.#damaged); next; next = lastOf(this.#damaged)) {
      const [key, damaged] = next;
      const context = { ...this.#state, onDamage: this.#onDamage };
      const before = this.#found;
      let loss: Loss | null;
      try {
        loss = lazily(this.#state.db, () => {
          const lost = mend(context, damaged);
          if (this.#found > before) throw new FoundDamage('Another damaged block was found.');
          return lost;
        });
      } catch (error) {
        // The one that was found is dealt with first, because what this one is replaced by depends on it.
        if (error instanceof FoundDamage) continue;
        throw error;
      }
      this.#damaged.delete(key);
      const gone = damaged.table === 'journal' ? this.#forgetRecord(damaged.id) : null;
      this.#toldLoss(loss ?? gone);
    }
  }

  /** Forgets a journal record that is no longer there, and says what it was. */
  #forgetRecord(id: number): Loss | null {
    for (const device of this.#state.catalog.devices) {
      const at = device.journal.findIndex((record) => record.id === id);
      const record = device.journal[at];
      if (!record) continue;
      device.replaced(at, 1, []);
      return { device: device.name, tier: 'journal', from: record.from, to: record.to, samples: null };
    }
    return null;
  }

  #toldLoss(loss: Loss | null): void {
    if (!loss) {
      this.#log.info('Damaged roll-ups of history were computed again; nothing is lost.');
      return;
    }
    this.#problems.blockIsLost(loss);
    this.#log.error(`Lost: ${lossLine(loss)}.`, { code: 'STORE_DAMAGED' });
  }

  #schedule(delayMs: number): void {
    if (this.#isClosed) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#work(), delayMs);
  }

  #work(): void {
    this.#timer = null;
    const startedAt = performance.now();
    try {
      if (this.#outage) this.#replace(this.#outage);
      if (this.#damaged.size > 0) this.#mendAll();
      const isBurst =
        startedAt - this.#committedAt < BURST_GAP_MS && startedAt - this.#burstSince < MAX_BURST_MS;
      const isPolite = isBurst
        ? !this.#maintenance.isPressing
        : this.#queries.isBusy && !this.#maintenance.isUrgent;
      const patienceMs = this.#maintenance.isMidway ? MIDWAY_PATIENCE_MS : PATIENCE_MS;
      if (isPolite && startedAt - this.#workedAt < patienceMs) {
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
    if (error instanceof FoundDamage) {
      this.#schedule(0);
      return;
    }
    const fault = toStoreFault(error);
    logFault(this.#log, fault.code, 'History maintenance failed.', error);
    this.#problems.tidy({ code: fault.code, message: fault.message });
    try {
      if (isDamage(error)) {
        this.#replace(error);
        this.#problems.tidy(null);
      }
    } catch (again) {
      logFault(this.#log, 'STORE_FAILED', 'The damaged history file could not be replaced.', again);
      this.#problems.tidy(toFault(again));
    }
    this.#schedule(AFTER_FAILURE_MS);
  }

  /** All background work, begun again where it finds damage. */
  #settle(): void {
    for (;;) {
      try {
        this.#mendAll();
        this.#maintenance.settle();
        return;
      } catch (error) {
        if (error instanceof FoundDamage) continue;
        if (!isDamage(error)) throw error;
        this.#replace(error);
      }
    }
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
    } catch (error) {
      // What was acknowledged is on disk; the next start finds the damage again, and mends it.
      if (!isDamage(error)) throw error;
      logFault(this.#log, 'STORE_DAMAGED', 'The history file could not be tidied up.', error);
    } finally {
      if (db.isOpen) db.close();
      this.#lock.close();
    }
  }
}

function lastOf<K, V>(map: ReadonlyMap<K, V>): [K, V] | undefined {
  return [...map].at(-1);
}
