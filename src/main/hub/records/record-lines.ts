import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { checksumOf, isRecordKind, type KeptRecord } from '../store-contract/records';

/** What a journal of records held. */
export interface ReadJournal {
  /** The newest version of each record, by {@link keyOf}. */
  records: Map<string, KeptRecord>;
  /** Lines that are no whole record: a crash cut them off, or the disk changed them. */
  damagedLines: number;
}

export const JOURNAL_FILE = 'devices.journal';

export function keyOf({ kind, id }: Pick<KeptRecord, 'kind' | 'id'>): string {
  return `${kind}\n${id}`;
}

/** One line of the journal: the checksum in hexadecimal, a space, and the record as a JSON array. */
export function formatRecord(record: KeptRecord): string {
  const { kind, id, rev, body } = record;
  return `${checksumOf(record).toString(16).padStart(8, '0')} ${JSON.stringify([kind, id, rev, body])}\n`;
}

/** The record of a line; null for a line that is not whole. */
export function parseRecord(line: string): KeptRecord | null {
  try {
    const parsed: unknown = JSON.parse(line.slice(9));
    if (!Array.isArray(parsed)) return null;
    const [kind, id, rev, body] = parsed as unknown[];
    if (!isRecordKind(kind) || typeof id !== 'string' || typeof rev !== 'number') return null;
    if (typeof body !== 'string' && body !== null) return null;
    const record = { kind, id, rev, body };
    return formatRecord(record) === `${line}\n` ? record : null;
  } catch {
    return null;
  }
}

/** Whether a line is whole but of a kind that this version does not know, or has more in it than this version writes. */
export function isFromNewerVersion(line: string): boolean {
  const text = line.slice(9);
  if (!/^[0-9a-f]{8} $/.test(line.slice(0, 9)) || crc32(text) !== Number.parseInt(line, 16)) return false;
  return parseRecord(line) === null && text.startsWith('[');
}

/** The records of a journal's text, whatever order their versions come in. */
export function parseJournal(text: string): ReadJournal {
  const read: ReadJournal = { records: new Map(), damagedLines: 0 };
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const record = parseRecord(line);
    if (!record) {
      read.damagedLines++;
      continue;
    }
    const known = read.records.get(keyOf(record));
    if (!known || record.rev >= known.rev) read.records.set(keyOf(record), record);
  }
  return read;
}

/** A journal that is missing or cannot be read has no records. */
export function readJournal(path: string): ReadJournal {
  try {
    return parseJournal(readFileSync(path, 'utf8'));
  } catch {
    return parseJournal('');
  }
}
