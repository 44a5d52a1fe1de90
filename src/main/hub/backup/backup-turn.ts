import { randomBytes } from 'node:crypto';
import type { Clock } from '@shared/clock';
import { fail, succeed, type Result } from '@shared/errors';
import { BACKUP_LIMITS } from '@shared/protocol/limits';
import { prepareBackup, type BackupOptions, type PreparedBackup } from './make-backup';

export type BackupWish = Pick<BackupOptions, 'withHistory' | 'passphrase' | 'signal'>;

export interface BackupTurnOptions {
  dataDir: string | null;
  program: string;
  clock: Clock;
  /** Puts on disk what the hub still holds in memory, so that a change of just now is in the backup. */
  settle: () => Promise<void>;
}

interface Held {
  ticket: string;
  backup: PreparedBackup;
  forget: () => void;
}

/** Makes one backup of a running hub at a time: each may need as much room as the whole history. */
export class BackupTurn {
  readonly #options: BackupTurnOptions;
  readonly #ending = new AbortController();
  #share: number | null = null;
  #held: Held | null = null;
  #current: PreparedBackup | null = null;

  constructor(options: BackupTurnOptions) {
    this.#options = options;
  }

  /** The share of the copying that is done, 0 to 1; null when nothing is being copied. */
  get share(): number | null {
    return this.#share;
  }

  /** Fails with `NO_DATA_FOLDER`, `BACKUP_RUNNING`, or the faults of `prepareBackup`. */
  async prepare(wish: BackupWish): Promise<Result<PreparedBackup>> {
    const { dataDir, program, clock, settle } = this.#options;
    if (dataDir === null) {
      return fail('NO_DATA_FOLDER', 'This hub stores nothing, so there is nothing to back up.');
    }
    // One that was made for a page and not fetched makes room for the next.
    this.#held?.backup.dispose();
    if (this.#share !== null || this.#current) {
      return fail('BACKUP_RUNNING', 'Another backup is being made. Wait until it is saved.');
    }
    this.#share = 0;
    const signal = AbortSignal.any([wish.signal, this.#ending.signal]);
    const onProgress = (share: number): void => void (this.#share = share);
    let prepared: Result<PreparedBackup>;
    try {
      await settle();
      prepared = await prepareBackup({ ...wish, signal, onProgress, dataDir, program, now: clock.now() });
    } finally {
      this.#share = null;
    }
    if (!prepared.ok) return prepared;
    const copy = prepared.value;
    const backup: PreparedBackup = {
      ...copy,
      dispose: () => {
        copy.dispose();
        if (this.#current === backup) this.#current = null;
        if (this.#held?.backup !== backup) return;
        this.#held.forget();
        this.#held = null;
      },
    };
    this.#current = backup;
    return succeed(backup);
  }

  /** Keeps a backup until it is fetched with the ticket that this returns, for a while. */
  hold(backup: PreparedBackup): string {
    const ticket = randomBytes(16).toString('hex');
    const forget = this.#options.clock.after(BACKUP_LIMITS.heldMs, () => backup.dispose());
    this.#held = { ticket, backup, forget };
    return ticket;
  }

  /** The backup of a ticket, once; the caller must dispose of it. Null when there is none. */
  collect(ticket: string): PreparedBackup | null {
    const held = this.#held;
    if (held?.ticket !== ticket) return null;
    held.forget();
    this.#held = null;
    return held.backup;
  }

  dispose(): void {
    this.#ending.abort();
    this.#current?.dispose();
  }
}
