import type { Clock } from '@shared/clock';
import { isExpected, stackOf, toFault } from '@shared/errors';
import { logFault, type Logger } from '@shared/logger';
import type { EventInfo } from '@shared/model';
import type { Series } from '../series/series';
import type { Recorder, RowRecorder } from '../series/recorder';
import { RowBuffer } from './row-buffer';
import { RowRooms } from './row-rooms';
import type {
  CommitBatch,
  SampleStore,
  StoreColumns,
  StreamMark,
  StoredSeries,
} from '../store-contract/store-contract';

/** From the first thing told to its commit, ms: acknowledgements come at least twice a second. */
const COMMIT_EVERY_MS = 200;
/** Bytes of rows that are worth a commit of their own: under load, commits follow each other without a pause. */
const COMMIT_AT_BYTES = 8 * 1024 * 1024;
/** Bytes of rows that wait for a commit before agents are made to wait. */
const BEHIND_AT_BYTES = 32 * 1024 * 1024;
const RETRY_AFTER_MS = 1_000;
const TELL_EVERY_MS = 60_000;

/** One commit: tried until it is on disk. */
interface Turn {
  number: number;
  batch: CommitBatch;
  durable: (() => void)[];
  /** The memory of its rows, free once it is on disk. */
  rooms: SharedArrayBuffer[];
}

/**
 * Gathers what ingest tells and commits it in groups, one commit under way at a time. Agents are acknowledged when the
 * commit that holds their rows is on disk. When the disk cannot keep up, agents are made to wait (their own queues hold
 * the rows) instead of anything being dropped.
 */
export class History implements Recorder {
  readonly keepsHistory = true;
  readonly store: SampleStore;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #series = new Map<number, StoredSeries>();
  readonly #marks = new Map<string, StreamMark[]>();
  readonly #dirty = new Set<RowBuffer>();
  readonly #rooms = new RowRooms();
  #events: EventInfo[] = [];
  #whenDurable: (() => void)[] = [];
  #bytes = 0;
  #gathering = 1;
  #durable = 0;
  #committing: Promise<void> | null = null;
  #cancelTimer: (() => void) | null = null;
  /** A commit comes at the end of this turn of the event loop. */
  #isDue = false;
  #isBehind = false;
  #isClosed = false;
  #toldAt = Number.NEGATIVE_INFINITY;
  /** A batch whose commit failed; it goes first next time, so that nothing is lost or reordered. */
  #failed: Turn | null = null;
  #onDurable: () => void = () => {};
  #onBehind: (isBehind: boolean) => void = () => {};

  constructor(store: SampleStore, clock: Clock, log: Logger) {
    this.store = store;
    this.#clock = clock;
    this.#log = log;
  }

  get gathering(): number {
    return this.#gathering;
  }

  get durable(): number {
    return this.#durable;
  }

  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** Called after each commit, when everything that waited for it has run. */
  onDurable(listener: () => void): void {
    this.#onDurable = listener;
  }

  onBehind(listener: (isBehind: boolean) => void): void {
    this.#onBehind = listener;
  }

  series(series: Series): void {
    const { places: _places, missingUntil: _missingUntil, ...stored } = series;
    this.#series.set(series.id, stored);
    this.#schedule();
  }

  rows(device: string, series: readonly Series[]): RowRecorder {
    return new RowBuffer({
      device,
      series,
      rooms: this.#rooms,
      onFirst: (buffer) => {
        this.#dirty.add(buffer);
        this.#schedule();
      },
      onRow: (bytes) => this.#grew(bytes),
    });
  }

  mark(device: string, stream: string, seq: number): void {
    const marks = this.#marks.get(device);
    const known = marks?.find((mark) => mark.stream === stream);
    if (known) known.seq = seq;
    else if (marks) marks.push({ device, stream, seq });
    else this.#marks.set(device, [{ device, stream, seq }]);
    this.#schedule();
  }

  event(event: EventInfo): void {
    this.#events.push(event);
    this.#schedule();
  }

  whenDurable(run: () => void): void {
    this.#whenDurable.push(run);
    this.#schedule();
  }

  /** Commits what was told so far; a query after it sees everything. Never rejects. */
  async flush(): Promise<void> {
    await this.#committing;
    await this.#commit();
  }

  /** What is on disk of some series, for a snapshot that reaches back before the rings; empty on failure. */
  async readBefore(series: number[], from: number, to: number): Promise<StoreColumns[]> {
    try {
      return await this.store.query({ series, from, to });
    } catch (error) {
      const { code, message: reason } = toFault(error);
      const stack = isExpected(error) ? {} : { stack: stackOf(error) };
      this.#log.warn('Earlier samples could not be read.', { code, reason, ...stack });
      return [];
    }
  }

