import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { EventInfo, EventKind, EventLevel, MetricKind } from '@shared/model';
import { parseSeriesKey } from '@shared/protocol/series-key';
import { MARK_SUM_SQL, markSum, rowSum } from './checksums';
import { DeviceState } from './device-state';
import { SeriesBlocks, type SeriesRow } from './series-blocks';
import { damageError } from './sqlite-errors';
import type { StoreContents, StoredSeries, StreamMark } from '../store-contract/store-contract';
import type { EventQuery } from '../store-contract/store-messages';
import { DAY_MS } from '../store-contract/tiers';

const KINDS: readonly MetricKind[] = ['gauge', 'counter'];
/** How many events `contents` returns. */
const NEWEST_EVENTS = 2_000;
/** The most events kept; beyond it the oldest are deleted. */
const MAX_EVENTS = 200_000;
/** The most marks of a device; streams that have not moved for longest are deleted first. */
const MAX_MARKS_PER_DEVICE = 128;

interface SeriesEntry {
  device: DeviceState;
  kind: MetricKind;
}

/** Devices, series, marks and events: the tables of names, and the parts of them needed in memory. */
export class Catalog {
  readonly #db: DatabaseSync;
  readonly #devices = new Map<string, DeviceState>();
  readonly #byId = new Map<number, DeviceState>();
  readonly #series = new Map<number, SeriesEntry>();
  readonly #blocks: SeriesBlocks;
  readonly #putMark: StatementSync;
  readonly #putEvent: StatementSync;
  readonly #addDevice: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#blocks = new SeriesBlocks(db);
    this.#putMark = db.prepare(
      `INSERT INTO marks VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq), moved = excluded.moved,
       sum = ${MARK_SUM_SQL('device', 'max(seq, excluded.seq)')}`,
    );
    this.#putEvent = db.prepare('INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#addDevice = db.prepare('INSERT INTO devices (name) VALUES (?)');
    for (const row of db.prepare('SELECT id, name, sum FROM devices').iterate()) {
      const [id, name] = [Number(row['id']), textOrNull(row['name'])];
      if (row['sum'] !== rowSum(id, name)) throw damageError('the list of devices is damaged');
      if (name !== null) this.#remember(new DeviceState(id, name));
    }
  }

  get devices(): Iterable<DeviceState> {
    return this.#byId.values();
  }

  get deviceCount(): number {
    return this.#byId.size;
  }

  get seriesCount(): number {
    return this.#series.size;
  }

  find(name: string): DeviceState | undefined {
    return this.#devices.get(name);
  }

  byId(id: number): DeviceState | undefined {
    return this.#byId.get(id);
  }

  seriesEntry(id: number): SeriesEntry | undefined {
    return this.#series.get(id);
  }

  readonly kindOf = (series: number): MetricKind => this.#series.get(series)?.kind ?? 'gauge';

  /** The device with this name, created when there is none. Call within a transaction. */
  ensure(name: string): DeviceState {
    const known = this.#devices.get(name);
    if (known) return known;
    const { lastInsertRowid } = this.#addDevice.run(name);
    this.#rename(Number(lastInsertRowid), name);
    return this.#remember(new DeviceState(Number(lastInsertRowid), name));
  }

  /** Forgets a new device whose transaction failed. */
  forget(device: DeviceState): void {
    this.#devices.delete(device.name);
    this.#byId.delete(device.id);
    for (const [id, entry] of this.#series) if (entry.device === device) this.#series.delete(id);
  }

  /** Adds or replaces series. Call within a transaction. */
  putSeries(series: readonly { one: StoredSeries; device: DeviceState }[]): void {
    this.#blocks.put(series.map(({ one, device }) => rowOf(one, device)));
    for (const { one, device } of series) this.#series.set(one.id, { device, kind: one.kind });
  }

  putMark({ stream, seq }: StreamMark, device: DeviceState, now: number): void {
    this.#putMark.run(device.id, stream, seq, now, markSum(device.id, seq));
  }

  putEvent({ id, at, kind, level, device, text }: EventInfo): void {
    const row = [id, at, kind, level, device, text];
    this.#putEvent.run(...row, rowSum(...row));
  }

  updateEvent(id: number, text: string | null): void {
    if (text === null) this.#db.prepare('DELETE FROM events WHERE id = ?').run(id);
    else {
      const known = this.#db.prepare('SELECT * FROM events WHERE id = ?').get(id);
      if (known && isWhole(known)) this.putEvent({ ...toEvent(known), text });
    }
  }

  /** The newest events in `[from, to)`, oldest first. */
  events({ device, from, to, limit }: EventQuery): EventInfo[] {
    const where = device === undefined ? '' : 'AND device = ?';
    return this.#db
      .prepare(`SELECT * FROM events WHERE at >= ? AND at < ? ${where} ORDER BY at DESC, id DESC LIMIT ?`)
      .all(from, to, ...(device === undefined ? [] : [device]), limit)
      .filter(isWhole)
      .map(toEvent)
      .reverse();
  }

  /** Deletes the names of a device; its samples are deleted elsewhere. Call within a transaction. */
  remove(device: DeviceState): void {
    this.#rename(device.id, null);
    const ids = [...this.#series].filter(([, entry]) => entry.device === device).map(([id]) => id);
    this.#blocks.remove(ids);
    this.#db.prepare('DELETE FROM marks WHERE device = ?').run(device.id);
    this.#db.prepare('DELETE FROM events WHERE device = ?').run(device.name);
    this.#db.prepare('DELETE FROM dirty_hours WHERE device = ?').run(device.id);
  }

  /** Deletes events and marks beyond their limits, a bounded number at a time. Call within a transaction. */
  trim(now: number, eventDays: number): void {
    this.#db
      .prepare('DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < ? ORDER BY at LIMIT 1000)')
      .run(now - eventDays * DAY_MS);
    const count = Number(this.#db.prepare('SELECT count(*) AS n FROM events').get()?.['n'] ?? 0);
    if (count > MAX_EVENTS) {
      this.#db
        .prepare('DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY at LIMIT ?)')
        .run(Math.min(1_000, count - MAX_EVENTS));
    }
    const crowded = this.#db
      .prepare('SELECT device FROM marks GROUP BY device HAVING count(*) > ? LIMIT 100')
      .all(MAX_MARKS_PER_DEVICE);
    for (const row of crowded) {
      const device = Number(row['device']);
      this.#db
        .prepare(
          `DELETE FROM marks WHERE device = ? AND stream NOT IN
           (SELECT stream FROM marks WHERE device = ? ORDER BY moved DESC LIMIT ?)`,
        )
        .run(device, device, MAX_MARKS_PER_DEVICE);
    }
  }

  /** Reads all names; call once. */
  load(): Pick<StoreContents, 'series' | 'marks' | 'events'> {
    const series: StoredSeries[] = [];
    for (const [id, deviceId, key, unit, kindIndex, title, min, max, guessed] of this.#blocks.rows()) {
      const device = this.#byId.get(deviceId);
      const parsed = parseSeriesKey(key);
      if (!device || !parsed.ok) continue;
      const kind = KINDS[kindIndex] ?? 'gauge';
      this.#series.set(id, { device, kind });
      series.push({
        id,
        device: device.name,
        key,
        metric: parsed.value.name,
        labels: parsed.value.labels,
        unit,
        isUnitGuessed: guessed === null ? null : guessed === 1,
        kind,
        title,
        min,
        max,
      });
    }
    const marks: StreamMark[] = [];
    for (const row of this.#db.prepare('SELECT * FROM marks ORDER BY moved').iterate()) {
      const device = this.#byId.get(Number(row['device']));
      const seq = Number(row['seq']);
      if (row['sum'] !== markSum(Number(row['device']), seq))
        throw damageError('the list of marks is damaged');
      if (device) marks.push({ device: device.name, stream: String(row['stream']), seq });
    }
    const events = this.#db
      .prepare('SELECT * FROM events ORDER BY id DESC LIMIT ?')
      .all(NEWEST_EVENTS)
      .map((row) => {
        if (!isWhole(row)) throw damageError('the list of events is damaged');
        return toEvent(row);
      })
      .reverse();
    return { series, marks, events };
  }

  #rename(id: number, name: string | null): void {
    this.#db.prepare('UPDATE devices SET name = ?, sum = ? WHERE id = ?').run(name, rowSum(id, name), id);
  }

  #remember(device: DeviceState): DeviceState {
    this.#devices.set(device.name, device);
    this.#byId.set(device.id, device);
    return device;
  }
}

function rowOf(one: StoredSeries, device: DeviceState): SeriesRow {
  const { id, key, unit, isUnitGuessed, kind, title, min, max } = one;
  const guessed = isUnitGuessed === null ? null : Number(isUnitGuessed);
  return [id, device.id, key, unit, KINDS.indexOf(kind), title, min, max, guessed];
}

/** Whether a row's checksum, its last column, is that of the others. */
function isWhole(row: Record<string, unknown>): boolean {
  const values = Object.values(row);
  return values.pop() === rowSum(...values);
}

function toEvent(row: Record<string, unknown>): EventInfo {
  return {
    id: Number(row['id']),
    at: Number(row['at']),
    kind: String(row['kind']) as EventKind,
    level: String(row['level']) as EventLevel,
    device: textOrNull(row['device']),
    text: String(row['text']),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
