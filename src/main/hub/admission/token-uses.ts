import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Logger } from '@shared/logger';
import { readJsonFile } from '../../../files/json-file';
import { keepOldFile } from '../records/old-file';
import type { RecordBook } from '../records/record-book';
import { JOURNAL_FILE, readJournal } from '../records/record-lines';

/** How often a join token let a new device in. */
export interface TokenUse {
  uses: number;
  lastUsedAt: number | null;
}

/** Where the uses of join tokens are kept. */
export interface TokenUses {
  get(token: string): TokenUse | null;
  /** With null, they are forgotten. */
  put(token: string, use: TokenUse | null): void;
}

const useSchema = v.object({ uses: v.number(), lastUsedAt: v.nullable(v.number()) });
const fileSchema = v.record(v.string(), useSchema);

/** Those of a running hub: they are stored together with the device that used the token. */
export function recordedUses(book: RecordBook): TokenUses {
  return {
    get: (token) => parseUse(book.get('token-use', token)),
    put: (token, use) => book.put('token-use', token, use && JSON.stringify(use)),
  };
}

/** Those that last as long as this object. */
export function passingUses(known: Iterable<[string, TokenUse]> = []): TokenUses {
  const uses = new Map(known);
  return {
    get: (token) => uses.get(token) ?? null,
    put(token, use) {
      if (use) uses.set(token, use);
      else uses.delete(token);
    },
  };
}

/** Those in a data folder as far as they can be read beside a running hub, which writes them; for the command line. */
export function readUses(dataDir: string): TokenUses {
  const uses = new Map<string, TokenUse>(Object.entries(readOldFile(oldFile(dataDir)) ?? {}));
  for (const { kind, id, body } of readJournal(join(dataDir, JOURNAL_FILE)).records.values()) {
    const use = kind === 'token-use' ? parseUse(body) : null;
    if (use) uses.set(id, use);
  }
  return passingUses(uses);
}

/** Takes over the file in which earlier versions kept them. */
export function takeOverUsesFile(dataDir: string, book: RecordBook, log: Logger, now: number): void {
  const path = oldFile(dataDir);
  if (!existsSync(path)) return;
  const old = readOldFile(path);
  if (!old) {
    log.error(`${path} cannot be read: the uses of join tokens are counted anew.`);
    return;
  }
  for (const [token, use] of Object.entries(old)) {
    if (!book.knows('token-use', token)) book.put('token-use', token, JSON.stringify(use));
  }
  void keepOldFile(path, book, log, now);
}

function oldFile(dataDir: string): string {
  return join(dataDir, 'join-token-uses.json');
}

function readOldFile(path: string): Record<string, TokenUse> | null {
  const file = readJsonFile(path);
  const parsed = file.ok && file.value !== null ? v.safeParse(fileSchema, file.value) : null;
  return parsed?.success ? parsed.output : null;
}

function parseUse(body: string | null): TokenUse | null {
  if (body === null) return null;
  try {
    const parsed = v.safeParse(useSchema, JSON.parse(body));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
