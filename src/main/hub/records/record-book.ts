import { join } from 'node:path';
import type { Clock } from '@shared/clock';
import { FaultError } from '@shared/errors';
import type { Logger } from '@shared/logger';
import type { DamagedRecord, KeptRecord, RecordKind } from '../store-contract/records';
import type { StoreContents } from '../store-contract/store-contract';
import { RecordJournal } from './record-journal';
import { JOURNAL_FILE, keyOf, readJournal } from './record-lines';

/** How soon the journal follows the database, ms. It is the copy, so it need not follow at once. */
const COPY_AFTER_MS = 1_000;
/** What says that something was removed is kept this long. */
const KEEP_REMOVED_MS = 90 * 86_400_000;

/** What the book needs of history. */
export interface RecordStore {
  readonly store: {
    readonly isOpen: boolean;
    readonly contents: Pick<StoreContents, 'records' | 'damagedRecords'>;
    onAfresh(listener: () => void): () => void;
  };
  record(record: KeptRecord): void;
  whenDurable(run: () => void): void;
  flush(): Promise<void>;
}

export interface RecordBookOptions {
  /** Null keeps records for as long as the hub runs. */
  dataDir: string | null;
  /** Null with `--store memory`. */
  history: RecordStore | null;
  clock: Pick<Clock, 'now' | 'after'>;
  log: Logger;
}

/**
 * What the hub keeps besides history: one text for each device and each join token's uses. It is kept twice. The database
 * has it in its transactions, together with the rows of the same moment. The journal follows as a copy, and stands in
 * for the database while that is not open and with `--store memory`. At start the newest whole version of each record
 * counts, wherever it is, and both get what they lack. So one damaged row costs nothing, and neither does a damaged file.
 */
export class RecordBook {
  readonly #options: RecordBookOptions;
  readonly #records = new Map<string, KeptRecord>();
  readonly #journal: RecordJournal | null;
  #lastRev = 0;
  #isCopyDue = false;
  #hasToldCopy = false;
  #cancelCopy: () => void = () => {};

  constructor(options: RecordBookOptions) {
    const { dataDir, history, log } = options;
    this.#options = options;
    this.#journal =
      dataDir === null ? null : new RecordJournal(join(dataDir, JOURNAL_FILE), () => this.#records.values());
    if (dataDir !== null) {
      const { records, damagedLines } = readJournal(join(dataDir, JOURNAL_FILE));
      if (damagedLines > 0) {
        log.warn(`${damagedLines} damaged or unfinished lines of ${JOURNAL_FILE} were left out.`);
      }
      const oldest = options.clock.now() - KEEP_REMOVED_MS;
      for (const record of records.values()) {
        if (record.body !== null || record.rev >= oldest) this.#meet(record);
      }
    }
    if (history) {
      this.join();
      history.store.onAfresh(() => {
        for (const record of this.#records.values()) history.record(record);
      });
    }
  }

  /** The texts of a kind, by id. */
  all(kind: RecordKind): Map<string, string> {
    const found = new Map<string, string>();
    for (const { kind: its, id, body } of this.#records.values()) {
      if (its === kind && body !== null) found.set(id, body);
    }
    return found;
  }

  get(kind: RecordKind, id: string): string | null {
    return this.#records.get(keyOf({ kind, id }))?.body ?? null;
  }

  /** Whether there is or was such a record. */
  knows(kind: RecordKind, id: string): boolean {
    return this.#records.has(keyOf({ kind, id }));
  }

  /** Keeps a text from now on, or with null none. It is on disk when `saved` resolves. */
  put(kind: RecordKind, id: string, body: string | null): void {
    if (this.get(kind, id) === body) return;
    const rev = Math.max(this.#lastRev + 1, this.#options.clock.now());
    const record = { kind, id, rev, body };
    this.#meet(record);
    this.#options.history?.record(record);
    this.#copy(record);
  }

  /** Resolves when all that was put is on disk. Rejects with `FILE_UNWRITABLE` when it cannot be written now. */
  async saved(): Promise<void> {
    const { history } = this.#options;
    if (history?.store.isOpen === true) {
      let isDurable = false;
      history.whenDurable(() => (isDurable = true));
      await history.flush();
      if (isDurable) return;
    }
    // A database that fails just now finds it in the journal when it opens the next time.
    const written = await this.#journal?.flush();
    if (written?.ok === false) throw new FaultError(written.error.code, written.error.message);
  }

  /** Runs `done` when all that was put is on disk, together with what comes in the next moment. */
  whenSaved(done: () => void): void {
    const { history } = this.#options;
    if (history?.store.isOpen === true) history.whenDurable(done);
    else {
      this.saved().then(done, () => {
        // The journal's failure is told by the copy.
      });
    }
  }

  /**
   * Meets what the database knows, at start and when it opens late. Returns the ids of devices whose record is another
   * one now: a second hub on the folder has changed it.
   */
  join(): string[] {
    const { history, log } = this.#options;
    if (!history) return [];
    const { records, damagedRecords } = history.store.contents;
    const stored = new Map(records.map((record) => [keyOf(record), record]));
    const changed: string[] = [];
    for (const record of records) {
      const known = this.#records.get(keyOf(record));
      if (!this.#meet(record)) continue;
      if (known?.body !== record.body && record.kind === 'device') changed.push(record.id);
      this.#copy(record);
    }
    for (const damaged of damagedRecords) this.#tellDamaged(damaged);
    for (const [key, record] of this.#records) {
      if ((stored.get(key)?.rev ?? -1) < record.rev) history.record(record);
    }
    if (damagedRecords.length > 0) log.warn('Damaged rows were put aside in the table damaged_records.');
    return changed;
  }

  /** Puts what is left on disk. */
  async close(): Promise<void> {
    this.#cancelCopy();
    await this.#journal?.flush();
  }

  /** Whether it is newer than what was known. */
  #meet(record: KeptRecord): boolean {
    this.#lastRev = Math.max(this.#lastRev, record.rev);
    const known = this.#records.get(keyOf(record));
    if (known && known.rev >= record.rev) return false;
    this.#records.set(keyOf(record), record);
    return true;
  }

  #copy(record: KeptRecord): void {
    if (!this.#journal) return;
    this.#journal.add(record);
    if (this.#isCopyDue) return;
    this.#isCopyDue = true;
    this.#cancelCopy = this.#options.clock.after(COPY_AFTER_MS, () => void this.#writeCopy());
  }

  async #writeCopy(): Promise<void> {
    this.#isCopyDue = false;
    const written = await this.#journal?.flush();
    const hasFailed = written?.ok === false;
    if (hasFailed && !this.#hasToldCopy)
      this.#options.log.error(written.error.message, { code: written.error.code });
    this.#hasToldCopy = hasFailed;
  }

  #tellDamaged({ kind, id }: DamagedRecord): void {
    const { log } = this.#options;
    const what = kind === 'device' ? 'The entry of a device' : 'The number of uses of a join token';
    const known = this.knows(kind, id);
    const rest = known ? 'its copy in the journal is used.' : 'there is no copy of it.';
    log.error(`${what} is damaged in the database (${id === '' ? 'its page cannot be read' : id}): ${rest}`, {
      code: 'RECORD_DAMAGED',
      kind,
      id,
    });
  }
}
