import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Engine } from '../src/main/hub/store/engine';
import type { CallName, FromWorker, StoreCalls } from '../src/main/hub/store-contract/store-messages';
import type { CommitBatch, StoreColumns } from '../src/main/hub/store-contract/store-contract';
import { chunkRowOf } from '../src/main/hub/store/recovery/chunk-rows';
import { Pages, PAGE_SIZE } from '../src/main/hub/store/recovery/pages';
import { Trees } from '../src/main/hub/store/recovery/trees';
import { damageFile, randomFrom, type Damage, type Random } from './damage-kinds';

const HOUR_MS = 3_600_000;
const HOURS = 72;
const STEP_MS = 60_000;
const DEVICES = ['a', 'b', 'c'];
const SERIES_EACH = 5;
const RETENTION = { rawDays: 3_650, minuteDays: 3_650, hourDays: 3_650, budgetBytes: 1e12 };
const SUFFIXES = ['', '-wal', '-shm'];
const EVENTS = 20;

interface RunningEngine {
  engine: Engine;
  lines: string[];
  call<K extends CallName>(name: K, params: StoreCalls[K]['params']): Promise<StoreCalls[K]['result']>;
}

function start(dir: string): RunningEngine {
  const lines: string[] = [];
  let id = 0;
  const engine = new Engine({ dir, retention: RETENTION }, (message: FromWorker) => {
    if (message.type === 'log') lines.push(message.message);
    if (message.type === 'problem' && message.problem) lines.push(message.problem.message);
  });
  return {
    engine,
    lines,
    call: (name, params) => engine.handle(++id, name, params) as never,
  };
}

interface Truth {
  start: number;
  end: number;
  ids: number[];
  /** By series: the values by time. */
  raw: Map<number, Map<number, number>>;
  hours: StoreColumns[];
  minutes: StoreColumns[];
}

/** A history that is known, as files of a hub that was stopped, and of one that was killed. */
export class KnownHistory {
  readonly #folder: string;
  readonly #truth: Truth;

  private constructor(folder: string, truth: Truth) {
    this.#folder = folder;
    this.#truth = truth;
  }

  static async build(folder: string, seed: number): Promise<KnownHistory> {
    const random = randomFrom(seed);
    const live = join(folder, 'live');
    mkdirSync(live, { recursive: true });
    const { call } = start(live);
    const end = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS;
    const from = end - HOURS * HOUR_MS;
    const series = DEVICES.flatMap((device, d) =>
      Array.from({ length: SERIES_EACH }, (_, i) => ({
        id: d * SERIES_EACH + i + 1,
        device,
        key: `m${i}`,
        metric: `m${i}`,
        labels: {},
        unit: '',
        isUnitGuessed: false,
        kind: i === SERIES_EACH - 1 ? ('counter' as const) : ('gauge' as const),
        title: null,
        min: null,
        max: null,
      })),
    );
    const events = Array.from({ length: EVENTS }, (_, i) => ({
      id: i + 1,
      at: from + i * HOUR_MS,
      kind: 'note' as const,
      level: 'info' as const,
      device: 'a',
      text: `event ${i}`,
    }));
    await call('commit', { series, rows: [], marks: [], events });
    const raw = new Map<number, Map<number, number>>(series.map(({ id }) => [id, new Map()]));
    const rowsOf = (device: number, first: number, count: number): CommitBatch['rows'][number] => {
      const ids = Array.from({ length: SERIES_EACH }, (_, i) => device * SERIES_EACH + i + 1);
      const t = Float64Array.from({ length: count }, (_, i) => first + i * STEP_MS + device);
      const v = new Float64Array(count * SERIES_EACH);
      for (let row = 0; row < count; row++) {
        for (const [i, id] of ids.entries()) {
          const time = t[row] ?? 0;
          const value = i === SERIES_EACH - 1 ? time / 1_000 : random() * 100;
          v[row * SERIES_EACH + i] = value;
          raw.get(id)?.set(time, value);
        }
      }
      return { device: DEVICES[device] ?? '', series: Int32Array.from(ids), t, v };
    };
    const commit = async (first: number, count: number, seq: number): Promise<void> => {
      const rows = DEVICES.map((_, device) => rowsOf(device, first, count));
      const marks = DEVICES.map((device) => ({ device, stream: 'spool', seq }));
      await call('commit', { series: [], rows, marks, events: [] });
    };
    const perCommit = (2 * HOUR_MS) / STEP_MS;
    for (let i = 0; i * 2 < HOURS; i++) {
      await commit(from + i * 2 * HOUR_MS, perCommit, i + 1);
      if (i % 9 === 8) await call('settle', null);
    }
    await call('settle', null);
    const known = { folder, from, end, ids: series.map(({ id }) => id) };
    const stopped = join(folder, 'stopped');
    copyFiles(live, stopped);
    // What is not sealed yet, and is in the log alone.
    for (let i = 0; i < 20; i++) await commit(end + i * STEP_MS, 1, 1_000 + i);
    const killed = join(folder, 'killed');
    copyFiles(live, killed);
    const query = { series: known.ids, from, to: end };
    const hours = await call('query', { ...query, points: HOURS });
    const minutes = await call('query', { ...query, points: HOURS * 60 });
    await call('close', null);
    return new KnownHistory(folder, { start: from, end, ids: known.ids, raw, hours, minutes });
  }

