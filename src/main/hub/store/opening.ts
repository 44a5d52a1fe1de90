import { FaultError, isExpected, stackOf, toFault, type Fault } from '@shared/errors';
import { Engine } from './engine';
import { lockFolder } from './database';
import { ReadEngine } from './read-engine';
import { whyNoRoom } from './room';
import type { CallName, FromWorker, WorkerOptions } from '../store-contract/store-messages';

/** Opening is tried again after the first, then twice as long each time, up to the last. */
const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 8_000;
/** How often to look whether the running queries have ended, and how long they may hold up an attempt. */
const LOOK_EVERY_MS = 50;
const MAX_HOLD_UP_MS = 2_000;

type Post = (message: FromWorker) => void;

/**
 * What serves a folder in the worker: the engine once the database is open for writing. Until then, with `keepTrying`,
 * what is stored is served as far as it can be read, and opening is tried again and again: the disk may get room, the
 * folder may become writable, another hub may end.
 */
export class Opening {
  readonly #post: Post;
  #options: WorkerOptions;
  #engine: Engine | null = null;
  #reader: ReadEngine | null = null;
  #fault: Fault | null = null;
  #timer: NodeJS.Timeout | null = null;
  #waitMs = RETRY_FIRST_MS;
  #heldUpMs = 0;
  #isClosed = false;

  constructor(options: WorkerOptions, post: Post) {
    this.#options = options;
    this.#post = post;
    this.#try();
    if (this.#engine) return;
    const fault = this.#fault ?? toFault(null);
    if (options.keepTrying !== true) {
      post({ type: 'refused', fault });
      return;
    }
    this.#read();
    this.#tell();
    this.#tryLater();
  }

  /** Answers one request. Rejects with a `FaultError`. */
  async handle(id: number, name: CallName, params: unknown): Promise<unknown> {
    if (this.#engine) return this.#engine.handle(id, name, params);
    if (this.#isClosed) throw new FaultError('STORE_CLOSED', 'The history is closed.');
    if (name === 'close') {
      this.#close();
      return null;
    }
    if (name === 'setRetention') {
      this.#options = { ...this.#options, retention: params as WorkerOptions['retention'] };
      return null;
    }
    const answer = this.#reader?.handle(id, name, params);
    if (answer) return answer;
    const { code, message } = this.#fault ?? toFault(null);
    throw new FaultError(code, message);
  }

  cancel(id: number): void {
    this.#engine?.cancel(id);
    this.#reader?.cancel(id);
  }

  #try(): void {
    this.#fault = whyNotOpen(this.#options.dir);
    if (this.#fault) return;
    try {
      // It may hold the file to itself.
      this.#reader?.close();
      this.#reader = null;
      this.#engine = new Engine(this.#options, this.#post);
      this.#post({ type: 'opened', contents: this.#engine.contents });
    } catch (error) {
      this.#fault = toFault(error);
      if (isExpected(error)) return;
      const fields = { code: this.#fault.code, stack: stackOf(error) };
      this.#post({ type: 'log', level: 'error', message: 'The history could not be opened.', fields });
    }
  }

  #read(): void {
    if (this.#reader || this.#isClosed) return;
    const isShared = this.#fault?.code === 'STORE_IN_USE';
    try {
      this.#reader = new ReadEngine(
        this.#options.dir,
        isShared,
        () => this.#options.retention,
        () => {},
      );
    } catch {
      // There is nothing yet, or nothing that can be read: the fault of opening says enough.
    }
  }

  #tell(): void {
    const fault = this.#fault ?? toFault(null);
    const message = this.#reader?.lacksLog
      ? `${fault.message} Of what is stored, the latest changes cannot be read either.`
      : fault.message;
    this.#post({
      type: 'waiting',
      fault: { code: fault.code, message },
      contents: this.#reader?.contents ?? null,
    });
  }

  #tryLater(): void {
    this.#timer = setTimeout(() => this.#tryAgain(), this.#waitMs);
    this.#waitMs = Math.min(RETRY_LAST_MS, this.#waitMs * 2);
  }

  #tryAgain(): void {
    if (this.#reader?.isBusy === true && this.#heldUpMs < MAX_HOLD_UP_MS) {
      this.#heldUpMs += LOOK_EVERY_MS;
      this.#timer = setTimeout(() => this.#tryAgain(), LOOK_EVERY_MS);
      return;
    }
    this.#heldUpMs = 0;
    this.#timer = null;
    const before = this.#fault;
    const hadReader = this.#reader !== null;
    this.#try();
    if (this.#engine) return;
    this.#read();
    const { code, message } = this.#fault ?? toFault(null);
    const isNews = code !== before?.code || message !== before.message;
    if (isNews || hadReader !== (this.#reader !== null)) this.#tell();
    this.#tryLater();
  }

  #close(): void {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#reader?.close();
    this.#reader = null;
  }
}

/** Looks before anything is opened: what serves the readers meanwhile is not to be disturbed in vain. */
function whyNotOpen(dir: string): Fault | null {
  const lock = lockFolder(dir);
  if (lock.ok) lock.value.close();
  else if (lock.error.code === 'STORE_IN_USE') return lock.error;
  return whyNoRoom(dir) ?? (lock.ok ? null : lock.error);
}
