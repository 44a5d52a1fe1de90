import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';
import { BoundedMap } from '@shared/bounded-map';

const gzip = promisify(gzipCallback);

/** Files kept compressed; beyond, the one made first is made again when it is asked for. */
const MAX_FILES = 64;

export interface Compressor {
  /** The file, gzipped; made once for each of its versions. Rejects when it cannot be read. */
  gzip(file: string, version: string): Promise<Buffer>;
}

/** Compresses off the event loop, and remembers: the UI has few files, which never change while it is served. */
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
