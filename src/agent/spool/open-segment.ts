import { dirname } from 'node:path';
import { rowBytes, moveRows, type QueuedRow } from '../queue';
import { SegmentEncoder, type SegmentRow } from './segment-encoder';
import { FORMAT, type SegmentSummary } from './segment-format';
import type { SpoolFiles } from './spool-files';
import { StoredSegment } from './stored-segment';

/** The segment that rows are added to. Unconfirmed rows are also kept in memory. */
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

  /** Creates the file. Throws what `node:fs` throws, leaving nothing behind. */
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

  /** Bytes of all rows ever written, as {@link rowBytes} counts them: the memory needed to read the segment again. */
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

  /** The rows that have not been freed. */
  get rows(): readonly QueuedRow[] {
    return this.#rows;
  }

  /** Appends a row. Throws what `node:fs` throws; the file then ends with the previous row. */
  append(row: SegmentRow): void {
    this.#write(this.#encoder.row(row));
    this.#rows.push({ seq: this.lastSeq, ...row });
    this.#rowBytes += rowBytes(row.values);
    this.#firstBytes ||= this.bytes;
  }

  /** Applies the offset in memory, and on disk if the disk accepts it. */
  move(offsetMs: number, isFinal: boolean): void {
    moveRows(this.#rows, offsetMs, isFinal);
    try {
      this.#write(this.#encoder.move(offsetMs, isFinal));
    } catch {
      // The next row will fail in the same way and report it.
    }
  }

  /** Forgets rows up to `seq` in memory. */
  free(seq: number): void {
    const count = seq + 1 - (this.#rows[0]?.seq ?? Infinity);
    if (count > 0) this.#rows.splice(0, count);
  }

  /** Calls `done` once everything written so far, and the file's name, would survive a power cut. */
  sync(done: (error: Error | null) => void): void {
    if (!this.#named) this.#files.syncFolder(dirname(this.path));
    this.#named = true;
    this.#files.sync(this.#fd, done);
  }

  /**
   * Ends the file. With `now` it waits until the file would survive a power cut; otherwise that happens in the
   * background.
   */
  seal(now: boolean): StoredSegment {
    const files = this.#files;
    const close = () => {
      try {
        files.close(this.#fd);
      } catch {
        // Only what was written counts.
      }
    };
    try {
      this.#write(this.#encoder.seal());
      if (now) files.syncNow(this.#fd);
    } catch {
      // Without a seal the whole file is read at the next start; nothing else depends on the seal.
    }
    if (now) close();
    else files.sync(this.#fd, close);
    const { bytes, headerCrc, summary } = this.#encoder;
    return new StoredSegment(files, this.path, {
      stream: this.#stream,
      firstSeq: this.firstSeq,
      format: FORMAT,
      headerCrc,
      bytes,
      summary,
    });
  }

  /** Closes and deletes the file. */
  discard(): void {
    try {
      this.#files.close(this.#fd);
      this.#files.remove(this.path);
    } catch {
      // Only confirmed rows are left; if they are sent again, the hub drops them.
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
        // Reading stops at an incomplete frame anyway.
      }
      throw error;
    }
  }
}
