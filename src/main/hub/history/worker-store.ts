import { Worker } from 'node:worker_threads';
import type { Clock } from '@shared/clock';
import { Emitter } from '@shared/emitter';
import { FaultError, type Fault, type Result } from '@shared/errors';
import { listenerFaults, logFault, type Logger } from '@shared/logger';
import { lowerBound } from '../samples/lower-bound';
import type {
  CommitBatch,
  Retention,
  SampleStore,
  StoreColumns,
  StoreContents,
} from '../store-contract/store-contract';
import { SeriesIds } from './series-ids';
import { floorTo, RAW, WINDOW_MS } from '../store-contract/tiers';
import type { CallName, FromWorker, StoreCalls, ToWorker } from '../store-contract/store-messages';

export interface OpenStoreOptions {
  /** The folder of the database; created when missing. */
  dir: string;
  retention: Retention;
  /** The built `store-worker.ts`. */
  workerFile: string | URL;
  clock: Clock;
  log: Logger;
  /**
   * The largest size of the database; beyond it commits reject with `STORE_FULL`. Without it, the disk is the limit.
   */
  maxFileBytes?: number | undefined;
  /**
   * Returns a store even if the database cannot be opened. The store then serves the data that can be read, rejects
   * commits, and opens as soon as possible.
   */
  keepTrying?: boolean | undefined;
}

/** A store that can also wait for its background work. */
export interface OpenedStore extends SampleStore {
  /** Runs all background work that is due: sealing, roll-ups, merging, cleanup. For tests and benches. */
  settle(): Promise<void>;
}

const CLOSE_WITHIN_MS = 5_000;
/** The time after which a thread that ended by a fault is started again. */
const START_AGAIN_MS = 5_000;
/** The most calls waiting for the worker; further calls are refused. At most two commits are expected. */
const MAX_WAITING = 1_024;
const CLOSED: Fault = { code: 'STORE_CLOSED', message: 'The history is closed.' };
const NOTHING: StoreContents = {
  series: [],
  marks: [],
  events: [],
  newest: new Map(),
  records: [],
  damagedRecords: [],
};

interface Waiting {
  resolve(result: unknown): void;
  reject(error: FaultError): void;
}

/**
 * Opens the history in a folder. Fails with `STORE_UNWRITABLE`, `STORE_FULL`, `STORE_IN_USE`, `STORE_NEWER` or
 * `STORE_FAILED`; never with `keepTrying`. A damaged file is set aside and a new one started; `stats().problem` then
 * says so.
 */
export async function openStore(options: OpenStoreOptions): Promise<Result<OpenedStore>> {
  const store = new WorkerStore(options);
  const fault = await store.started;
  if (fault === null || options.keepTrying === true) return { ok: true, value: store };
  await store.close();
  return { ok: false, error: fault };
}

function crashed(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'STORE_FAILED', message: `The history stopped unexpectedly: ${message}` };
}

/**
 * Yields a piece window by window, with all series of a window before the next window, so that the same samples
 * always come in the same order.
 */
function* byWindow(columns: readonly StoreColumns[]): Generator<StoreColumns> {
  const at = columns.map(() => 0);
  for (;;) {
    let first = Number.POSITIVE_INFINITY;
    for (const [i, { t }] of columns.entries()) first = Math.min(first, t[at[i] ?? 0] ?? first);
    if (first === Number.POSITIVE_INFINITY) return;
    const end = floorTo(first, WINDOW_MS[RAW]) + WINDOW_MS[RAW];
    for (const [i, { series, t, v }] of columns.entries()) {
      const from = at[i] ?? 0;
      const to = lowerBound(t, end);
      if (to <= from) continue;
      at[i] = to;
      yield { series, t: t.subarray(from, to), v: (v ?? t).subarray(from, to) };
    }
  }
}

/** Communicates with the worker, and starts another if it ends by a fault. Holds no data. */
class WorkerStore implements OpenedStore {
  /** Resolves with null once the database is open, or with the reason why it is not. */
  readonly started: Promise<Fault | null>;
  readonly #options: OpenStoreOptions;
  readonly #ids = new SeriesIds();
  readonly #waiting = new Map<number, Waiting>();
  readonly #problemChanged: Emitter<Fault | null>;
  readonly #opened: Emitter<null>;
  readonly #afresh: Emitter<null>;
  #tellStarted: (fault: Fault | null) => void = () => {};
  #hasStarted = false;
  #worker: Worker | null = null;
  #contents = NOTHING;
  #isReadable = false;
  /** Why it is not open; null while it is. */
  #closedBy: Fault | null = { code: 'STORE_FAILED', message: 'The history is being opened.' };
  /** The problem of the open store; null if there is none. */
  #ailment: Fault | null = null;
  #retention: Retention;
  #nextId = 1;
  #endedBy: Fault | null = null;
  #closing: Promise<void> | null = null;
  #cancelStart: () => void = () => {};

