import { closeSync, openSync, readSync } from 'node:fs';

/** The layout of SQLite's write-ahead log, sqlite.org/fileformat2.html#the_write_ahead_log. */
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

type Sums = [number, number];

/**
 * Whether a log is damaged in the middle. SQLite reads it up to the first invalid frame and takes that for its end,
 * which is right after a crash. It does not report complete transactions after that point, and overwrites them.
 */
export function isLogDamaged(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return false;
    const magic = header.readUInt32BE(0);
    const isBig = (magic & 1) === 1;
    const pageSize = header.readUInt32BE(PAGE_SIZE_AT);
    const isHeader = (magic & ~1) === MAGIC && pageSize >= 512 && pageSize <= 65_536;
    const frame = Buffer.alloc(FRAME_HEADER_BYTES + (isHeader ? pageSize : 4_096));
    const hasFrame = (at: number): boolean => readSync(file, frame, 0, frame.length, at) === frame.length;
    let sums = addUp([0, 0], header.subarray(0, HEADER_CHECKSUM_AT), isBig);
    if (!isHeader || !areSums(header, HEADER_CHECKSUM_AT, sums)) return hasFrame(HEADER_BYTES);
    const salts = header.subarray(SALTS_AT, HEADER_CHECKSUM_AT);
    let isRight = true;
    let commitsAfter = 0;
    for (let at = HEADER_BYTES; hasFrame(at); at += frame.length) {
      const isOfThisLog = salts.equals(frame.subarray(FRAME_SALTS_AT, FRAME_CHECKSUM_AT));
      if (isRight) {
        sums = addUp(sums, frame.subarray(0, FRAME_SALTS_AT), isBig);
        sums = addUp(sums, frame.subarray(FRAME_HEADER_BYTES), isBig);
        isRight = isOfThisLog && areSums(frame, FRAME_CHECKSUM_AT, sums);
      }
      if (!isRight && isOfThisLog && frame.readUInt32BE(COMMIT_AT) !== 0) commitsAfter++;
      if (commitsAfter >= CERTAIN_COMMITS) return true;
    }
    return false;
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
