import { randomUUID } from 'node:crypto';
import { moveRows, type LostRows, type QueuedRow } from '../queue';
import { decodeHeader, decodeSegment, estimateLost, type InternSchema } from './segment-decoder';
import { resealed } from './segment-encoder';
import { finishFrame, seedAt } from './frame';
import {
  CHAINED_FORMAT,
  EMPTY_SUMMARY,
  FORMAT,
  parseSeal,
  sealFrame,
  SEAL_FRAME_BYTES,
  type SegmentSummary,
} from './segment-format';
import type { SpoolFiles } from './spool-files';

export interface SegmentFacts {
  stream: string;
  firstSeq: number;
  format: number;
  headerCrc: number;
  bytes: number;
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
  readonly #unwritten: { offsetMs: number; isFinal: boolean }[] = [];

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
   * Reads the rows. `lost` is what the summary said to be in the file and could not be read this time for the first
   * time; the summary is then updated, in the file as well if possible.
   */
  load(intern: InternSchema): { rows: QueuedRow[]; lost: LostRows | null; lostRows: number } {
    const expected = this.summary;
    let rows: QueuedRow[] = [];
    let summary: SegmentSummary = EMPTY_SUMMARY;
    let isReadable = false;
    try {
      const decoded = decodeSegment(this.#files.read(this.path), intern, this.stream);
      // With a damaged start, the rows are numbered from the start of what this segment is known to be.
      if (decoded) {
        const shift = this.firstSeq - decoded.header.firstSeq;
        isReadable = true;
        rows = decoded.rows.map((row) => ({ ...row, seq: row.seq + shift }));
        summary = decoded.summary;
      }
    } catch {
      // A missing or unreadable file counts as damaged from the start.
    }
    for (const { offsetMs, isFinal } of this.#unwritten) moveRows(rows, offsetMs, isFinal);
    const lostRows = expected.rows - expected.gaps - rows.length;
    const lostSamples = expected.samples - summary.samples;
    if (lostRows <= 0 && lostSamples <= 0) return { rows, lost: null, lostRows: 0 };
    this.#facts = { ...this.#facts, summary };
    if (isReadable) this.#trySeal();
    const { from, to, settled } = expected;
    return { rows, lost: { from, to, settled, samples: lostSamples }, lostRows: Math.max(0, lostRows) };
  }

  move(offsetMs: number, isFinal: boolean): void {
    if (this.#facts.format === CHAINED_FORMAT) {
      this.#unwritten.push({ offsetMs, isFinal });
      return;
    }
    const { bytes: text, ...after } = resealed(this.summary, offsetMs, isFinal, this.#facts);
    try {
      this.#append(text);
      this.#facts = { ...this.#facts, ...after, bytes: this.bytes + text.length };
    } catch {
      this.#unwritten.push({ offsetMs, isFinal });
      this.#facts = { ...this.#facts, summary: after.summary };
    }
  }

  /** Cuts off what follows the last intact frame and ends the file properly. Throws what `node:fs` throws. */
  repair(): void {
    if (this.#facts.format === CHAINED_FORMAT) return;
    this.#files.cutFile(this.path, this.bytes);
    this.#seal();
  }

  #trySeal(): void {
    try {
      if (this.#facts.format === FORMAT) this.#seal();
    } catch {
      // What is missing is reported once more after the next start.
    }
  }

  #seal(): void {
    const { headerCrc } = this.#facts;
    const seal = sealFrame(this.summary, this.bytes, headerCrc);
    finishFrame(seal, seedAt(this.bytes, headerCrc));
    this.#append(seal);
    this.#facts = { ...this.#facts, bytes: this.bytes + seal.length };
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

export interface OpenedSegment {
  segment: StoredSegment | null;
  /** What could not be read of a segment that was not sealed, or that was cut. */
  lost: LostRows | null;
  /** Whether it has no seal: its process was killed while it wrote it, or its end was cut off. */
  isCut: boolean;
}

/**
 * Opens a segment of an earlier run, reduced to its intact part; a sealed one need not be read for that. `foreign` is
 * a file of a newer format, `empty` one without a complete row. `segment` is null if no row can be read. Throws what `node:fs` throws.
 */
export function openStored(
  files: SpoolFiles,
  path: string,
  intern: InternSchema,
): OpenedSegment | 'foreign' | 'empty' {
  const { head, tail, bytes } = files.ends(path, HEAD_BYTES, SEAL_FRAME_BYTES);
  const start = decodeHeader(head);
  if (start && start.header.format !== FORMAT && start.header.format !== CHAINED_FORMAT) return 'foreign';
  const summary = start && parseSeal(tail, bytes, start.headerCrc, start.header.format);
  if (start && summary) {
    const { header, headerCrc } = start;
    return {
      segment: new StoredSegment(files, path, { ...header, headerCrc, bytes, summary }),
      lost: null,
      isCut: false,
    };
  }
  const file = files.read(path);
  // What has its start damaged belongs to no stream that is known.
  const decoded = decodeSegment(file, intern, randomUUID());
  if (!decoded) {
    const lost = estimateLost(file);
    return lost.samples > 0 ? { segment: null, lost: { ...lost, settled: true }, isCut: true } : 'empty';
  }
  const { from, to, settled } = decoded.summary;
  const isLost = decoded.isDamaged && decoded.lostSamples > 0;
  const lost = isLost ? { from, to, settled, samples: decoded.lostSamples } : null;
  if (decoded.rows.length === 0) return lost ? { segment: null, lost, isCut: true } : 'empty';
  const segment = new StoredSegment(files, path, { ...decoded.header, ...decoded });
  try {
    // A start that is damaged stays so, and is read around each time.
    if (start) segment.repair();
  } catch {
    // A disk that is not writable can still be read.
  }
  return { segment, lost, isCut: true };
}