  /**
   * Drops what waits for a device that is being forgotten, then has the store forget it. `forget` runs at the moment that
   * parts what is deleted from what comes after: series that are told from then on stay.
   */
  async deleteDevice(device: string, forget: () => void = () => {}): Promise<void> {
    await this.flush();
    forget();
    for (const [id, one] of this.#series) if (one.device === device) this.#series.delete(id);
    this.#marks.delete(device);
    if (this.#failed) this.#failed.batch = without(this.#failed.batch, device);
    await this.store.deleteDevice(device);
  }

  async close(): Promise<void> {
    await this.flush();
    this.#isClosed = true;
    this.#stopTimer();
    await this.store.close();
  }

  #schedule(delayMs = COMMIT_EVERY_MS): void {
    if (this.#cancelTimer || this.#committing || this.#isClosed) return;
    this.#cancelTimer = this.#clock.after(delayMs, () => {
      this.#cancelTimer = null;
      void this.#commit();
    });
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #grew(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes >= COMMIT_AT_BYTES && !this.#isDue && this.#cancelTimer && !this.#failed) {
      this.#isDue = true;
      // Not at once: the row that crosses the line is being written.
      setImmediate(() => {
        this.#stopTimer();
        void this.#commit();
      });
    }
    if (!this.#isBehind && this.#bytes > BEHIND_AT_BYTES) {
      this.#isBehind = true;
      this.#onBehind(true);
    }
  }

  #commit(): Promise<void> {
    this.#isDue = false;
    this.#committing ??= this.#commitOnce().finally(() => {
      this.#committing = null;
      if (this.#failed) this.#schedule(RETRY_AFTER_MS);
      else if (this.#hasMore()) this.#schedule(this.#bytes >= COMMIT_AT_BYTES ? 0 : COMMIT_EVERY_MS);
    });
    return this.#committing;
  }

  #hasMore(): boolean {
    return (
      this.#dirty.size > 0 ||
      this.#series.size > 0 ||
      this.#marks.size > 0 ||
      this.#events.length > 0 ||
      this.#whenDurable.length > 0
    );
  }

  async #commitOnce(): Promise<void> {
    const turn = this.#failed ?? this.#take();
    if (!turn) return;
    this.#failed = turn;
    try {
      await this.store.commit(turn.batch);
    } catch (error) {
      this.#tellFailure(error);
      return;
    }
    this.#failed = null;
    this.#toldAt = Number.NEGATIVE_INFINITY;
    this.#durable = turn.number;
    this.#rooms.giveAll(turn.rooms);
    for (const run of [...turn.durable, this.#onDurable]) {
      try {
        run();
      } catch (error) {
        logFault(this.#log, 'LISTENER_FAILED', 'What waited for a commit failed; the commit did not.', error);
      }
    }
  }

  /** Once, and now and then while it lasts: it is tried every second. */
  #tellFailure(error: unknown): void {
    const now = this.#clock.monotonic();
    if (now - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = now;
    const { code, message: reason } = toFault(error);
    const stack = isExpected(error) ? {} : { stack: stackOf(error) };
    this.#log.error('History could not be written; it is tried again.', { code, reason, ...stack });
  }

  #take(): Turn | null {
    if (!this.#hasMore()) return null;
    const taken = Array.from(this.#dirty, (buffer) => buffer.take());
    const batch: CommitBatch = {
      series: [...this.#series.values()],
      rows: taken.map(({ batch: rows }) => rows),
      marks: [...this.#marks.values()].flat(),
      events: this.#events,
    };
    const durable = this.#whenDurable;
    this.#series.clear();
    this.#dirty.clear();
    this.#marks.clear();
    this.#events = [];
    this.#whenDurable = [];
    this.#bytes = 0;
    if (this.#isBehind) {
      this.#isBehind = false;
      this.#onBehind(false);
    }
    return { number: this.#gathering++, batch, durable, rooms: taken.map(({ room }) => room) };
  }
}

function without({ series, rows, marks, events }: CommitBatch, device: string): CommitBatch {
  const isOther = (one: { device: string | null }): boolean => one.device !== device;
  return {
    series: series.filter(isOther),
    rows: rows.filter(isOther),
    marks: marks.filter(isOther),
    events: events.filter(isOther),
  };
}
