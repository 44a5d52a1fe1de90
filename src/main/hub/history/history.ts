import type { Clock } from '@shared/clock';
import { FaultError, toFault } from '@shared/errors';
import type { Logger } from '@shared/logger';
import type { Recorder, RowRecorder } from '../series/recorder';
import { seriesIdentity, type Series } from '../series/series';
import type { KeptRecord } from '../store-contract/records';
import type { SampleStore, StoreColumns } from '../store-contract/store-contract';
import { notStoredBecause } from './not-stored';
import { CommitPlanner } from './commit-planner';
import { CommitScheduler } from './commit-scheduler';
import { Gathered, without, type GatheredBatch } from './gathered';
import { RowBuffer } from './row-buffer';
import { RowRooms } from './row-rooms';

const POLICY = {
  commitAtBytes: 8 * 1024 * 1024,
  behindAtBytes: 32 * 1024 * 1024,
  tellEveryMs: 60_000,
};

/** The hub's history on disk, as the main thread keeps it. */
export interface History extends Recorder {
  readonly store: SampleStore;
  readonly isBehind: boolean;
  rows(device: string, series: readonly Series[]): RowRecorder;
  /** Throws why the store is not open, for what must not look stored while it is not. */
  requireOpen(): void;
  /** Something that is kept besides history: it goes to disk with all else that came in the same moment. */
  record(record: KeptRecord): void;
  /** Called after each commit, when everything that waited for it has run. */
  onDurable(listener: () => void): void;
  /** Called when agents have to wait because the disk cannot keep up, and when they need not wait any more. */
  onBehind(listener: (isBehind: boolean) => void): void;
  /** Commits what came so far; a query after it sees everything. Never rejects. */
  flush(): Promise<void>;
  /** What is on disk of some series, for a snapshot that reaches back before the rings; empty on failure. */
  readBefore(series: number[], from: number, to: number): Promise<StoreColumns[]>;
  /**
   * Drops what waits for a device that is being forgotten, then has the store forget it. `forget` runs at the moment that
   * parts what is deleted from what comes after: series that come from then on stay.
   */
  deleteDevice(device: string, forget?: () => void): Promise<void>;
  /** Commits what came so far, then closes the store. */
  close(): Promise<void>;
}

/**
 * Gathers what ingest tells and commits it in groups, one commit under way at a time. Agents are acknowledged when the
 * commit that holds their rows is on disk. When the disk cannot keep up, agents are made to wait (their own queues hold
 * the rows) instead of anything being dropped.
 *
 * While the store is not open, nothing is gathered: rows are shown live and left out here, and whoever sent them is not
 * acknowledged. Once it opens, the hub tells it what it met meanwhile (`attach-history.ts`).
 */
export function createHistory(store: SampleStore, clock: Clock, log: Logger): History {
  const gathered = new Gathered();
  const rooms = new RowRooms();
  const planner = new CommitPlanner(POLICY);
  let durableListener: () => void = () => {};
  let behindListener: (isBehind: boolean) => void = () => {};
  const scheduler = new CommitScheduler<GatheredBatch>({
    planner,
    clock,
    take: () => gathered.take(),
    write: ({ batch }) => store.commit(batch),
    onDurable(done) {
      rooms.giveAll(done.rooms);
      for (const run of [...done.whenDurable, durableListener]) contain(run);
    },
    onFailed(error) {
      const { code, message: reason } = toFault(error);
      log.error('History could not be written; trying again.', { code, reason });
    },
    onBehind: (isBehind) => behindListener(isBehind),
  });

  /** A fault in one of those who wait for a commit is none of the others' business. */
  function contain(run: () => void): void {
    try {
      run();
    } catch (error) {
      log.error('What follows a commit failed.', {
        reason: toFault(error).message,
        stack: error instanceof Error ? error.stack : undefined,
      });
    }
  }

  function came(): void {
    if (planner.came()) scheduler.follow();
  }

  const isOpen = (): boolean => store.isOpen;
  const onFirst = (buffer: RowBuffer): void => gathered.buffer(buffer);
  const onRow = (bytes: number): void => {
    if (planner.grew(bytes)) scheduler.follow();
  };

  return {
    store,
    keepsHistory: true,
    get notStored() {
      return store.isOpen ? null : notStoredBecause(store.problem);
    },
    get gathering() {
      return planner.gathering;
    },
    get durable() {
      return planner.durable;
    },
    get isBehind() {
      return planner.isBehind;
    },
    onDurable(listener) {
      durableListener = listener;
    },
    onBehind(listener) {
      behindListener = listener;
    },
    series(series) {
      if (!store.isOpen) return;
      gathered.series(seriesIdentity(series));
      came();
    },
    rows: (device, series) => new RowBuffer({ device, series, rooms, onFirst, onRow, isOpen }),
    mark(device, stream, seq) {
      if (!store.isOpen) return;
      gathered.mark(device, stream, seq);
      came();
    },
    event(event) {
      if (!store.isOpen) return;
      gathered.event(event);
      came();
    },
    record(record) {
      if (!store.isOpen) return;
      gathered.record(record);
      came();
    },
    whenDurable(run) {
      gathered.whenDurable(run);
      came();
    },
    requireOpen() {
      if (store.isOpen) return;
      const { code, message } = store.problem ?? notStoredBecause(null);
      throw new FaultError(code, message);
    },
    flush: () => scheduler.flush(),
    async readBefore(series, from, to) {
      try {
        return await store.query({ series, from, to });
      } catch (error) {
        const { code, message: reason } = toFault(error);
        log.warn('Earlier samples could not be read.', { code, reason });
        return [];
      }
    },
    async deleteDevice(device, forget = () => {}) {
      await scheduler.flush();
      forget();
      gathered.forget(device);
      const { unfinished } = scheduler;
      if (unfinished) unfinished.batch = without(unfinished.batch, device);
      await store.deleteDevice(device);
    },
    async close() {
      await scheduler.flush();
      scheduler.close();
      await store.close();
    },
  };
}
