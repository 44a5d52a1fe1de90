import { closeSync, existsSync, openSync, readSync } from 'node:fs';

/**
 * SQLite's write-ahead log, sqlite.org/fileformat2.html#the_write_ahead_log. A frame's checksum goes on from the one
 * before, which the frame before has stored. So frames behind a damaged one can be verified as well, although SQLite
 * takes the first invalid frame for the end of the log.
 */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;
const PAGE_SIZE_AT = 8;
const SALTS_AT = 16;
const HEADER_CHECKSUM_AT = 24;
const COMMIT_AT = 4;
const FRAME_SALTS_AT = 8;
const FRAME_CHECKSUM_AT = 16;
/** One transaction may be incomplete after a power failure, but if more follow after it, it was once complete. */
const CERTAIN_COMMITS = 2;
const PAGE_SIZE = 4_096;
/** The index of the log in shared memory: where its size in frames and its salts are, in the machine's byte order. */
const INDEX_BYTES = 96;
const INDEX_FRAMES_AT = 16;
const INDEX_SALTS_AT = 32;

type Sums = [number, number];

/** Where in the log the newest whole image of a page begins, and where newer ones that are damaged begin. */
export interface PageImages {
  whole: number | null;
  damaged: number[];
}

export interface LogFrames {
  pages: Map<number, PageImages>;
  /** How many pages the database has after the last change; null when the log has none. */
  pageCount: number | null;
  /** Whether something is missing that was once completely written. */
  isDamaged: boolean;
}

/** Reads a log whose header and frames may be damaged; without a log there are no frames. */
export function readLogFrames(path: string): LogFrames {
  const frames: LogFrames = { pages: new Map(), pageCount: null, isDamaged: false };
  if (!existsSync(path)) return frames;
  const file = openSync(path, 'r');
  try {
    return collect(file, frames, framesInIndex(`${path.slice(0, -'-wal'.length)}-shm`));
  } finally {
    closeSync(file);
  }
}

/** Whether a log is damaged in the middle or has lost its end. SQLite does not report that, and overwrites the rest. */
export function isLogDamaged(path: string): boolean {
  return readLogFrames(path).isDamaged;
}

interface Transaction {
  images: { page: number; at: number; isWhole: boolean }[];
}

function collect(file: number, frames: LogFrames, index: IndexFacts | null): LogFrames {
  const header = Buffer.alloc(HEADER_BYTES);
  if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return frames;
  const magic = header.readUInt32BE(0);
  const isBig = (magic & 1) === 1;
  const isHeader = (magic & ~1) === MAGIC && header.readUInt32BE(PAGE_SIZE_AT) === PAGE_SIZE;
  const headerSums = addUp([0, 0], header.subarray(0, HEADER_CHECKSUM_AT), isBig);
  const isWholeHeader = isHeader && areSums(header, HEADER_CHECKSUM_AT, headerSums);
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + PAGE_SIZE);
  const read = (at: number): boolean => readSync(file, frame, 0, frame.length, at) === frame.length;
  const salts = isWholeHeader ? header.subarray(SALTS_AT, HEADER_CHECKSUM_AT) : saltsOfFrames(read, frame);
  if (!salts) return { ...frames, isDamaged: !isWholeHeader && read(HEADER_BYTES) };
  let before: Sums | null = isWholeHeader ? headerSums : null;
  let isRight = isWholeHeader;
  let [count, rightCommitted, commitsAfter] = [0, 0, 0];
  let open: Transaction = { images: [] };
  for (let at = HEADER_BYTES; read(at); at += frame.length) {
    count++;
    const isOfThisLog = salts.equals(frame.subarray(FRAME_SALTS_AT, FRAME_CHECKSUM_AT));
    let isWhole = false;
    if (before && isOfThisLog) {
      let sums = addUp(before, frame.subarray(0, FRAME_SALTS_AT), isBig && isWholeHeader);
      sums = addUp(sums, frame.subarray(FRAME_HEADER_BYTES), isBig && isWholeHeader);
      isWhole = areSums(frame, FRAME_CHECKSUM_AT, sums);
    }
    before = isOfThisLog
      ? [frame.readUInt32BE(FRAME_CHECKSUM_AT), frame.readUInt32BE(FRAME_CHECKSUM_AT + 4)]
      : null;
    isRight &&= isWhole;
    if (!isOfThisLog) continue;
    open.images.push({ page: frame.readUInt32BE(0), at: at + FRAME_HEADER_BYTES, isWhole });
    const pageCount = frame.readUInt32BE(COMMIT_AT);
    if (pageCount === 0) continue;
    if (isRight) rightCommitted = count;
    else commitsAfter++;
    // A damaged frame may only seem to end a transaction.
    if (!isWhole) continue;
    frames.pageCount = pageCount;
    apply(open, frames.pages);
    open = { images: [] };
  }
  const isShort = index !== null && salts.equals(index.salts) && index.frames > rightCommitted;
  frames.isDamaged = isShort || commitsAfter >= CERTAIN_COMMITS || (!isWholeHeader && count > 0);
  // What follows a frame that is not whole may be the rest of a transaction that a power failure cut off.
  if (frames.isDamaged) applyDamaged(open, frames.pages);
  return frames;
}

function apply({ images }: Transaction, pages: Map<number, PageImages>): void {
  for (const { page, at, isWhole } of images) {
    if (isWhole) pages.set(page, { whole: at, damaged: [] });
    else applyDamaged({ images: [{ page, at, isWhole }] }, pages);
  }
}

function applyDamaged({ images }: Transaction, pages: Map<number, PageImages>): void {
  for (const { page, at } of images) {
    const known = pages.get(page) ?? { whole: null, damaged: [] };
    pages.set(page, { ...known, damaged: [at, ...known.damaged] });
  }
}

/** The salts that two neighbouring frames at the start of the log share. */
function saltsOfFrames(read: (at: number) => boolean, frame: Buffer): Buffer | null {
  let before: Buffer | null = null;
  for (let i = 0; i < 8 && read(HEADER_BYTES + i * frame.length); i++) {
    const salts = Buffer.from(frame.subarray(FRAME_SALTS_AT, FRAME_CHECKSUM_AT));
    if (before?.equals(salts)) return salts;
    before = salts;
  }
  return before;
}

interface IndexFacts {
  frames: number;
  salts: Buffer;
}

/** What the index in shared memory, which a killed process leaves behind, says of the log; null when it says nothing. */
function framesInIndex(path: string): IndexFacts | null {
  if (!existsSync(path)) return null;
  const file = openSync(path, 'r');
  try {
    const index = Buffer.alloc(INDEX_BYTES);
    if (readSync(file, index, 0, INDEX_BYTES, 0) < INDEX_BYTES) return null;
    const half = INDEX_BYTES / 2;
    if (!index.subarray(0, half).equals(index.subarray(half))) return null;
    // The machine's byte order: all that Node runs on are little endian, as far as we run there.
    return {
      frames: index.readUInt32LE(INDEX_FRAMES_AT),
      salts: index.subarray(INDEX_SALTS_AT, INDEX_SALTS_AT + 8),
    };
  } finally {
    closeSync(file);
  }
}

function areSums(bytes: Buffer, at: number, [a, b]: Sums): boolean {
  return bytes.readUInt32BE(at) === a && bytes.readUInt32BE(at + 4) === b;
}

function addUp([a, b]: Sums, bytes: Buffer, isBig: boolean): Sums {
  for (let at = 0; at < bytes.length; at += 8) {
    a = (a + b + (isBig ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at))) >>> 0;
    b = (b + a + (isBig ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4))) >>> 0;
  }
  return [a, b];
}
