import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { fail, succeed, toFault, type Result } from '@shared/errors';
import type { KeptRecord } from '../store-contract/records';
import { formatRecord, keyOf, parseJournal } from './record-lines';

/** A journal of this size is written anew when most of it is superseded. */
const COMPACT_FROM_BYTES = 64 * 1024;
/** How many times the size of what is in force it may have. */
const MAX_WASTE = 3;

/**
 * A file that records are appended to, each with its checksum, so that a change writes one line and a damaged line costs
 * one record. It is written anew now and then, in proportion to what was appended. All writing is done off the main
 * thread, one write after another.
 */
export class RecordJournal {
  readonly #path: string;
  /** What is in force, for writing the file anew. */
  readonly #inForce: () => Iterable<KeptRecord>;
  /** The newest version of each record that is not on disk yet. */
  #waiting = new Map<string, KeptRecord>();
  #writing: Promise<Result<null>> | null = null;

  constructor(path: string, inForce: () => Iterable<KeptRecord>) {
    this.#path = path;
    this.#inForce = inForce;
  }

  /** Is on disk after the next `flush`. */
  add(record: KeptRecord): void {
    this.#waiting.set(keyOf(record), record);
  }

  /**
   * Puts all that was added on disk. Fails with `FILE_UNWRITABLE`; what could not be written stays for the next time.
   */
  async flush(): Promise<Result<null>> {
    // What is being written began before the last records were added.
    await this.#writing;
    this.#writing ??= this.#write().finally(() => (this.#writing = null));
    return this.#writing;
  }

  async #write(): Promise<Result<null>> {
    const records = this.#waiting;
    if (records.size === 0) return succeed(null);
    this.#waiting = new Map();
    try {
      await this.#append(Array.from(records.values(), formatRecord).join(''));
    } catch (error) {
      for (const [key, record] of this.#waiting) records.set(key, record);
      this.#waiting = records;
      return fail('FILE_UNWRITABLE', `${this.#path} cannot be written: ${toFault(error).message}`);
    }
    // It is on disk already; a shorter file can wait.
    await this.#compact().catch(() => {});
    return succeed(null);
  }

  async #append(text: string): Promise<void> {
    // Opened each time, since another process may have written the file anew.
    const file = await open(this.#path, 'a', 0o600);
    try {
      // The line break ends what a failed write may have left.
      await file.appendFile(`\n${text}`);
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  async #compact(): Promise<void> {
    const { size } = await stat(this.#path);
    if (size < COMPACT_FROM_BYTES) return;
    let bytes = 0;
    const kept = new Map<string, KeptRecord>();
    for (const record of this.#inForce()) {
      kept.set(keyOf(record), record);
      bytes += formatRecord(record).length;
    }
    if (size < MAX_WASTE * bytes) return;
    // A second hub on the folder may have written what this one does not know.
    for (const [key, record] of parseJournal(await readFile(this.#path, 'utf8')).records) {
      if ((kept.get(key)?.rev ?? -1) < record.rev) kept.set(key, record);
    }
    const draft = `${this.#path}.${process.pid}.new`;
    try {
      const file = await open(draft, 'w', 0o600);
      try {
        await file.writeFile(Array.from(kept.values(), formatRecord).join(''));
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(draft, this.#path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }
}
