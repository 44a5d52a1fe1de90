import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { fieldOf } from '../collectors/kernel-file';
import { parseProcessStat } from './process-stat';

const USUAL_BYTES = 4_096;
const SIZES = [4_096, 8_192, 16_384, 32_768, 65_536];
/** Fewer pages say too little: the two files count at slightly different moments. */
const MIN_PAGES = 1_024;
const MAX_LOOKS = 32;
const AT_PAGESZ = 6n;

/**
 * Bytes of a memory page: 16 KiB on some ARM boards, 64 KiB on some servers. Derived from a process whose memory the
 * kernel reports both in pages and in bytes, else from the values that each program gets at its start (getauxval(3)).
 */
export function pageBytes(proc: string, pids: readonly string[]): number {
  return pageBytesOfProcesses(proc, pids) ?? pageBytesOfAuxv(join(proc, 'self', 'auxv')) ?? USUAL_BYTES;
}

function pageBytesOfProcesses(proc: string, pids: readonly string[]): number | null {
  let looks = 0;
  // Kernel threads come first and have no memory.
  for (const pid of pids.toReversed()) {
    if (++looks > MAX_LOOKS) break;
    try {
      const pages = parseProcessStat(readFileSync(join(proc, pid, 'stat'), 'utf8'))?.rssPages ?? 0;
      if (pages < MIN_PAGES) continue;
      const kibibytes = fieldOf(readFileSync(join(proc, pid, 'status'), 'utf8'), 'VmRSS:');
      const bytes = kibibytes === null ? 0 : (kibibytes * 1_024) / pages;
      const size = SIZES.find((candidate) => bytes > candidate * 0.75 && bytes < candidate * 1.5);
      if (size !== undefined) return size;
    } catch {
      // The process ended meanwhile.
    }
  }
  return null;
}

function pageBytesOfAuxv(path: string): number | null {
  try {
    const words = readFileSync(path);
    const [wide, step] = process.arch === 'arm' || process.arch === 'ia32' ? [false, 4] : [true, 8];
    const little = endianness() === 'LE';
    const word = (at: number): bigint => {
      if (!wide) return BigInt(little ? words.readUInt32LE(at) : words.readUInt32BE(at));
      return little ? words.readBigUInt64LE(at) : words.readBigUInt64BE(at);
    };
    for (let at = 0; at + 2 * step <= words.length; at += 2 * step) {
      if (word(at) === AT_PAGESZ) return SIZES.find((size) => BigInt(size) === word(at + step)) ?? null;
    }
  } catch {
    // Only the user's own processes can be read.
  }
  return null;
}
