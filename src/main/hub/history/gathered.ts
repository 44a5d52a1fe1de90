import type { EventInfo } from '@shared/model';
import type { CommitBatch, StoredSeries, StreamMark } from '../store-contract/store-contract';
import type { KeptRecord } from '../store-contract/records';
import type { RowBuffer } from './row-buffer';

/** What one commit writes, and what follows when it is on disk. */
export interface GatheredBatch {
  batch: CommitBatch;
  whenDurable: (() => void)[];
  /** The memory of its rows, free once it is on disk. */
  rooms: SharedArrayBuffer[];
}

/** What came since the last commit began. Of a series or a stream's mark that came several times, the last counts. */
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

  /** Rows will be taken out of this buffer. */
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

  /** Series and marks of a device that is being deleted; the store ignores rows of series that it does not know. */
  forget(device: string): void {
    for (const [id, one] of this.#series) if (one.device === device) this.#series.delete(id);
    this.#marks.delete(device);
  }

  /** Hands all of it over, and is empty. */
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

/** The same batch without what belongs to a device. */
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
