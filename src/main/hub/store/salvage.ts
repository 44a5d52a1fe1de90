import type { DatabaseSync } from 'node:sqlite';
import { Catalog } from './catalog';
import type { CommitBatch } from '../store-contract/store-contract';

const NOTHING: CommitBatch = { series: [], rows: [], marks: [], events: [] };

/**
 * The names, marks and events that can still be read from a damaged file; samples stay in the file that is set aside.
 */
export function salvage(db: DatabaseSync): CommitBatch {
  try {
    return { ...NOTHING, ...new Catalog(db).load() };
  } catch {
    return NOTHING;
  }
}
