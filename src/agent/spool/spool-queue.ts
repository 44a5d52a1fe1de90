import { basename, join } from 'node:path';
import type { Clock } from '@shared/clock';
import type { Logger } from '@shared/logger';
import { LostLedger } from '../lost-ledger';
import { createMemoryQueue } from '../memory-queue';
import { lostRows, sliceAfter, type LostRows, type QueuedRow, type RowQueue } from '../queue';
import type { Schema } from '../schema';
import { DiskTrust } from './disk-trust';
import { keepEnd, readEnd } from './end-file';
import { keepLost, readLost } from './lost-file';
import { OpenSegment } from './open-segment';
import { readFolder, segmentName } from './read-folder';
import { RowLoader } from './row-loader';
import { diskFiles, type SpoolFiles } from './spool-files';
import { countBehind, StreamList, type SpoolStream } from './stream-list';
import { Syncer } from './syncer';

export interface SpoolLimits {
  /** Size limit of all files together. */
  bytes: number;
  /** Rows older than the newest by more than this are dropped, ms. */
  ageMs: number;
}

export const DEFAULT_SPOOL_LIMITS: SpoolLimits = { bytes: 256 * 1024 * 1024, ageMs: 7 * 86_400_000 };

export interface SpoolOptions {
  /** No other process may use it. */
  folder: string;
  limits: SpoolLimits;
  clock: Clock;
  log: Logger;
  files?: SpoolFiles | undefined;
}

/** A segment ends at this size, or when its rows would take this much memory, or at an eighth of the limits. */
const SEGMENT_BYTES = 1024 * 1024;
const MAX_SEGMENTS = 4_096;
/** A segment of at least this size whose rows are all confirmed is discarded and started again. */
const ROLL_BYTES = 32 * 1024;
/** The spool takes at most half of the space that would be free without it, but it may always take this much. */
const MODEST_BYTES = 16 * 1024 * 1024;

/**
 * A {@link RowQueue} on disk. Pushed rows survive the end of the process at once, and a power cut after about a
 * second. Rows from earlier runs are restored, each on its stream. If the disk is full or not writable, this is
 * logged once, and rows are kept in memory until the disk works again. No method throws.
 */
export class SpoolQueue implements RowQueue {
  readonly #folder: string;
  readonly #limits: SpoolLimits;
  readonly #log: Logger;
  readonly #files: SpoolFiles;
  readonly #lost: LostLedger;
  readonly #loader: RowLoader;
  readonly #syncer: Syncer;
  readonly #streams = new StreamList();
  readonly #disk: DiskTrust;
  #open: OpenSegment | null = null;
  #nextNumber = 1;
  #maxBytes: number;
  readonly #endPath: string;
  /** Holds the rows while the disk cannot. */
  #memory: RowQueue | null = null;

  constructor(options: SpoolOptions) {
    const { folder, limits, clock, log, files = diskFiles } = options;
    this.#folder = folder;
    this.#limits = limits;
    this.#log = log;
    this.#files = files;
    this.#disk = new DiskTrust(clock);
    this.#maxBytes = limits.bytes;
    this.#endPath = join(folder, 'end.json');
    const lostPath = join(folder, 'lost.json');
    this.#lost = new LostLedger(readLost(files, lostPath, log), (lost) => keepLost(files, lostPath, lost));
    this.#loader = new RowLoader(log, this.#lost);
    this.#syncer = new Syncer(clock, (segment, error) => {
      if (segment === this.#open) this.#fallBack(error);
    });
    try {
      files.makeFolder(folder);
      const { segments, nextNumber } = readFolder(
        files,
        folder,
        this.#loader.intern,
        log,
        (lost) => this.#lost.add(lost),
        readEnd(files, this.#endPath),
      );
      this.#nextNumber = nextNumber;
      for (const segment of segments) this.#streams.adopt(segment);
    } catch (error) {
      this.#fallBack(error);
    }
    this.#keepLimits(clock.now());
    if (this.rowCount > 0) log.info(`${this.rowCount} unsent rows from an earlier run will be sent`);
  }

