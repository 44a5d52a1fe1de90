import { closeSync, openSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { FaultError } from '@shared/errors';
import { numberOf, openReader } from '../store/database';
import { sqlite } from '../store/sqlite';

/** Tables of samples, which a backup without history leaves empty. */
const SAMPLE_TABLES: ReadonlySet<string> = new Set(['chunks', 'journal', 'dirty_hours']);
/** Pages copied, or rows, before other work has its turn. */
const PAGES_AT_ONCE = 1_000;
const ROWS_AT_ONCE = 500;

export interface Snapshot {
  schema: number;
  devices: number;
  span: { from: number; to: number } | null;
}

/**
 * Copies the database of a folder as it is at one moment, while a hub may be writing to it. A read transaction that is
 * open meanwhile keeps that moment, so that the copy neither mixes states nor begins again with each commit. The pages
 * are copied off the main thread. Rejects with `CANCELLED`, or with what SQLite says.
 */
export async function copyDatabase(
  from: string,
  to: string,
  withSamples: boolean,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Snapshot> {
  closeSync(openSync(to, 'wx', 0o600));
  const source = openReader(from);
  try {
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    const schema = numberOf(source, 'PRAGMA user_version', 'user_version');
    if (withSamples) {
      await sqlite().backup(source, to, {
        rate: PAGES_AT_ONCE,
        progress: ({ totalPages, remainingPages }) => {
          onProgress(totalPages === 0 ? 1 : 1 - remainingPages / totalPages);
          stopIfAborted(signal);
        },
      });
    } else await copySmallTables(source, to, schema, signal);
    stopIfAborted(signal);
    return { schema, devices: countDevices(source, schema), span: withSamples ? spanOf(source) : null };
  } finally {
    source.close();
  }
}

/** The same schema, with the rows of all tables but those of samples. */
async function copySmallTables(
  source: DatabaseSync,
  to: string,
  schema: number,
  signal: AbortSignal,
): Promise<void> {
  const target = new (sqlite().DatabaseSync)(to);
  try {
    const pragma = (name: string): number => numberOf(source, `PRAGMA ${name}`, name);
    target.exec(`PRAGMA page_size = ${pragma('page_size')}; PRAGMA auto_vacuum = INCREMENTAL`);
    target.exec('PRAGMA journal_mode = MEMORY; BEGIN');
    const made = source
      .prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
      .all()
      .map(({ type, name, sql }) => ({ type: String(type), name: String(name), sql: String(sql) }));
    for (const { type, sql } of made) if (type === 'table') target.exec(sql);
    for (const { type, name } of made) {
      if (type === 'table' && !SAMPLE_TABLES.has(name)) await copyRows(source, target, name, signal);
    }
    // Triggers come last, so that they do not add what is copied already.
    for (const { type, sql } of made) if (type !== 'table') target.exec(sql);
    target.exec(
      `PRAGMA application_id = ${pragma('application_id')}; PRAGMA user_version = ${schema}; COMMIT`,
    );
  } finally {
    target.close();
  }
}

async function copyRows(
  source: DatabaseSync,
  target: DatabaseSync,
  table: string,
  signal: AbortSignal,
): Promise<void> {
  const name = `"${table.replaceAll('"', '""')}"`;
  const read = source.prepare(`SELECT * FROM ${name}`);
  read.setReadBigInts(true);
  const columns = read.columns().length;
  const add = target.prepare(`INSERT INTO ${name} VALUES (${Array(columns).fill('?').join(', ')})`);
  let rows = 0;
  for (const row of read.iterate()) {
    add.run(...Object.values(row));
    if (++rows % ROWS_AT_ONCE !== 0) continue;
    await setImmediate();
    stopIfAborted(signal);
  }
}

function countDevices(source: DatabaseSync, schema: number): number {
  // Earlier versions kept them in a file.
  if (schema < 4) return 0;
  return numberOf(source, 'SELECT count(*) AS n FROM known_devices WHERE body IS NOT NULL', 'n');
}

function spanOf(source: DatabaseSync): { from: number; to: number } | null {
  const row = source
    .prepare(
      `SELECT min(from_t) AS "from", max(to_t) AS "to" FROM (
        SELECT min(from_t) AS from_t, max(to_t) AS to_t FROM chunks
        UNION ALL SELECT min(from_t), max(to_t) FROM journal
      )`,
    )
    .get();
  const [from, to] = [row?.['from'], row?.['to']];
  return typeof from === 'number' && typeof to === 'number' ? { from, to } : null;
}

function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new FaultError('CANCELLED', 'The backup was cancelled.');
}
