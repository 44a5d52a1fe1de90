import { closeSync, openSync, readSync } from 'node:fs';

const FIRST_BYTES = 4 * 1024;
/** Enough for `/proc/stat` of a machine with thousands of interrupts; longer files are cut. */
const MAX_BYTES = 1024 * 1024;

/**
 * A small file of `/proc` that is read again and again. It stays open, because opening costs more than reading, and the
 * kernel generates its content again for each read from the start. Outside of `/proc`, another file may replace it, so
 * it is opened each time. Reading throws the errors of `node:fs`.
 */
export class KernelFile {
  readonly #path: string;
  readonly #staysOpen: boolean;
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #fd: number | null = null;

  constructor(path: string) {
    this.#path = path;
    this.#staysOpen = path.startsWith('/proc/');
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
      if (!this.#staysOpen) this.dispose();
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

/** Returns the number after `name` at the start of a line: `fieldOf(meminfo, 'MemFree:')`. Null if there is none. */
export function fieldOf(text: string, name: string): number | null {
  let at = text.startsWith(name) ? 0 : text.indexOf(`\n${name}`) + 1;
  if (at === 0 && !text.startsWith(name)) return null;
  at += name.length;
  return parseCount(/^[ \t]*(\S*)/.exec(text.slice(at, at + 32))?.[1]);
}

/** Parses a counter or size as the kernel writes it: decimal digits and nothing else. Null for anything else. */
export function parseCount(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,20}$/.test(text)) return null;
  return Number(text);
}

/** Parses a whole number as sysfs writes it, followed by a line break. Null for anything else. */
export function parseInteger(text: string): number | null {
  const trimmed = text.trim();
  return /^-?\d{1,20}$/.test(trimmed) ? Number(trimmed) : null;
}

/** Parses a number as `/proc/loadavg` and `/proc/uptime` write it, `0.42`. Null for anything else. */
export function parseDecimal(text: string | undefined): number | null {
  const trimmed = text?.trim() ?? '';
  return /^\d{1,15}(\.\d{1,9})?$/.test(trimmed) ? Number(trimmed) : null;
}
