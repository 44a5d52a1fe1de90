import type { EventInfo } from '@shared/model';
import type { CommitBatch, StoredSeries, StreamMark } from '../store-contract/store-contract';
import type { KeptRecord } from '../store-contract/records';
import type { RowBuffer } from './row-buffer';

/** The data of one commit, and the actions to run once it is on disk. */
export interface GatheredBatch {
  batch: CommitBatch;
  whenDurable: (() => void)[];
  /** The memory of its rows, free once the batch is on disk. */
  rooms: SharedArrayBuffer[];
}

/**
 * The data added since the last commit began. If a series or a stream's mark is added several times, the last one
 * counts.
 */
export class Gathered {
  readonly #series = new Map<number, StoredSeries>();
  /** By device. */
  readonly #marks = new Map<string, StreamMark[]>();
  readonly #buffers = new Set<RowBuffer>();
  /** By kind and id. */
  readonly #records = new Map<string, KeptRecord>();
  #events: EventInfo[] = [];
  #whenDurable: (() => void)[] = [];

  series(series: StoredSeries): void {
    this.#series.set(series.id, series);
  }

  mark(device: string, stream: string, seq: number): void {
    const marks = this.#marks.get(device);
    const known = marks?.find((mark) => mark.stream === stream);
    if (known) known.seq = seq;
    else if (marks) marks.push({ device, stream, seq });
    else this.#marks.set(device, [{ device, stream, seq }]);
  }

  /** Registers a buffer from which rows will be taken. */
  buffer(buffer: RowBuffer): void {
    this.#buffers.add(buffer);
  }

  event(event: EventInfo): void {
    this.#events.push(event);
  }

  record(record: KeptRecord): void {
    this.#records.set(`${record.kind}\n${record.id}`, record);
  }

  whenDurable(run: () => void): void {
    this.#whenDurable.push(run);
  }

  /**
   * Removes the series and marks of a device that is being deleted; the store ignores rows of series that it does not
   * know.
   */
  forget(device: string): void {
    for (const [id, one] of this.#series) if (one.device === device) this.#series.delete(id);
    this.#marks.delete(device);
  }

  /** Returns all gathered data, and is empty afterwards. */
  take(): GatheredBatch {
    const taken = Array.from(this.#buffers, (buffer) => buffer.take());
    const batch: CommitBatch = {
      series: [...this.#series.values()],
      rows: taken.map(({ batch: rows }) => rows),
      marks: [...this.#marks.values()].flat(),
      events: this.#events,
      records: [...this.#records.values()],
    };
    const whenDurable = this.#whenDurable;
    this.#series.clear();
    this.#buffers.clear();
    this.#marks.clear();
    this.#records.clear();
    this.#events = [];
    this.#whenDurable = [];
    return { batch, whenDurable, rooms: taken.map(({ room }) => room) };
  }
}

/** Returns the same batch without the data of one device. */
export function without({ series, rows, marks, events, records }: CommitBatch, device: string): CommitBatch {
  const isOther = (one: { device: string | null }): boolean => one.device !== device;
  return {
    series: series.filter(isOther),
    rows: rows.filter(isOther),
    marks: marks.filter(isOther),
    events: events.filter(isOther),
    // Whether it is still known is the hub's to say.
    records,
  };
}
