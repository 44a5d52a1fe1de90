import { closeSync, openSync, readSync } from 'node:fs';

const FIRST_BYTES = 4 * 1024;
/** `/proc/stat` of a machine with thousands of interrupts; longer files are cut. */
const MAX_BYTES = 1024 * 1024;

/**
 * A small file of `/proc` that is read over and over: it stays open, since opening costs more than reading, and
 * the kernel makes its content anew for each read from the start. Reading throws what `node:fs` throws.
 */
export class KernelFile {
  readonly #path: string;
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #fd: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  read(): string {
    try {
      this.#fd ??= openSync(this.#path, 'r');
      let length = 0;
      for (;;) {
        const got = readSync(this.#fd, this.#buffer, length, this.#buffer.length - length, length);
        length += got;
        if (got === 0 || (length >= this.#buffer.length && length >= MAX_BYTES)) break;
        if (length >= this.#buffer.length) {
          const larger = Buffer.allocUnsafe(this.#buffer.length * 4);
          this.#buffer.copy(larger, 0, 0, length);
          this.#buffer = larger;
        }
      }
      return this.#buffer.toString('latin1', 0, length);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  dispose(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}

/** The number behind `name` at the start of a line: `fieldOf(meminfo, 'MemFree:')`. null when it is not there. */
export function fieldOf(text: string, name: string): number | null {
  let at = text.startsWith(name) ? 0 : text.indexOf(`\n${name}`) + 1;
  if (at === 0 && !text.startsWith(name)) return null;
  at += name.length;
  const value = Number.parseInt(text.slice(at, at + 32), 10);
  return Number.isNaN(value) ? null : value;
}
