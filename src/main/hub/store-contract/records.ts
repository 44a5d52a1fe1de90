import { crc32 } from 'node:zlib';

/** What the hub keeps besides history: one kind for each table. */
export const RECORD_KINDS = ['device', 'token-use'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** One thing that is kept: a device with its approval and its key's digest, or how often a join token was used. */
export interface KeptRecord {
  kind: RecordKind;
  /** Unique within its kind. */
  id: string;
  /** Orders the versions of one record: the higher is the newer. About the time of the change, ms since the epoch. */
  rev: number;
  /** JSON; null says that it was removed. */
  body: string | null;
}

/** A stored record whose checksum does not match. Its id may be what is damaged. */
export interface DamagedRecord {
  kind: RecordKind;
  id: string;
}

/** CRC-32 of all of a record. */
export function checksumOf({ kind, id, rev, body }: KeptRecord): number {
  return crc32(JSON.stringify([kind, id, rev, body]));
}

export function isRecordKind(value: unknown): value is RecordKind {
  return RECORD_KINDS.some((kind) => kind === value);
}
