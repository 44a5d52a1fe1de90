import { closeSync, fdatasyncSync, fstatSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { displayText } from '@shared/display-text';
import { toFault } from '@shared/errors';
import { hideSecrets } from '@shared/hide-secrets';
import type { Logger } from '@shared/logger';
import type { AuditEntry } from '@shared/model';
import type { Limits } from '@shared/protocol/limits';
import { checkedObject, withChecksum } from '../../../files/checksum';
import { makeFolders } from '../../../files/make-folders';
import { replaceFile } from '../../../files/replace-file';

const author = v.object({
  kind: v.picklist(['app', 'browser', 'api', 'command']),
  role: v.picklist(['admin', 'viewer']),
  address: v.nullable(v.string()),
  userAgent: v.nullable(v.string()),
});
const entrySchema = v.object({
  id: v.pipe(v.number(), v.safeInteger()),
  at: v.pipe(v.number(), v.finite()),
  action: v.string(),
  text: v.string(),
  device: v.nullable(v.string()),
  by: author,
});

const NEWLINE = 0x0a;

export interface AuditLogOptions {
  /** Null keeps entries in memory only. */
  dataDir: string | null;
  limits: Pick<Limits, 'auditEntries' | 'textLength'>;
  log: Logger;
}

/**
 * Who changed what, when, from where; oldest first. Each entry is one line of JSON with a checksum at the end of `audit.ndjson`, on disk
 * before the change is reported as done. A damaged line loses that entry alone.
 */
export class AuditLog {
  readonly #options: AuditLogOptions;
  readonly #path: string | null;
  #entries: AuditEntry[] = [];
  #nextId = 1;
  /** The id of the first entry of this run. */
  readonly #firstOfRun: number;
  /** Entries in the file, those beyond the limit included. */
  #inFile = 0;
  /** Whether the file lacks entries because it could not be written. */
  #isBehind = false;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#path = options.dataDir === null ? null : join(options.dataDir, 'audit.ndjson');
    if (this.#path !== null) this.#load(this.#path);
    this.#firstOfRun = this.#nextId;
  }

  add(entry: Omit<AuditEntry, 'id'>): void {
    const { textLength, auditEntries } = this.#options.limits;
    const { userAgent } = entry.by;
    const kept: AuditEntry = {
      ...entry,
      id: this.#nextId++,
      // Names of devices, tokens and boards may come from others.
      text: displayText(hideSecrets(entry.text), textLength),
      by: { ...entry.by, userAgent: userAgent === null ? null : displayText(userAgent, 256) },
    };
    this.#entries.push(kept);
    const tooMany = this.#entries.length - auditEntries;
    if (tooMany > 0) this.#entries.splice(0, tooMany);
    // Rewriting the file for each entry beyond the limit would write it whole each time.
    const isTooLong = this.#inFile + 1 > auditEntries * 1.25;
    if (this.#isBehind || isTooLong) this.#rewrite();
    else this.#append(kept);
  }

  /** The newest `limit` entries, newest first; with `before`, of those with a smaller id. */
  list(limit: number, before = Number.POSITIVE_INFINITY): AuditEntry[] {
    return this.#entries
      .filter(({ id }) => id < before)
      .slice(-limit)
      .reverse();
  }

  /** The hub's clock was set by this much: the entries of this run were at the times that it shows now. */
  clockSet(stepMs: number): void {
    if (this.#nextId === this.#firstOfRun) return;
    this.#entries = this.#entries.map((entry) =>
      entry.id < this.#firstOfRun ? entry : { ...entry, at: entry.at + stepMs },
    );
    this.#rewrite();
  }

  #load(path: string): void {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
      const { message } = toFault(error);
      this.#options.log.error(`The audit log ${path} cannot be read: ${message}`, {
        code: 'FILE_UNREADABLE',
      });
      return;
    }
    const lines = text.split('\n').filter((line) => line !== '');
    const read = parseLines(lines);
    this.#inFile = lines.length;
    this.#entries = read.slice(-this.#options.limits.auditEntries);
    this.#nextId = read.reduce((most, { id }) => Math.max(most, id), 0) + 1;
    const lost = lines.length - read.length;
    if (lost > 0) {
      const message = `${lost} of ${lines.length} entries of the audit log ${path} are damaged and left out.`;
      this.#options.log.error(message, { code: 'AUDIT_DAMAGED', lost });
    }
  }

  #append(entry: AuditEntry): void {
    this.#write((path) => appendLine(path, lineOf(entry)), this.#inFile + 1);
  }

  #rewrite(): void {
    const text = this.#entries.map((entry) => `${lineOf(entry)}\n`).join('');
    this.#write((path) => replaceFile(path, text), this.#entries.length);
  }

  #write(write: (path: string) => void, inFile: number): void {
    if (this.#path === null) return;
    try {
      makeFolders(dirname(this.#path));
      write(this.#path);
      this.#inFile = inFile;
      this.#isBehind = false;
    } catch (error) {
      const message = `The audit log ${this.#path} cannot be written: ${toFault(error).message}`;
      if (!this.#isBehind) this.#options.log.error(message, { code: 'FILE_UNWRITABLE' });
      this.#isBehind = true;
    }
  }
}

function lineOf(entry: AuditEntry): string {
  return JSON.stringify(withChecksum(entry));
}

/** The whole entries. Lines of earlier versions have no checksum; behind one that has, such a line is damaged. */
function parseLines(lines: readonly string[]): AuditEntry[] {
  let hasChecksums = false;
  return lines.flatMap((line) => {
    const value = jsonOf(line);
    if (typeof value !== 'object' || value === null) return [];
    const checked = checkedObject(value);
    const isChecked = checked !== null && checked !== value;
    if (!checked || (hasChecksums && !isChecked)) return [];
    hasChecksums ||= isChecked;
    const parsed = v.safeParse(entrySchema, checked);
    return parsed.success ? [parsed.output] : [];
  });
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Adds a line and waits until it is on disk. A line that was cut off by a crash is ended first. */
function appendLine(path: string, line: string): void {
  const file = openSync(path, 'a+', 0o600);
  try {
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    const isCut = size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE;
    writeSync(file, `${isCut ? '\n' : ''}${line}\n`);
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}
