import type { Clock } from '@shared/clock';
import { stackOf } from '@shared/errors';
import type { Logger } from '@shared/logger';
import type { Schema } from '../schema';
import type { Collector } from './collector';
import { chooseSlots, slotName } from './schema-room';
import { listed, SlotTable, type Slot } from './series-slots';

/** The result of one round of reading: values in the order of the schema's series. */
export interface Sample {
  schema: Schema;
  values: (number | null)[];
}

/**
 * A read that takes longer than this, or than two of its periods, counts as hung: its earlier values are no longer
 * valid.
 */
const HUNG_AFTER_MS = 15_000;
const RETRY_MS = 10_000;
const RETRY_CAP_MS = 10 * 60_000;

interface Entry {
  collector: Collector;
  slots: SlotTable;
  dueAt: number;
  busy: boolean;
  startedAt: number;
  hung: boolean;
  failures: number;
  logged: string;
}

/** Runs collectors side by side: if one fails or hangs, only its own series are affected. */
export class CollectorSet {
  readonly #entries: Entry[];
  readonly #clock: Clock;
  readonly #log: Logger;
  #slots: Slot[] = [];
  #signature = '';
  #isFull = false;
  #leftOutCount = 0;
  #schema: Schema = { version: 0, series: [] };
  #collectMs = 0;
  #disposed = false;

  constructor(collectors: readonly Collector[], clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
    this.#entries = collectors.map((collector) => ({
      collector,
      slots: new SlotTable(() => clock.monotonic(), log),
      dueAt: -Infinity,
      busy: false,
      startedAt: -Infinity,
      hung: false,
      failures: 0,
      logged: '',
    }));
  }

  /** Ms that the last round took, not counting reads that go on in the background. */
  get collectMs(): number {
    return this.#collectMs;
  }

  /** Reads everything once and waits for it, at most `patienceMs`, so that the first row is complete. */
  async prime(patienceMs: number): Promise<void> {
    const reads = this.#entries.map((entry) => this.#read(entry)).filter((read) => read !== undefined);
    let cancel = () => {};
    const patience = new Promise<void>((resolve) => {
      cancel = this.#clock.after(patienceMs, resolve);
    });
    await Promise.race([Promise.all(reads), patience]);
    cancel();
  }

  /** Reads the series that are due. Never throws. */
  sample(): Sample {
    const started = this.#clock.monotonic();
    for (const entry of this.#entries) {
      if (entry.busy) this.#checkHung(entry, started);
      else if (entry.dueAt <= started) void this.#read(entry);
    }
    this.#bind();
    const values = this.#slots.map((slot) => slot.value);
    this.#collectMs = this.#clock.monotonic() - started;
    return { schema: this.#schema, values };
  }

  dispose(): void {
    this.#disposed = true;
    for (const { collector } of this.#entries) collector.dispose?.();
  }

  #read(entry: Entry): Promise<void> | undefined {
    const { collector, slots } = entry;
    const now = this.#clock.monotonic();
    // Due 50 ms early, so that timer jitter does not delay a read by a whole row.
    entry.dueAt = now + Math.max(0, collector.everyMs - 50);
    try {
      const pending = collector.read(slots);
      if (pending === undefined) {
        this.#succeeded(entry, now);
        return undefined;
      }
      entry.busy = true;
      entry.startedAt = now;
      return pending.then(
        () => this.#succeeded(entry, now),
        (error: unknown) => this.#failed(entry, error),
      );
    } catch (error) {
      this.#failed(entry, error);
      return undefined;
    }
  }

  /** Clears the values of a hung read, because values that can no longer be refreshed must not look current. */
  #checkHung(entry: Entry, now: number): void {
    const patienceMs = Math.max(HUNG_AFTER_MS, 2 * entry.collector.everyMs);
    if (entry.hung || now - entry.startedAt < patienceMs) return;
    entry.hung = true;
    entry.slots.blank();
    this.#log.warn(
      `${entry.collector.name} has not answered for ${Math.round((now - entry.startedAt) / 1_000)} s; its values are unknown until it does`,
    );
  }

  #succeeded(entry: Entry, since: number): void {
    entry.busy = false;
    if (this.#disposed) return;
    if (entry.failures > 0 || entry.hung) this.#log.info(`${entry.collector.name} can be read again`);
    entry.failures = 0;
    entry.hung = false;
    entry.logged = '';
    entry.slots.expire(since);
  }

  #failed(entry: Entry, error: unknown): void {
    entry.busy = false;
    entry.hung = false;
    if (this.#disposed) return;
    entry.failures++;
    entry.slots.blank();
    entry.dueAt =
      this.#clock.monotonic() + Math.min(RETRY_CAP_MS, RETRY_MS * 2 ** Math.min(16, entry.failures - 1));
    const text = error instanceof Error ? error.message : String(error);
    if (text === entry.logged) return;
    entry.logged = text;
    // System errors have an `errno`; anything else is a bug in our code or in a library.
    const isOfSystem = error instanceof Error && 'errno' in error;
    const fields = isOfSystem ? {} : { code: 'COLLECTOR_FAILED', stack: stackOf(error) };
    this.#log.warn(`${entry.collector.name} cannot be read: ${text}`, fields);
  }

  /** Makes a new schema if series were added or removed. */
  #bind(): void {
    let signature = this.#entries.map(({ slots }) => slots.version).join(' ');
    // Series of things that are gone keep their places until they are forgotten, unless other series need the room.
    if (this.#isFull) signature += ` ${this.#entries.map(({ slots }) => slots.goneVersion).join(' ')}`;
    if (signature === this.#signature) return;
    this.#signature = signature;
    const { slots, leftOut, isFull } = chooseSlots(
      this.#entries.flatMap((entry) => [...entry.slots.values()]),
    );
    this.#isFull = isFull;
    this.#tellLeftOut(slots.length, leftOut);
    if (slots.length === this.#slots.length && slots.every((slot, i) => this.#isBound(slot, i))) return;
    this.#slots = slots;
    this.#schema = {
      version: this.#schema.version + 1,
      series: slots.map(({ declaration }) => declaration),
    };
  }

  #isBound(slot: Slot, i: number): boolean {
    return this.#slots[i] === slot && this.#schema.series[i] === slot.declaration;
  }

  #tellLeftOut(reported: number, leftOut: readonly Slot[]): void {
    const before = this.#leftOutCount;
    if (leftOut.length === 0) this.#leftOutCount = 0;
    if (leftOut.length === 0 || (before > 0 && leftOut.length < 2 * before)) return;
    this.#leftOutCount = leftOut.length;
    const names = listed(leftOut.map(slotName));
    this.#log.warn(
      `this machine has ${reported + leftOut.length} series, of which ${reported} are reported. Left out: ${names}`,
    );
  }
}
