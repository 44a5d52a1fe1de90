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

/** The main thread's side of the hub's history on disk. */
export interface History extends Recorder {
  readonly store: SampleStore;
  readonly isBehind: boolean;
  rows(device: string, series: readonly Series[]): RowRecorder;
  /** Throws the reason why the store is not open, before changes that must not look stored. */
  requireOpen(): void;
  /** Adds something that is kept besides history to the current commit. */
  record(record: KeptRecord): void;
  /** Called after each commit, when all callbacks that waited for it have run. */
  onDurable(listener: () => void): void;
  /** Called when agents have to wait because the disk cannot keep up, and again when they no longer have to. */
  onBehind(listener: (isBehind: boolean) => void): void;
  /** Commits everything added so far, so that a query afterwards sees it. Never rejects. */
  flush(): Promise<void>;
  /** Reads some series from disk, for a snapshot that reaches back before the rings; empty on failure. */
  readBefore(series: number[], from: number, to: number): Promise<StoreColumns[]>;
  /**
   * Drops the pending data of a device that is being forgotten, then makes the store forget the device. Series that are
   * added after the call to `forget` stay.
   */
  deleteDevice(device: string, forget?: () => void): Promise<void>;
  /** Commits everything added so far, then closes the store. */
  close(): Promise<void>;
}

/**
 * Gathers ingest's reports and commits them in groups, one commit at a time. Agents are acknowledged when the commit
 * that holds their rows is on disk. When the disk cannot keep up, nothing is dropped: agents have to wait, and their
 * own queues hold the rows.
 *
 * While the store is not open, nothing is gathered: rows are shown live but not recorded here, and their senders get no
 * acknowledgement. Once it opens, the hub adds the series and events of that time (`attach-history.ts`).
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

  /** Contains a fault in one callback that waits for a commit, so that it does not affect the others. */
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