  constructor(options: OpenStoreOptions) {
    this.#options = options;
    this.#retention = options.retention;
    this.#problemChanged = new Emitter(listenerFaults(options.log));
    this.#opened = new Emitter(listenerFaults(options.log));
    this.#afresh = new Emitter(listenerFaults(options.log));
    this.started = new Promise((resolve) => (this.#tellStarted = resolve));
    this.#start();
  }

  get contents(): StoreContents {
    return this.#contents;
  }

  get isOpen(): boolean {
    return this.#closedBy === null;
  }

  get isReadable(): boolean {
    return this.#isReadable;
  }

  get problem(): Fault | null {
    return this.#closedBy ?? this.#ailment;
  }

  onProblem(listener: (problem: Fault | null) => void): () => void {
    return this.#problemChanged.on(listener);
  }

  onOpened(listener: () => void): () => void {
    return this.#opened.on(listener);
  }

  onAfresh(listener: () => void): () => void {
    return this.#afresh.on(listener);
  }

  renumber(storedIds: ReadonlyMap<number, number>): void {
    this.#ids.set(storedIds);
  }

  async commit(batch: CommitBatch): Promise<void> {
    // Not transferred, because a batch whose commit fails is committed again.
    await this.#call('commit', this.#ids.batchToStored(batch));
  }

  async query(query: StoreCalls['query']['params'], signal?: AbortSignal): Promise<StoreColumns[]> {
    return this.#ids.toHub(await this.#call('query', this.#ids.toStored(query), signal));
  }

  async *scan(query: StoreCalls['scan']['params'], signal?: AbortSignal): AsyncIterable<StoreColumns> {
    let from = query.from;
    for (;;) {
      const piece = await this.#call('scan', this.#ids.toStored({ ...query, from }), signal);
      yield* byWindow(this.#ids.toHub(piece.columns));
      if (piece.next === null) return;
      from = piece.next;
    }
  }

  extent(device: string): Promise<{ oldest: number; newest: number } | null> {
    return this.#call('extent', device);
  }

  events(query: StoreCalls['events']['params']): ReturnType<SampleStore['events']> {
    return this.#call('events', query);
  }

  async updateEvent(id: number, text: string | null): Promise<void> {
    await this.#call('updateEvent', { id, text });
  }

  async deleteDevice(device: string): Promise<void> {
    await this.#call('deleteDevice', device);
  }

  async setRetention(retention: Retention): Promise<void> {
    this.#retention = retention;
    await this.#call('setRetention', retention);
  }

  async stats(): ReturnType<SampleStore['stats']> {
    const stats = await this.#call('stats', null);
    return { ...stats, problem: this.problem };
  }

  async settle(): Promise<void> {
    await this.#call('settle', null);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  dispose(): void {
    void this.close();
  }

  async #close(): Promise<void> {
    if (this.#endedBy) return;
    this.#cancelStart();
    const closed = this.#call('close', null).catch(() => null);
    let giveUp: () => void = () => {};
    const late = new Promise<void>((resolve) => {
      giveUp = this.#options.clock.after(CLOSE_WITHIN_MS, resolve);
    });
    await Promise.race([closed, late]);
    giveUp();
    const worker = this.#worker;
    this.#ended(CLOSED);
    await worker?.terminate();
    this.#problemChanged.clear();
    this.#opened.clear();
    this.#afresh.clear();
  }

  #start(): void {
    const { dir, maxFileBytes, keepTrying, workerFile, log } = this.#options;
    let worker: Worker;
    try {
      worker = new Worker(workerFile, {
        workerData: { dir, retention: this.#retention, maxFileBytes, keepTrying },
        execArgv: ['--disable-warning=ExperimentalWarning'],
        // The worker's garbage is mostly columns, which are outside V8's heap, so more room for objects would only use
        // more memory.
        resourceLimits: { maxYoungGenerationSizeMb: 8 },
        name: 'wirewatch-store',
      });
    } catch (error) {
      logFault(log, 'STORE_FAILED', 'The thread of the history did not start.', error);
      this.#lost(crashed(error));
      return;
    }
    this.#worker = worker;
    worker.on('message', (message: FromWorker) => {
      if (this.#worker === worker) this.#receive(message);
    });
    worker.on('error', (error) => {
      if (this.#worker !== worker) return;
      const fault = crashed(error);
      logFault(log, fault.code, 'The thread of the history ended by a fault.', error);
      this.#lost(fault);
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#lost(this.#closing ? CLOSED : crashed('its thread ended'));
    });
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'log':
        this.#options.log[message.level](message.message, message.fields);
        return;
      case 'problem':
        this.#becomes(this.#closedBy, message.problem);
        return;
      case 'afresh':
        this.#afresh.emit(null);
        return;
      case 'opened': {
        const isLate = this.#hasStarted;
        this.#contents = message.contents;
        this.#isReadable = true;
        this.#becomes(null, this.#ailment);
        this.#hasStarted = true;
        this.#tellStarted(null);
        if (isLate) this.#opened.emit(null);
        return;
      }
      case 'waiting':
        this.#isReadable = message.contents !== null;
        // The first contents stay in use, because a series' id must not change while the hub runs.
        if (!this.#hasStarted && message.contents) this.#contents = message.contents;
        this.#becomes(message.fault, this.#ailment);
        this.#hasStarted = true;
        this.#tellStarted(message.fault);
        return;
      case 'refused':
        this.#closedBy = message.fault;
        this.#tellStarted(message.fault);
        return;
      default: {
        const waiting = this.#waiting.get(message.id);
        this.#waiting.delete(message.id);
        if (message.type === 'done') waiting?.resolve(message.result);
        else waiting?.reject(new FaultError(message.fault.code, message.fault.message));
      }
    }
  }

  /** Handles a worker that has ended or did not start. With `keepTrying`, another one is started later. */
  #lost(fault: Fault): void {
    if (this.#options.keepTrying !== true || this.#closing) {
      this.#ended(fault);
      return;
    }
    this.#worker = null;
    this.#isReadable = false;
    this.#rejectAll(fault);
    this.#hasStarted = true;
    this.#tellStarted(fault);
    this.#becomes(fault, null);
    this.#cancelStart = this.#options.clock.after(START_AGAIN_MS, () => this.#start());
  }

  /** Fails all waiting and future calls. */
  #ended(fault: Fault): void {
    if (this.#endedBy) return;
    this.#endedBy = fault;
    this.#worker = null;
    this.#isReadable = false;
    if (fault.code === 'STORE_CLOSED') this.#closedBy = fault;
    else this.#becomes(fault, null);
    this.#tellStarted(fault);
    this.#rejectAll(fault);
  }

  #rejectAll({ code, message }: Fault): void {
    for (const { reject } of this.#waiting.values()) reject(new FaultError(code, message));
    this.#waiting.clear();
  }

  #becomes(closedBy: Fault | null, ailment: Fault | null): void {
    const before = this.problem;
    this.#closedBy = closedBy;
    this.#ailment = ailment;
    // A problem before the first answer is not reported here, because the caller that opens the store gets it.
    if (this.#hasStarted && before !== this.problem) this.#problemChanged.emit(this.problem);
  }

  #call<K extends CallName>(
    name: K,
    params: StoreCalls[K]['params'],
    signal?: AbortSignal,
  ): Promise<StoreCalls[K]['result']> {
    const worker = this.#worker;
    if (!worker) {
      const { code, message } = this.#endedBy ?? this.#closedBy ?? CLOSED;
      return Promise.reject(new FaultError(code, message));
    }
    if (this.#closing && name !== 'close') {
      return Promise.reject(new FaultError('STORE_CLOSED', 'The history is closed.'));
    }
    if (signal?.aborted) return Promise.reject(new FaultError('CANCELLED', 'The query was cancelled.'));
    if (this.#waiting.size >= MAX_WAITING) {
      return Promise.reject(new FaultError('STORE_BUSY', 'Too many requests are waiting for the history.'));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        if (!this.#waiting.delete(id)) return;
        worker.postMessage({ type: 'cancel', id } satisfies ToWorker);
        reject(new FaultError('CANCELLED', 'The query was cancelled.'));
      };
      signal?.addEventListener('abort', cancel, { once: true });
      const settled = (): void => signal?.removeEventListener('abort', cancel);
      this.#waiting.set(id, {
        resolve(result) {
          settled();
          resolve(result as StoreCalls[K]['result']);
        },
        reject(error) {
          settled();
          reject(error);
        },
      });
      worker.postMessage({ type: 'call', id, name, params });
    });
  }
}