  /** One trial. Returns what was wrong; empty when nothing was. */
  async trial(
    seed: number,
    kind: Damage['kind'],
    file: 'database' | 'log' | 'killed database',
  ): Promise<string[]> {
    const random: Random = randomFrom(seed);
    const dir = join(this.#folder, `trial-${seed}`);
    copyFiles(join(this.#folder, file === 'database' ? 'stopped' : 'killed'), dir);
    const path = join(dir, file === 'log' ? 'history.db-wal' : 'history.db');
    const readable = file === 'database' ? readableChunks(path) : null;
    const damage = damageFile(path, kind, random);
    const wrong: string[] = [];
    try {
      const running = start(dir);
      try {
        const isUnsealedThere = file !== 'database';
        const lostFor = async (when: string): Promise<void> => {
          wrong.push(...(await this.#compare(running, isUnsealedThere)).map((one) => `${when}: ${one}`));
        };
        await lostFor('at once');
        await running.call('settle', null);
        await lostFor('after maintenance');
        if (readable) wrong.push(...this.#givenUp(readable, damage, running.lines));
      } finally {
        await running.call('close', null);
      }
    } catch (error) {
      wrong.push(`did not work: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
    return wrong.map((one) => `${file}, ${kind} at ${damage.from}: ${one}`);
  }

  async #compare({ engine, call, lines }: RunningEngine, isUnsealedThere: boolean): Promise<string[]> {
    const wrong: string[] = [];
    const { start: from, end, ids, raw, hours, minutes } = this.#truth;
    const known = new Set(engine.contents.series.map(({ id, device, key }) => `${id} ${device} ${key}`));
    const to = isUnsealedThere ? end + HOUR_MS : end;
    const answers = await call('query', { series: ids, from, to, raw: true });
    const named = namedLosses(lines);
    for (const { series, t, v } of answers) {
      const truth = raw.get(series) ?? new Map<number, number>();
      const device = DEVICES[Math.floor((series - 1) / SERIES_EACH)] ?? '';
      if (!known.has(`${series} ${device} m${(series - 1) % SERIES_EACH}`))
        wrong.push(`series ${series} is gone`);
      const found = new Set<number>();
      for (const [i, time] of t.entries()) {
        found.add(time);
        if (truth.get(time) !== v?.[i]) wrong.push(`series ${series} has a wrong value at ${time}`);
      }
      let unnamed = 0;
      for (const time of truth.keys()) {
        if (time < from || time >= to || found.has(time)) continue;
        if (!isNamed(named, device, time)) unnamed++;
      }
      if (unnamed > 0) wrong.push(`${unnamed} samples of series ${series} are missing and not named`);
    }
    for (const [points, truth] of [
      [HOURS, hours],
      [HOURS * 60, minutes],
    ] as const) {
      const rolled = await call('query', { series: ids, from, to: end, points });
      for (const [i, columns] of rolled.entries())
        wrong.push(...this.#compareSteps(columns, truth[i], named, points));
    }
    for (const { text, id } of await call('events', { from, to: end, limit: 100 })) {
      if (text !== `event ${id - 1}`) wrong.push(`event ${id} has a wrong text`);
    }
    for (const { device, stream, seq } of engine.contents.marks) {
      const most = isUnsealedThere ? 1_019 : HOURS / 2;
      if (!DEVICES.includes(device) || stream !== 'spool' || seq > most)
        wrong.push(`a mark is wrong: ${device} ${seq}`);
    }
    return [...new Set(wrong)].slice(0, 5);
  }

  #compareSteps(
    columns: StoreColumns,
    truth: StoreColumns | undefined,
    named: NamedLoss[],
    points: number,
  ): string[] {
    const { series, t } = columns;
    const stepMs = (HOURS * HOUR_MS) / points;
    const device = DEVICES[Math.floor((series - 1) / SERIES_EACH)] ?? '';
    for (let i = 0; i < t.length; i++) {
      for (const field of ['min', 'max', 'avg'] as const) {
        const [value = Number.NaN, right = Number.NaN] = [columns[field]?.[i], truth?.[field]?.[i]];
        if (Object.is(value, right) || Math.abs(value - right) <= 1e-9 * Math.abs(right)) continue;
        const at = t[i] ?? 0;
        const isExcused = named.some(
          (one) =>
            (one.device === null || one.device === device) &&
            one.from < at + 2 * stepMs &&
            one.to >= at - stepMs,
        );
        // Unknown is right where samples are lost; another value is not.
        if (Number.isNaN(value) && isExcused) continue;
        return [`${field} of series ${series} over ${stepMs} ms at ${at} is ${value}, not ${right}`];
      }
    }
    return [];
  }

  /** Chunks none of whose bytes were hit must not be lost. */
  #givenUp(readable: ChunkBytes[], damage: Damage, lines: string[]): string[] {
    const named = namedLosses(lines);
    const wrong: string[] = [];
    for (const { device, tier, from, to, ranges } of readable) {
      if (tier !== 0 || ranges.some(([start, end]) => start < damage.to && end > damage.from)) continue;
      const middle = (from + to) / 2;
      const isLost = named.some((one) => one.device === device && one.from <= middle && one.to >= middle);
      if (isLost) wrong.push(`a whole chunk of ${device} from ${new Date(from).toISOString()} was given up`);
    }
    return wrong.slice(0, 3);
  }
}

interface NamedLoss {
  device: string | null;
  from: number;
  to: number;
}

/** What the log names as lost. */
function namedLosses(lines: readonly string[]): NamedLoss[] {
  const named: NamedLoss[] = [];
  for (const line of lines) {
    for (const [, device = '', from = '', to = ''] of line.matchAll(
      /samples of (any device|\S+) from (\S+Z) to (\S+Z)/g,
    )) {
      named.push({
        device: device === 'any device' ? null : device,
        from: Date.parse(from),
        to: Date.parse(to),
      });
    }
    if (/last changes|not sealed yet|perhaps more/.test(line)) {
      const since = /last changes/.test(line) ? Date.now() - 3 * HOUR_MS : 0;
      named.push({ device: null, from: since, to: Number.POSITIVE_INFINITY });
    }
  }
  return named;
}

function isNamed(named: readonly NamedLoss[], device: string, time: number): boolean {
  return named.some(
    (one) => (one.device === null || one.device === device) && one.from <= time && one.to >= time,
  );
}

interface ChunkBytes {
  device: string;
  tier: number;
  from: number;
  to: number;
  /** Where in the file its row and block lie. */
  ranges: [from: number, to: number][];
}

/** Where in an undamaged file each chunk lies: found by its bytes, page by page. */
function readableChunks(path: string): ChunkBytes[] {
  const pages = new Pages(path);
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const names = new Map(
      db
        .prepare('SELECT id, name FROM devices')
        .all()
        .map((row) => [row['id'], String(row['name'])]),
    );
    const root = Number(
      db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'chunks'").get()?.['rootpage'],
    );
    const found: ChunkBytes[] = [];
    for (const row of new Trees(pages).rows(root)) {
      const chunk = chunkRowOf(pages, row);
      if (!chunk) continue;
      const leafStart =
        (row.page - 1) * PAGE_SIZE + row.cell.local.byteOffset - (pages.page(row.page)?.byteOffset ?? 0);
      const ranges: [number, number][] = [[leafStart - 12, leafStart + row.cell.local.length + 4]];
      let next = row.cell.overflow;
      for (let left = row.cell.payloadBytes - row.cell.local.length; left > 0; left -= PAGE_SIZE - 4) {
        // The first four bytes say where the next page is, which the pointer map knows as well.
        const at = (next - 1) * PAGE_SIZE;
        ranges.push([at + 4, at + 4 + Math.min(left, PAGE_SIZE - 4)]);
        next = pages.page(next)?.readUInt32BE(0) ?? 0;
      }
      const { device, tier, from, to } = chunk;
      found.push({ device: names.get(device) ?? '', tier, from, to, ranges });
    }
    return found;
  } finally {
    db.close();
    pages.close();
  }
}

function copyFiles(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const suffix of SUFFIXES) {
    const file = join(from, `history.db${suffix}`);
    if (existsSync(file)) copyFileSync(file, join(to, `history.db${suffix}`));
  }
}
