import type { Logger } from '@shared/logger';
import type { LostLedger } from '../lost-ledger';
import { moveRows, type QueuedRow } from '../queue';
import type { Schema } from '../schema';
import type { InternSchema } from './segment-decoder';
import type { StoredSegment } from './stored-segment';

/** The most stored segments whose rows are in memory at a time. */
const MAX_LOADED = 2;
const MAX_SCHEMAS = 16;

/** Reads the rows of stored segments on demand and keeps the most recently used ones. */
export class RowLoader {
  readonly #log: Logger;
  readonly #lost: LostLedger;
  readonly #schemas = new Map<string, Schema>();
  readonly #loaded = new Map<StoredSegment, QueuedRow[]>();

  constructor(log: Logger, lost: LostLedger) {
    this.#log = log;
    this.#lost = lost;
  }

  /** Segments repeat their schemas. Equal ones must be one object, or the hub would be sent each of them. */
  readonly intern: InternSchema = (text, make) => {
    const schema = this.#schemas.get(text) ?? make();
    if (schema) useLast(this.#schemas, text, schema, MAX_SCHEMAS);
    return schema;
  };

  /** All rows that can still be read. Rows that cannot are logged and counted as lost, once. */
  load(segment: StoredSegment): readonly QueuedRow[] {
    const known = this.#loaded.get(segment);
    if (known) return known;
    const { rows, lost, lostRows } = segment.load(this.intern);
    if (lost) {
      this.#log.warn(
        `${segment.path} is damaged: ${lost.samples} values in it cannot be read and are lost, ${lostRows} rows among them`,
      );
      this.#lost.add(lost);
    }
    useLast(this.#loaded, segment, rows, MAX_LOADED);
    return rows;
  }

  move(segment: StoredSegment, offsetMs: number, isFinal: boolean): void {
    moveRows(this.#loaded.get(segment) ?? [], offsetMs, isFinal);
    segment.move(offsetMs, isFinal);
  }

  forget(segment: StoredSegment): void {
    this.#loaded.delete(segment);
  }
}

function useLast<K, V>(map: Map<K, V>, key: K, value: V, max: number): void {
  map.delete(key);
  map.set(key, value);
  for (const [oldest] of map) {
    if (map.size <= max) return;
    map.delete(oldest);
  }
}
