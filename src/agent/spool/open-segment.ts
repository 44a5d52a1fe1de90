import { dirname } from 'node:path';
import { rowBytes, settleRows, type QueuedRow } from '../queue';
import { SegmentEncoder, type SegmentRow } from './segment-encoder';
import type { SegmentSummary } from './segment-format';
import type { SpoolFiles } from './spool-files';
import { StoredSegment } from './stored-segment';

/** The segment that rows are added to. Those that are not confirmed are in memory as well. */
export class OpenSegment {
  readonly path: string;
  readonly firstSeq: number;
  readonly #stream: string;
  readonly #files: SpoolFiles;
  readonly #encoder: SegmentEncoder;
  readonly #fd: number;
  #rows: QueuedRow[] = [];
  #rowBytes = 0;
  #firstBytes = 0;
  #named = false;

  /** Makes the file. Throws what `node:fs` throws, and leaves nothing behind then. */
  constructor(files: SpoolFiles, path: string, stream: string, firstSeq: number) {
    this.path = path;
    this.firstSeq = firstSeq;
    this.#stream = stream;
    this.#files = files;
    this.#encoder = new SegmentEncoder(stream, firstSeq);
    this.#fd = files.create(path);
    try {
      files.write(this.#fd, this.#encoder.header);
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  get summary(): SegmentSummary {
    return this.#encoder.summary;
  }

  get bytes(): number {
    return this.#encoder.bytes;
  }

  /** Bytes of all rows there were, as {@link rowBytes} counts them: what reading the segment again will take. */
  get rowBytes(): number {
    return this.#rowBytes;
  }

  /** Bytes with the first row: those of its schema, mostly. */
  get firstBytes(): number {
    return this.#firstBytes;
  }

  get lastSeq(): number {
    return this.firstSeq + this.summary.rows - 1;
  }

  /** Those that were not freed. */
  get rows(): readonly QueuedRow[] {
    return this.#rows;
  }

  /** Throws what `node:fs` throws; the file then ends with the row before. */
  append(row: SegmentRow): void {
    this.#write(this.#encoder.row(row));
    this.#rows.push({ seq: this.lastSeq, ...row });
    this.#rowBytes += rowBytes(row.values);
    this.#firstBytes ||= this.bytes;
  }

  /** Like {@link append} where the disk takes it, and in memory in any case. */
  settle(offsetMs: number): void {
    settleRows(this.#rows, offsetMs);
    try {
      this.#write(this.#encoder.settle(offsetMs));
    } catch {
      // The next row meets the same trouble and says so.
    }
  }

  /** Forgets rows up to `seq` in memory. */
  free(seq: number): void {
    const count = seq + 1 - (this.#rows[0]?.seq ?? Infinity);
    if (count > 0) this.#rows.splice(0, count);
  }

  /** What was written so far, and the file's name, survive a power cut once `done` is told. */
  sync(done: (error: Error | null) => void): void {
    if (!this.#named) this.#files.syncFolder(dirname(this.path));
    this.#named = true;
    this.#files.sync(this.#fd, done);
  }

  /** Ends the file. `now` waits until it would survive a power cut, otherwise that happens in the background. */
  seal(now: boolean): StoredSegment {
    const files = this.#files;
    const close = () => {
      try {
        files.close(this.#fd);
      } catch {
        // What counts is what was written.
      }
    };
    try {
      this.#write(this.#encoder.seal());
      if (now) files.syncNow(this.#fd);
    } catch {
      // Without a seal it is read as a whole at the next start; nothing else depends on it.
    }
    if (now) close();
    else files.sync(this.#fd, close);
    const { bytes, chain, headerCrc, summary } = this.#encoder;
    return new StoredSegment(files, this.path, {
      stream: this.#stream,
      firstSeq: this.firstSeq,
      headerCrc,
      bytes,
      chain,
      summary,
    });
  }

  /** Closes and deletes the file. */
  discard(): void {
    try {
      this.#files.close(this.#fd);
      this.#files.remove(this.path);
    } catch {
      // What is left is confirmed rows: sent again, the hub drops them.
    }
  }

  #write(bytes: Buffer): void {
    try {
      this.#files.write(this.#fd, bytes);
    } catch (error) {
      this.#encoder.undo();
      try {
        this.#files.cut(this.#fd, this.#encoder.bytes);
      } catch {
        // Reading stops at half a frame by itself.
      }
      throw error;
    }
  }
}
