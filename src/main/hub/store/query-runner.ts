import { FaultError } from '@shared/errors';
import type { Readers } from './readers';
import { cutPiece, endOfPiece, wholeWindows } from './scan-pieces';
import type { Damaged, OnDamage } from './sources';
import type { StoreState } from './state';
import { runQuery } from './tier-query';
import type { View } from './view';
import type { StoreColumns, StoreQuery } from '../store-contract/store-contract';
import type { ScanPiece } from '../store-contract/store-messages';
import { LOOKBACK_MS } from '../store-contract/tiers';

/** The number of queries that run in turns; the others wait. */
const AT_ONCE = 3;
const MAX_WAITING = 256;
/** How long a query may run before others get their turn, ms. */
const SLICE_MS = 6;
const PIECE_SAMPLES = 50_000;
const MAX_SERIES = 10_000;
/** How often a query that meets damage runs again once that is dealt with. */
const MAX_TRIES = 8;

/** Runs queries in slices alongside commits, a few at once, in the order in which they arrived. */
export class QueryRunner {
  readonly #state: StoreState;
  readonly #readers: Pick<Readers, 'begin'>;
  readonly #onDamage: OnDamage;
  readonly #mend: () => void;
  readonly #waiting: (() => void)[] = [];
  readonly #cancelled = new Set<number>();
  readonly #known = new Set<number>();
  #running = 0;

  /** `mend` deals with all damage found so far; queries that found some run again then. */
  constructor(state: StoreState, readers: Pick<Readers, 'begin'>, onDamage: OnDamage, mend: () => void) {
    this.#state = state;
    this.#readers = readers;
    this.#onDamage = onDamage;
    this.#mend = mend;
  }

  get isBusy(): boolean {
    return this.#running > 0;
  }

  cancel(id: number): void {
    if (this.#known.has(id)) this.#cancelled.add(id);
  }

  query(id: number, query: StoreQuery): Promise<StoreColumns[]> {
    return this.#run(id, query, (view) => runQuery(view, query));
  }

  scan(id: number, query: Omit<StoreQuery, 'points'>): Promise<ScanPiece> {
    return this.#run(id, query, async (view) => {
      const reach = endOfPiece(view, query.from, query.to, PIECE_SAMPLES);
      const end = reach < query.to ? wholeWindows(query.from, reach) : reach;
      const piece = cutPiece(await runQuery(view, { ...query, to: end }), query.from, end, PIECE_SAMPLES);
      const columns = piece.columns.filter(({ t }) => t.length > 0);
      return { columns, next: piece.end < query.to ? piece.end : null };
    });
  }

  async #run<T>(id: number, query: StoreQuery, work: (view: View) => Promise<T>): Promise<T> {
    if (query.series.length > MAX_SERIES) {
      throw new FaultError('QUERY_TOO_LARGE', `A query can name at most ${MAX_SERIES} series.`);
    }
    if (!Number.isFinite(query.from) || !Number.isFinite(query.to)) {
      throw new FaultError('BAD_RANGE', 'A query needs a start and an end.');
    }
    this.#known.add(id);
    try {
      if (this.#running >= AT_ONCE) await this.#wait();
      if (this.#cancelled.has(id)) {
        // Its place goes to the next waiting query.
        this.#waiting.shift()?.();
        throw new FaultError('CANCELLED', 'The query was cancelled.');
      }
      this.#running++;
      try {
        for (let tries = 1; ; tries++) {
          const found: Damaged[] = [];
          const answer = await this.#once(id, query, work, (damaged, error) => {
            found.push(damaged);
            this.#onDamage(damaged, error);
          });
          if (found.length === 0) return answer;
          // What was left out may have been replaced by something older, which would be wrong.
          this.#mend();
          if (tries === MAX_TRIES) {
            throw new FaultError('STORE_DAMAGED', 'There is too much damage in this part of the history.');
          }
        }
      } finally {
        this.#running--;
        this.#waiting.shift()?.();
      }
    } finally {
      this.#known.delete(id);
      this.#cancelled.delete(id);
    }
  }

  async #once<T>(
    id: number,
    query: StoreQuery,
    work: (view: View) => Promise<T>,
    onDamage: OnDamage,
  ): Promise<T> {
    const snapshot = this.#readers.begin();
    try {
      return await work({
        chunks: snapshot.chunks,
        journal: snapshot.journal,
        devices: this.#devicesOf(query),
        onDamage,
        turn: this.#pacer(id),
      });
    } finally {
      snapshot.end();
    }
  }

  #wait(): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) {
      throw new FaultError('STORE_BUSY', 'Too many queries are waiting for the history.');
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The devices of a query as they are now, at the moment of the snapshot. */
  #devicesOf({ series, from, to }: StoreQuery): View['devices'] {
    const { catalog, floors } = this.#state;
    const byDevice = new Map<number, View['devices'][number]>();
    for (const id of new Set(series)) {
      const entry = catalog.seriesEntry(id);
      if (!entry) continue;
      const { device, kind } = entry;
      let group = byDevice.get(device.id);
      if (!group) {
        const journal = device.journal.filter((one) => one.to >= from - LOOKBACK_MS && one.from < to);
        group = {
          device: {
            id: device.id,
            journal,
            unsealed: journal,
            dirtyHours: new Set(device.dirtyHours),
            floor: (tier) => floors.get(tier, device.id),
          },
          series: [],
        };
        byDevice.set(device.id, group);
      }
      group.series.push({ id, kind });
    }
    return [...byDevice.values()];
  }

  #pacer(id: number): View['turn'] {
    let until = performance.now() + SLICE_MS;
    return () => {
      if (performance.now() < until) return undefined;
      return new Promise((resolve, reject) => {
        setImmediate(() => {
          until = performance.now() + SLICE_MS;
          if (this.#cancelled.has(id)) reject(new FaultError('CANCELLED', 'The query was cancelled.'));
          else resolve();
        });
      });
    };
  }
}
