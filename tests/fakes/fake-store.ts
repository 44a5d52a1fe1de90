import { FaultError, type Fault } from '@shared/errors';
import { ratesInPlace } from '../../src/main/hub/samples/rates';
import type {
  CommitBatch,
  SampleStore,
  StoreColumns,
  StoreContents,
  StoredSeries,
  StoreQuery,
} from '../../src/main/hub/store-contract/store-contract';

/** A store in memory that fulfils the contract, for tests of its users. */
export class FakeStore implements SampleStore {
  contents: StoreContents = {
    series: [],
    marks: [],
    events: [],
    newest: new Map(),
    records: [],
    damagedRecords: [],
  };
  /** Makes commits fail while true. */
  failing = false;
  commits = 0;
  /** The number of scans that have begun but not ended. */
  openScans = 0;
  problem: Fault | null = null;
  isOpen = true;
  isReadable = true;
  /** Set by `renumber`. */
  storedIds: ReadonlyMap<number, number> = new Map();
  readonly #afreshListeners = new Set<() => void>();
  readonly #openedListeners = new Set<() => void>();
  readonly #problemListeners = new Set<(problem: Fault | null) => void>();
  readonly #series = new Map<number, StoredSeries>();
  readonly #samples = new Map<number, Map<number, number>>();

  constructor(readonly samplesAPiece = 50_000) {}

  commit(batch: CommitBatch): Promise<void> {
    if (this.failing || !this.isOpen) {
      return Promise.reject(new FaultError('STORE_FULL', 'The disk is full.'));
    }
    this.commits++;
    for (const series of batch.series) this.#series.set(series.id, structuredClone(series));
    for (const { series, t, v } of batch.rows) {
      for (const [column, id] of series.entries()) {
        let samples = this.#samples.get(id);
        if (!samples) this.#samples.set(id, (samples = new Map<number, number>()));
        for (const [row, time] of t.entries())
          samples.set(time, v[row * series.length + column] ?? Number.NaN);
      }
    }
    this.contents.events.push(...batch.events);
    return Promise.resolve();
  }

  async query(query: StoreQuery): Promise<StoreColumns[]> {
    return Promise.resolve(query.series.map((id) => this.#read(id, query)));
  }

  async *scan(query: Omit<StoreQuery, 'points'>, signal?: AbortSignal): AsyncGenerator<StoreColumns> {
    this.openScans++;
    try {
      for (const id of query.series) {
        const { t, v } = this.#read(id, query);
        for (let row = 0; row < t.length; row += this.samplesAPiece) {
          await new Promise((resolve) => setImmediate(resolve));
          signal?.throwIfAborted();
          const end = row + this.samplesAPiece;
          yield { series: id, t: t.slice(row, end), v: v.slice(row, end) };
        }
      }
    } finally {
      this.openScans--;
    }
  }

  extent(): Promise<null> {
    return Promise.resolve(null);
  }

  events({
    device,
    from,
    to,
    limit,
  }: Parameters<SampleStore['events']>[0]): ReturnType<SampleStore['events']> {
    const found = this.contents.events.filter(
      (event) => event.at >= from && event.at < to && (device === undefined || event.device === device),
    );
    return Promise.resolve(found.slice(-limit));
  }

  updateEvent(): Promise<void> {
    return Promise.resolve();
  }

  deleteDevice(device: string): Promise<void> {
    for (const series of this.#series.values()) if (series.device === device) this.#samples.delete(series.id);
    return Promise.resolve();
  }

  setRetention(): Promise<void> {
    return Promise.resolve();
  }

  stats(): ReturnType<SampleStore['stats']> {
    const problem = this.failing ? { code: 'STORE_FULL', message: 'The disk is full.' } : null;
    return Promise.resolve({
      fileBytes: 0,
      budgetBytes: 0,
      tiers: [],
      seriesCount: this.#series.size,
      problem,
    });
  }

  onProblem(listener: (problem: Fault | null) => void): () => void {
    this.#problemListeners.add(listener);
    return () => this.#problemListeners.delete(listener);
  }

  /** Simulates damage or a full disk; null ends the problem. */
  setProblem(problem: Fault | null): void {
    this.problem = problem;
    for (const listener of this.#problemListeners) listener(problem);
  }

  onOpened(listener: () => void): () => void {
    this.#openedListeners.add(listener);
    return () => this.#openedListeners.delete(listener);
  }

  onAfresh(listener: () => void): () => void {
    this.#afreshListeners.add(listener);
    return () => this.#afreshListeners.delete(listener);
  }

  renumber(storedIds: ReadonlyMap<number, number>): void {
    this.storedIds = storedIds;
  }

  /** Opens a store that could not be opened at first. */
  open(): void {
    this.isOpen = true;
    this.isReadable = true;
    this.setProblem(null);
    for (const listener of this.#openedListeners) listener();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  dispose(): void {}

  #read(
    id: number,
    { from, to, raw }: Omit<StoreQuery, 'points'>,
  ): { series: number; t: Float64Array; v: Float64Array } {
    const sorted = [...(this.#samples.get(id) ?? [])].sort((a, b) => a[0] - b[0]);
    const t = Float64Array.from(sorted, ([time]) => time);
    const v = Float64Array.from(sorted, ([, value]) => value);
    if (this.#series.get(id)?.kind === 'counter' && raw !== true) ratesInPlace(t, v);
    const first = t.findIndex((time) => time >= from);
    const start = first < 0 ? t.length : first;
    const last = t.findIndex((time) => time >= to);
    const end = last < 0 ? t.length : last;
    return { series: id, t: t.slice(start, end), v: v.slice(start, end) };
  }
}