  get rowCount(): number {
    return this.#streams.all.reduce(
      (sum, stream) => sum + this.#pending(stream, 0),
      this.#memory?.rowCount ?? 0,
    );
  }

  /** Bytes in files, and in memory in place of the disk. */
  get byteCount(): number {
    return this.#fileBytes + (this.#memory?.byteCount ?? 0);
  }

  get currentStream(): string {
    return this.#disk.works || !this.#memory ? this.#streams.current.id : this.#memory.currentStream;
  }

  get streams(): readonly string[] {
    const current = this.currentStream;
    const onDisk = this.#streams.all.filter((stream) => this.#pending(stream, 0) > 0).map(({ id }) => id);
    const inMemory = this.#memory?.streams.filter((id) => this.#memory?.countAfter(id, 0)) ?? [];
    return [...[...onDisk, ...inMemory].filter((id) => id !== current), current];
  }

  push(t: number, schema: Schema, values: readonly (number | null)[], settled: boolean): void {
    if (this.#disk.works || this.#recover()) {
      try {
        this.#append(t, schema, values, settled);
      } catch (error) {
        this.#fallBack(error);
      }
    }
    if (!this.#disk.works) this.#memory?.push(t, schema, values, settled);
    this.#keepLimits(t);
  }

  openStream(): string {
    if (!this.#disk.works && this.#memory) return this.#memory.openStream();
    if (this.#streams.current.nextSeq > 1) this.#startStream();
    return this.#streams.current.id;
  }

  countAfter(id: string, afterSeq: number): number {
    const stream = this.#streams.find(id);
    return stream ? this.#pending(stream, afterSeq) : (this.#memory?.countAfter(id, afterSeq) ?? 0);
  }

  take(id: string, afterSeq: number, maxRows: number, maxBytes: number): readonly QueuedRow[] {
    const stream = this.#streams.find(id);
    if (!stream) return this.#memory?.take(id, afterSeq, maxRows, maxBytes) ?? [];
    const after = Math.max(afterSeq, stream.acked);
    for (const segment of stream.stored) {
      if (segment.lastSeq <= after) continue;
      const taken = sliceAfter(this.#loader.load(segment), after, maxRows, maxBytes);
      if (taken.length > 0) return taken;
    }
    return sliceAfter(this.#openOf(stream)?.rows ?? [], after, maxRows, maxBytes);
  }

  settle(id: string, seq: number, offsetMs: number): void {
    const stream = this.#streams.find(id);
    if (!stream) {
      this.#memory?.settle(id, seq, offsetMs);
      return;
    }
    const concerns = (one: { firstSeq: number; summary: { settled: boolean } }) =>
      one.firstSeq <= seq && !one.summary.settled;
    for (const segment of stream.stored) if (concerns(segment)) this.#loader.move(segment, offsetMs, true);
    const open = this.#openOf(stream);
    if (open && concerns(open)) open.move(offsetMs, true);
  }

  shift(offsetMs: number): void {
    this.#memory?.shift(offsetMs);
    const stream = this.#streams.find(this.currentStream);
    for (const segment of stream?.stored ?? []) {
      if (!segment.summary.settled) this.#loader.move(segment, offsetMs, false);
    }
    const open = stream && this.#openOf(stream);
    if (open && !open.summary.settled) open.move(offsetMs, false);
  }

  acknowledge(id: string, seq: number): number {
    const stream = this.#streams.find(id);
    if (!stream) return this.#memory?.acknowledge(id, seq) ?? 0;
    const before = this.#pending(stream, 0);
    // Rows not pushed yet cannot have been confirmed, whatever the hub says.
    stream.acked = Math.max(stream.acked, Math.min(seq, stream.nextSeq - 1));
    for (const segment of stream.stored) {
      if (segment.lastSeq > stream.acked) break;
      segment.discard();
      this.#loader.forget(segment);
      this.#streams.remove(stream, segment);
    }
    this.#openOf(stream)?.free(stream.acked);
    return before - this.#pending(stream, 0);
  }

  takeLost(): LostRows | null {
    return this.#lost.take();
  }

  lostTold(arrived: boolean): void {
    this.#lost.finish(arrived);
  }

  close(): void {
    this.#syncer.dispose();
    this.#lost.finish(false);
    this.#closeOpen(true);
    const last = this.#streams.current.stored.at(-1);
    if (last) keepEnd(this.#files, this.#endPath, { segment: basename(last.path), lastSeq: last.lastSeq });
  }

  get #fileBytes(): number {
    return this.#streams.storedBytes + (this.#open?.bytes ?? 0);
  }

  #openOf(stream: SpoolStream): OpenSegment | null {
    return stream === this.#streams.current ? this.#open : null;
  }

  #pending(stream: SpoolStream, afterSeq: number): number {
    const after = Math.max(afterSeq, stream.acked);
    const open = this.#openOf(stream);
    return stream.stored.reduce(
      (sum, segment) => sum + countBehind(segment, after),
      open ? countBehind(open, after) : 0,
    );
  }

  /** Throws what `node:fs` throws. */
  #append(t: number, schema: Schema, values: readonly (number | null)[], settled: boolean): void {
    if (this.#open && this.#isDone(this.#open, t)) this.#closeOpen(false);
    const open = (this.#open ??= this.#createSegment());
    open.append({ t, schema, values, settled });
    const stream = this.#streams.current;
    const seq = open.lastSeq;
    stream.nextSeq = seq + 1;
    this.#syncer.written(open, () => open === this.#open && stream.acked < seq);
  }

  #isDone(open: OpenSegment, t: number): boolean {
    const { bytes, ageMs } = this.#limits;
    // A schema of many series is larger than that; it is not written anew with each row.
    if (open.bytes >= Math.max(ROLL_BYTES, 2 * open.firstBytes) && this.#isConfirmed(open)) return true;
    const full = Math.min(SEGMENT_BYTES, bytes / 8);
    return open.bytes >= full || open.rowBytes >= SEGMENT_BYTES || t - open.summary.from > ageMs / 8;
  }

  #isConfirmed(open: OpenSegment): boolean {
    return countBehind(open, this.#streams.current.acked) === 0;
  }

  /** Throws what `node:fs` throws. */
  #createSegment(): OpenSegment {
    const { id, nextSeq } = this.#streams.current;
    const half = (this.#fileBytes + this.#files.freeBytes(this.#folder)) / 2;
    this.#maxBytes = Math.min(this.#limits.bytes, Math.max(MODEST_BYTES, half));
    const path = join(this.#folder, segmentName(this.#nextNumber++));
    return new OpenSegment(this.#files, path, id, nextSeq);
  }

  /** Ends the open segment: stores it, or discards it if its rows are no longer needed. `now`: waits for the disk. */
  #closeOpen(now: boolean): void {
    const open = this.#open;
    this.#open = null;
    if (!open) return;
    if (this.#isConfirmed(open)) {
      open.discard();
      return;
    }
    const { current } = this.#streams;
    current.stored = [...current.stored, open.seal(now)];
  }

  #startStream(): void {
    this.#closeOpen(false);
    this.#streams.start();
  }

  #keepLimits(t: number): void {
    const { ageMs } = this.#limits;
    for (;;) {
      const oldest = this.#streams.oldest();
      if (!oldest) return;
      const { stream, segment } = oldest;
      const isDue =
        segment.summary.to < t - ageMs ||
        this.#fileBytes > this.#maxBytes ||
        this.#streams.storedCount > MAX_SEGMENTS;
      if (!isDue) return;
      const lost =
        stream.acked < segment.firstSeq
          ? segment.summary
          : lostRows(this.#loader.load(segment).filter(({ seq }) => seq > stream.acked));
      if (lost && lost.samples > 0) {
        const { from, to, samples, settled } = lost;
        this.#lost.add({ from, to, samples, settled });
      }
      segment.discard();
      this.#loader.forget(segment);
      this.#streams.remove(stream, segment);
    }
  }

  #fallBack(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#log.warn(
      `cannot keep rows on disk in ${this.#folder} (${why}); until then they are kept in memory only, for at most 15 minutes`,
    );
    this.#memory ??= createMemoryQueue(undefined, this.#lost);
    this.#disk.failed();
    this.#closeOpen(false);
  }

  /** Tries the disk again from time to time; true when it works. */
  #recover(): boolean {
    if (!this.#disk.isDue) return false;
    try {
      this.#files.makeFolder(this.#folder);
      this.#startStream();
      this.#open = this.#createSegment();
    } catch {
      this.#disk.failed();
      return false;
    }
    this.#disk.recovered();
    this.#log.info(`rows are kept on disk again, in ${this.#folder}`);
    return true;
  }
}
