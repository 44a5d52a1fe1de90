import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';
import { BoundedMap } from '@shared/bounded-map';

const gzip = promisify(gzipCallback);

/** The most compressed files kept; beyond it the oldest is dropped and compressed again on demand. */
const MAX_FILES = 64;

export interface Compressor {
  /** Returns the gzipped file, compressed once per version. Rejects when the file cannot be read. */
  gzip(file: string, version: string): Promise<Buffer>;
}

/**
 * Compresses outside the event loop and caches the results: the UI has few files, which never change while they are
 * served.
 */
export function createCompressor(): Compressor {
  const made = new BoundedMap<string, { version: string; bytes: Promise<Buffer> }>(MAX_FILES);
  return {
    gzip(file, version) {
      const known = made.get(file);
      if (known?.version === version) return known.bytes;
      const bytes = readFile(file).then((content) => gzip(content, { level: 7 }));
      made.set(file, { version, bytes });
      bytes.catch(() => made.delete(file));
      return bytes;
    },
  };
}
