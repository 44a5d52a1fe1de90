import type { Clock } from '@shared/clock';
import { stackOf } from '@shared/errors';
import type { Logger } from '@shared/logger';
import type { Schema } from '../schema';
import type { Collector } from './collector';
import { SlotTable, type Slot } from './series-slots';

/** What one round of reading gave: values in the order of the schema's series. */
export interface Sample {
  schema: Schema;
  values: (number | null)[];
}

/** More series than this are not reported; the first ones stay. A schema of them still fits one message. */
const MAX_SERIES = 1_000;
const RETRY_MS = 10_000;
const RETRY_CAP_MS = 10 * 60_000;

interface Entry {
  collector: Collector;
  slots: SlotTable;
  dueAt: number;
  busy: boolean;
  failures: number;
  logged: string;
}

/** Runs collectors side by side: one that fails or hangs costs its own series only. */
export class CollectorSet {
  readonly #entries: Entry[];
  readonly #clock: Clock;
  readonly #log: Logger;
  #slots: Slot[] = [];
  #signature = '';
  #schema: Schema = { version: 0, series: [] };
  #collectMs = 0;
  #disposed = false;

  constructor(collectors: readonly Collector[], clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
    this.#entries = collectors.map((collector) => ({
      collector,
      slots: new SlotTable(() => clock.monotonic()),
      dueAt: -Infinity,
      busy: false,
      failures: 0,
      logged: '',
    }));
  }

  /** Ms that the last round took, without what goes on in the background. */
  get collectMs(): number {
    return this.#collectMs;
  }

  /** Reads everything once and waits for it, at most `patienceMs`: the first row is then complete. */
  async prime(patienceMs: number): Promise<void> {
    const reads = this.#entries.map((entry) => this.#read(entry)).filter((read) => read !== undefined);
    let cancel = () => {};
    const patience = new Promise<void>((resolve) => {
      cancel = this.#clock.after(patienceMs, resolve);
    });
    await Promise.race([Promise.all(reads), patience]);
    cancel();
  }

  /** Reads what is due. Never throws. */
  sample(): Sample {
    const started = this.#clock.monotonic();
    for (const entry of this.#entries) if (entry.dueAt <= started && !entry.busy) void this.#read(entry);
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
    // Due half a row early, so that a period which is a multiple of the interval is met and not missed by a hair.
    entry.dueAt = now + Math.max(0, collector.everyMs - 50);
    try {
      const pending = collector.read(slots);
      if (pending === undefined) {
        this.#succeeded(entry, now);
        return undefined;
      }
      entry.busy = true;
      return pending.then(
        () => this.#succeeded(entry, now),
        (error: unknown) => this.#failed(entry, error),
      );
    } catch (error) {
      this.#failed(entry, error);
      return undefined;
    }
  }

  #succeeded(entry: Entry, since: number): void {
    entry.busy = false;
    if (entry.failures > 0) this.#log.info(`${entry.collector.name} can be read again`);
    entry.failures = 0;
    entry.logged = '';
    entry.slots.expire(since);
  }

  #failed(entry: Entry, error: unknown): void {
    entry.busy = false;
    if (this.#disposed) return;
    entry.failures++;
    entry.slots.blank();
    entry.dueAt =
      this.#clock.monotonic() + Math.min(RETRY_CAP_MS, RETRY_MS * 2 ** Math.min(16, entry.failures - 1));
    const text = error instanceof Error ? error.message : String(error);
    if (text === entry.logged) return;
    entry.logged = text;
    // What the system refuses has an `errno`; anything else is a mistake of ours, or of a library.
    const isOfSystem = error instanceof Error && 'errno' in error;
    const fields = isOfSystem ? {} : { code: 'COLLECTOR_FAILED', stack: stackOf(error) };
    this.#log.warn(`${entry.collector.name} cannot be read: ${text}`, fields);
  }

  /** Makes a new schema when series came or went. */
  #bind(): void {
    const signature = this.#entries.map(({ slots }) => slots.version).join(' ');
    if (signature === this.#signature) return;
    this.#signature = signature;
    const all = this.#entries.flatMap(({ slots }) => [...slots.values()]);
    if (all.length > MAX_SERIES) {
      this.#log.warn(`this machine has ${all.length} series; only the first ${MAX_SERIES} are reported`);
    }
    this.#slots = all.slice(0, MAX_SERIES);
    this.#schema = {
      version: this.#schema.version + 1,
      series: this.#slots.map(({ declaration }) => declaration),
    };
  }
}
