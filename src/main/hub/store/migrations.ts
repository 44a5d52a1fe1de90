import type { DatabaseSync } from 'node:sqlite';
import { addRowSum, MARK_SUM_SQL } from './checksums';
import { packSeries } from './series-blocks';

/** `WiRW`: distinguishes a history file from any other SQLite database. */
export const APPLICATION_ID = 0x57695257;

/**
 * One step per version, applied in order, never edited once released. `PRAGMA user_version` is the number of steps
 * applied. Times are ms since the epoch; a chunk or a journal record covers `[from_t, to_t]`, both ends included.
 */
const STEPS: readonly (string | ((db: DatabaseSync) => void))[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE devices (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
  CREATE TABLE series (
    id INTEGER PRIMARY KEY, device INTEGER NOT NULL, key TEXT NOT NULL, unit TEXT NOT NULL,
    kind INTEGER NOT NULL, title TEXT, min REAL, max REAL
  );
  CREATE TABLE marks (
    device INTEGER NOT NULL, stream TEXT NOT NULL, seq INTEGER NOT NULL, moved INTEGER NOT NULL,
    PRIMARY KEY (device, stream)
  ) WITHOUT ROWID;
  CREATE TABLE events (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, level TEXT NOT NULL,
    device TEXT, text TEXT NOT NULL
  );
  CREATE INDEX events_by_time ON events (at);
  CREATE TABLE journal (
    id INTEGER PRIMARY KEY, device INTEGER NOT NULL, from_t INTEGER NOT NULL, to_t INTEGER NOT NULL,
    rows INTEGER NOT NULL, samples INTEGER NOT NULL, columns INTEGER NOT NULL, block BLOB NOT NULL
  );
  CREATE TABLE chunks (
    id INTEGER PRIMARY KEY, device INTEGER NOT NULL, tier INTEGER NOT NULL,
    from_t INTEGER NOT NULL, to_t INTEGER NOT NULL, rows INTEGER NOT NULL, cells INTEGER NOT NULL,
    samples INTEGER NOT NULL, bytes INTEGER NOT NULL, block BLOB NOT NULL
  );
  CREATE INDEX chunks_by_time ON chunks (device, tier, from_t, to_t, rows, cells, samples, bytes);
  CREATE TABLE dirty_hours (device INTEGER NOT NULL, hour INTEGER NOT NULL, PRIMARY KEY (device, hour)) WITHOUT ROWID;
  `,
  // Whether the unit was guessed from the name; null where that is not known any more.
  'ALTER TABLE series ADD COLUMN guessed INTEGER',
  // Each row of the small tables and of the journal gets a checksum; names, without which samples are worth nothing,
  // are kept twice. The sums of journal records stay null: those are sealed within minutes.
  `
  ALTER TABLE meta ADD COLUMN sum INTEGER;
  ALTER TABLE devices ADD COLUMN sum INTEGER;
  ALTER TABLE series ADD COLUMN sum INTEGER;
  ALTER TABLE marks ADD COLUMN sum INTEGER;
  ALTER TABLE events ADD COLUMN sum INTEGER;
  ALTER TABLE journal ADD COLUMN sum INTEGER;
  ALTER TABLE dirty_hours ADD COLUMN sum INTEGER;
  UPDATE meta SET sum = row_sum(key, value);
  UPDATE devices SET sum = row_sum(id, name);
  UPDATE series SET sum = row_sum(id, device, key, unit, kind, title, min, max, guessed);
  UPDATE marks SET sum = ${MARK_SUM_SQL('device', 'seq')};
  UPDATE events SET sum = row_sum(id, at, kind, level, device, text);
  UPDATE dirty_hours SET sum = row_sum(device, hour);
  CREATE TABLE devices_copy (id INTEGER PRIMARY KEY, name TEXT, sum INTEGER);
  CREATE TABLE series_copy (
    id INTEGER PRIMARY KEY, device INTEGER, key TEXT, unit TEXT, kind INTEGER, title TEXT, min REAL, max REAL,
    guessed INTEGER, sum INTEGER
  );
  INSERT INTO devices_copy SELECT id, name, sum FROM devices;
  INSERT INTO series_copy SELECT id, device, key, unit, kind, title, min, max, guessed, sum FROM series;
  CREATE TRIGGER devices_added AFTER INSERT ON devices BEGIN
    INSERT OR REPLACE INTO devices_copy VALUES (new.id, new.name, new.sum);
  END;
  CREATE TRIGGER devices_changed AFTER UPDATE ON devices BEGIN
    INSERT OR REPLACE INTO devices_copy VALUES (new.id, new.name, new.sum);
  END;
  CREATE TRIGGER devices_removed AFTER DELETE ON devices BEGIN
    DELETE FROM devices_copy WHERE id = old.id;
  END;
  CREATE TRIGGER series_added AFTER INSERT ON series BEGIN
    INSERT OR REPLACE INTO series_copy VALUES (
      new.id, new.device, new.key, new.unit, new.kind, new.title, new.min, new.max, new.guessed, new.sum
    );
  END;
  CREATE TRIGGER series_removed AFTER DELETE ON series BEGIN
    DELETE FROM series_copy WHERE id = old.id;
  END;
  `,
  // Devices and the uses of join tokens, which were files before. `sum` is the checksum of a row.
  `
  CREATE TABLE IF NOT EXISTS known_devices (id TEXT PRIMARY KEY, rev INTEGER NOT NULL, body TEXT, sum INTEGER NOT NULL)
    WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS token_uses (id TEXT PRIMARY KEY, rev INTEGER NOT NULL, body TEXT, sum INTEGER NOT NULL)
    WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS damaged_records (kind TEXT NOT NULL, id, rev, body, sum, found INTEGER NOT NULL);
  `,
  packSeries,
];

export const SCHEMA_VERSION = STEPS.length;

/** Migrates an empty or older file to a version, this one if none is given, each step in its own transaction. */
export function migrate(db: DatabaseSync, fromVersion: number, toVersion = SCHEMA_VERSION): void {
  addRowSum(db);
  for (let version = fromVersion; version < toVersion; version++) {
    db.exec('BEGIN IMMEDIATE');
    try {
      const step = STEPS[version] ?? '';
      if (typeof step === 'string') db.exec(step);
      else step(db);
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version + 1}`);
      db.exec('COMMIT');
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
}
