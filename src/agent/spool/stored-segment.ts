import { settleRows, type QueuedRow } from '../queue';
import { decodeHeader, decodeSegment, summarise, type InternSchema } from './segment-decoder';
import { resealed } from './segment-encoder';
import { finishFrame } from './frame';
import { FORMAT, parseSeal, sealFrame, SEAL_FRAME_BYTES, type SegmentSummary } from './segment-format';
import type { SpoolFiles } from './spool-files';

export interface SegmentFacts {
  stream: string;
  firstSeq: number;
  headerCrc: number;
  bytes: number;
  /** The checksum of the last frame. */
  chain: number;
  summary: SegmentSummary;
}

/** Enough for any header. */
const HEAD_BYTES = 512;

/** A segment to which no more rows are added. */
export class StoredSegment {
  readonly path: string;
  readonly #files: SpoolFiles;
  #facts: SegmentFacts;
  /** A time offset that could not be written to the file and must be applied whenever its rows are read. */
  #offsetMs: number | null = null;

  constructor(files: SpoolFiles, path: string, facts: SegmentFacts) {
    this.#files = files;
    this.path = path;
    this.#facts = facts;
  }

  get stream(): string {
    return this.#facts.stream;
  }

  get firstSeq(): number {
    return this.#facts.firstSeq;
  }

  get lastSeq(): number {
    return this.firstSeq + this.summary.rows - 1;
  }

  get bytes(): number {
    return this.#facts.bytes;
  }

  get summary(): SegmentSummary {
    return this.#facts.summary;
  }

  /**
   * Reads the rows. If the file has been damaged, there are fewer rows than the summary said, and the summary is
   * updated; `expected` is the summary from before.
   */
  load(intern: InternSchema): { rows: QueuedRow[]; expected: SegmentSummary } {
    const expected = this.summary;
    let rows: QueuedRow[] = [];
    try {
      rows = decodeSegment(this.#files.read(this.path), intern)?.rows ?? [];
    } catch {
      // A missing or unreadable file counts as damaged from the start.
    }
    if (this.#offsetMs !== null) settleRows(rows, this.#offsetMs);
    if (rows.length < expected.rows) this.#facts = { ...this.#facts, summary: summarise(rows) };
    return { rows, expected };
  }

  settle(offsetMs: number): void {
    const { bytes: text, ...after } = resealed(this.summary, offsetMs, this.#facts);
    try {
      this.#append(text);
      this.#facts = { ...this.#facts, ...after, bytes: this.bytes + text.length };
    } catch {
      this.#offsetMs = offsetMs;
      this.#facts = { ...this.#facts, summary: after.summary };
    }
  }

  /** Cuts off the damaged part and ends the file properly. Throws what `node:fs` throws. */
  repair(): void {
    this.#files.cutFile(this.path, this.bytes);
    const seal = sealFrame(this.summary, this.bytes, this.#facts.headerCrc);
    const chain = finishFrame(seal, this.#facts.chain);
    this.#append(seal);
    this.#facts = { ...this.#facts, chain, bytes: this.bytes + seal.length };
  }

  discard(): void {
    try {
      this.#files.remove(this.path);
    } catch {
      // Only rows that need not be kept are left; if they are sent again, the hub drops them.
    }
  }

  #append(bytes: Buffer): void {
    const fd = this.#files.reopen(this.path);
    try {
      this.#files.write(fd, bytes);
    } catch (error) {
      this.#files.cut(fd, this.bytes);
      throw error;
    } finally {
      this.#files.close(fd);
    }
  }
}

/**
 * Opens a segment of an earlier run, reduced to its intact part; a sealed one need not be read for that. `foreign` is
 * a file of a newer format, `empty` one without a complete row. Throws what `node:fs` throws.
 */
export function openStored(
  files: SpoolFiles,
  path: string,
  intern: InternSchema,
): StoredSegment | 'foreign' | 'empty' {
  const { head, tail, bytes } = files.ends(path, HEAD_BYTES, SEAL_FRAME_BYTES);
  const start = decodeHeader(head);
  if (!start) return 'empty';
  if (start.header.format !== FORMAT) return 'foreign';
  const { header, headerCrc } = start;
  const seal = parseSeal(tail, bytes, headerCrc);
  if (seal) {
    return new StoredSegment(files, path, {
      ...header,
      headerCrc,
      bytes,
      chain: seal.crc,
      summary: seal.summary,
    });
  }
  const decoded = decodeSegment(files.read(path), intern);
  if (!decoded || decoded.rows.length === 0) return 'empty';
  const segment = new StoredSegment(files, path, { ...header, ...decoded });
  try {
    segment.repair();
  } catch {
    // A disk that is not writable can still be read.
  }
  return segment;
}
