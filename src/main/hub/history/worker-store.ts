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
}

/** A store that can also wait for its background work. */
export interface OpenedStore extends SampleStore {
  /** Runs all background work that is due: sealing, roll-ups, merging, cleanup. For tests and benches. */
  settle(): Promise<void>;
}

const CLOSE_WITHIN_MS = 5_000;
/** The most calls waiting for the worker; further calls are refused. At most two commits are expected. */
const MAX_WAITING = 1_024;

interface Waiting {
  resolve(result: unknown): void;
  reject(error: FaultError): void;
}

/**
 * Opens the history in a folder. Faults: `STORE_UNWRITABLE`, `STORE_IN_USE`, `STORE_NEWER`, `STORE_FAILED`. A damaged
 * file is set aside and a new one started; `stats().problem` then says so.
 */
export async function openStore(options: OpenStoreOptions): Promise<Result<OpenedStore>> {
  const { dir, retention, maxFileBytes } = options;
  let worker: Worker;
  try {
    worker = new Worker(options.workerFile, {
      workerData: { dir, retention, maxFileBytes },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      // The worker's garbage is mostly columns, which are outside V8's heap, so more room for objects would only use
      // more memory.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
      name: 'wirewatch-store',
    });
  } catch (error) {
    logFault(options.log, 'STORE_FAILED', 'The thread of the history did not start.', error);
    return { ok: false, error: crashed(error) };
  }
  return new Promise((resolve) => {
    let store: WorkerStore | null = null;
    let problem: Fault | null = null;
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'log') options.log[message.level](message.message, message.fields);
      else if (store) store.receive(message);
      else if (message.type === 'problem') problem = message.problem;
      else if (message.type === 'opened') {
        store = new WorkerStore(worker, options.clock, options.log, message.contents, problem);
        resolve({ ok: true, value: store });
      } else if (message.type === 'refused') {
        void worker.terminate();
        resolve({ ok: false, error: message.fault });
      }
    });
    worker.on('error', (error) => {
      const fault = crashed(error);
      logFault(options.log, fault.code, 'The thread of the history ended by a fault.', error);
      if (store) store.ended(fault);
      else resolve({ ok: false, error: fault });
    });
    worker.on('exit', () => {
      const fault: Fault = { code: 'STORE_CLOSED', message: 'The history is closed.' };
      if (store) store.ended(fault);
      else
        resolve({ ok: false, error: { code: 'STORE_FAILED', message: 'The history could not be opened.' } });
    });
  });
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

/** Communicates with the worker. Holds no data. */
class WorkerStore implements OpenedStore {
  readonly contents: StoreContents;
  readonly #worker: Worker;
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  readonly #problemChanged: Emitter<Fault | null>;
  #problem: Fault | null;
  #nextId = 1;
  #endedBy: Fault | null = null;
  #closing: Promise<void> | null = null;

  constructor(worker: Worker, clock: Clock, log: Logger, contents: StoreContents, problem: Fault | null) {
    this.#problemChanged = new Emitter(listenerFaults(log));
    this.#worker = worker;
    this.#clock = clock;
    this.contents = contents;
    this.#problem = problem;
  }

  receive(message: FromWorker): void {
    if (message.type === 'problem') {
      this.#setProblem(message.problem);
      return;
    }
    if (message.type !== 'done' && message.type !== 'failed') return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === 'done') waiting?.resolve(message.result);
    else waiting?.reject(new FaultError(message.fault.code, message.fault.message));
  }

  /** The worker has ended: all waiting and future calls fail. */
  ended(fault: Fault): void {
    this.#endedBy ??= fault;
    if (fault.code !== 'STORE_CLOSED') this.#setProblem(fault);
    for (const { reject } of this.#waiting.values()) reject(new FaultError(fault.code, fault.message));
    this.#waiting.clear();
  }

  async commit(batch: CommitBatch): Promise<void> {
    // Not transferred, because a batch whose commit fails is committed again.
    await this.#call('commit', batch);
  }

  query(query: StoreCalls['query']['params'], signal?: AbortSignal): Promise<StoreColumns[]> {
    return this.#call('query', query, signal);
  }

  async *scan(query: StoreCalls['scan']['params'], signal?: AbortSignal): AsyncIterable<StoreColumns> {
    let from = query.from;
    for (;;) {
      const piece = await this.#call('scan', { ...query, from }, signal);
      yield* byWindow(piece.columns);
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
    await this.#call('setRetention', retention);
  }

  async stats(): ReturnType<SampleStore['stats']> {
    const stats = await this.#call('stats', null);
    return { ...stats, problem: this.#problem };
  }

  get problem(): Fault | null {
    return this.#problem;
  }

  onProblem(listener: (problem: Fault | null) => void): () => void {
    return this.#problemChanged.on(listener);
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
    const closed = this.#call('close', null).catch(() => null);
    let giveUp: () => void = () => {};
    const late = new Promise<void>((resolve) => (giveUp = this.#clock.after(CLOSE_WITHIN_MS, resolve)));
    await Promise.race([closed, late]);
    giveUp();
    this.ended({ code: 'STORE_CLOSED', message: 'The history is closed.' });
    await this.#worker.terminate();
    this.#problemChanged.clear();
  }

  #setProblem(problem: Fault | null): void {
    this.#problem = problem;
    this.#problemChanged.emit(problem);
  }

  #call<K extends CallName>(
    name: K,
    params: StoreCalls[K]['params'],
    signal?: AbortSignal,
  ): Promise<StoreCalls[K]['result']> {
    if (this.#endedBy) return Promise.reject(new FaultError(this.#endedBy.code, this.#endedBy.message));
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
        this.#worker.postMessage({ type: 'cancel', id } satisfies ToWorker);
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
      this.#worker.postMessage({ type: 'call', id, name, params });
    });
  }
}
