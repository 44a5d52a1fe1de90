import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@shared/clock';
import { silentLogger } from '@shared/logger';
import { CHURN_RETENTION, DEVICES, ROWS_PER_COMMIT, seriesIds, STEP_MS, valueOf } from './churn';
import { openStore, type OpenedStore } from '../worker-store';
import type { StoreColumns } from '../../store-contract/store-contract';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The least time and the most after a first commit until the kill. */
const LEAST_MS = 20;
const MOST_MS = 900;
/** Sums of a minute are rounded when they are stored. */
const TOLERANCE = 1e-9;

export interface KillTrialFiles {
  /** `churner.ts` and the store's worker, built. */
  churner: string;
  worker: string;
}

/** What was seen after a kill. */
export interface Checked {
  acknowledged: number;
  /** Rows on disk, and how many of the oldest the budget has taken. */
  rows: number;
  dropped: number;
  /** What is wrong; empty when nothing is. */
  wrong: string[];
}

/**
 * Kills a process that commits while its store seals, rolls up, merges and deletes by a small budget, and compares what is
 * on disk with what must be there: everything acknowledged exactly once, except for the oldest rows, which the budget
 * took.
 */
export class KillTrial {
  readonly #dir: string;
  readonly #files: KillTrialFiles;
  /** The start of a minute. */
  readonly #start = Math.floor(Date.now() / DAY_MS) * DAY_MS - 60 * DAY_MS;
  readonly #random: () => number;
  #next = 0;
  #dropped = 0;
  /** The first row on disk, by device. */
  readonly #firsts = new Map<string, number>();

  constructor(dir: string, files: KillTrialFiles, random: () => number = Math.random) {
    this.#dir = dir;
    this.#files = files;
    this.#random = random;
  }

  async round(): Promise<Checked> {
    const acknowledged = await this.#commitAndKill();
    const opened = await openStore({
      dir: this.#dir,
      workerFile: this.#files.worker,
      retention: CHURN_RETENTION,
      clock: systemClock,
      log: silentLogger,
    });
    if (!opened.ok) throw new Error(opened.error.message);
    let checked: Checked;
    try {
      checked = await this.#check(opened.value, acknowledged);
    } finally {
      await opened.value.close();
    }
    const wrong = [...checked.wrong, ...this.#unexplained()];
    return { ...checked, wrong };
  }

  /** Rows that are gone although deletion, which says how far it went, has not come to them. */
  #unexplained(): string[] {
    const db = new DatabaseSync(join(this.#dir, 'history.db'), { readOnly: true });
    try {
      const floors = new Map(
        db
          .prepare("SELECT key, value FROM meta WHERE key GLOB 'floor-0*'")
          .all()
          .map(({ key, value }) => [String(key), Number(value)]),
      );
      return db
        .prepare('SELECT id, name FROM devices')
        .all()
        .flatMap(({ id, name }) => {
          const floor = Math.max(floors.get('floor-0') ?? 0, floors.get(`floor-0-${id}`) ?? 0);
          const first = this.#firsts.get(String(name)) ?? 0;
          const deleted = Math.max(0, this.#rowOf(floor) + 1);
          return first > deleted ? [`${name} lacks the rows from ${deleted} to ${first - 1}`] : [];
        });
    } finally {
      db.close();
    }
  }

  /** The last number that the process printed. */
  async #commitAndKill(): Promise<number> {
    const args = [
      this.#files.churner,
      this.#dir,
      this.#files.worker,
      String(this.#start),
      String(this.#next),
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    const closed = once(child, 'close');
    await Promise.race([once(child.stdout, 'data'), closed]);
    await sleep(LEAST_MS + this.#random() * (MOST_MS - LEAST_MS));
    child.kill('SIGKILL');
    await closed;
    return Number(output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1));
  }

  async #check(store: OpenedStore, acknowledged: number): Promise<Checked> {
    const wrong: string[] = [];
    const { problem } = await store.stats();
    if (problem) wrong.push(`the store has a problem: ${problem.message}`);
    const marks = new Set(store.contents.marks.map(({ seq }) => seq));
    const [mark = -1] = marks;
    // The last batch may have been written although the process could not say so any more.
    if (marks.size !== 1 || (mark !== acknowledged && mark !== acknowledged + 1)) {
      wrong.push(`acknowledged up to ${acknowledged}, but the marks are ${[...marks].join(', ')}`);
    }
    const end = (mark + 1) * ROWS_PER_COMMIT;
    this.#next = mark + 1;
    const to = this.#start + end * STEP_MS;
    let rows = 0;
    let dropped = Number.POSITIVE_INFINITY;
    for (const [d, device] of DEVICES.entries()) {
      const columns = await store.query({ series: seriesIds(d), from: this.#start, to });
      const first = this.#rowOf(columns[0]?.t[0] ?? to);
      for (const one of columns) wrong.push(...this.#wrongIn(one, first, end));
      rows += end - first;
      this.#firsts.set(device, first);
      dropped = Math.min(dropped, first);
      const points = Math.ceil((to - this.#start) / MINUTE_MS);
      const minutes = await store.query({
        series: seriesIds(d).slice(0, 1),
        from: this.#start,
        to: this.#start + points * MINUTE_MS,
        points,
      });
      for (const one of minutes) wrong.push(...this.#wrongMinutes(one, end));
    }
    if (dropped < this.#dropped) wrong.push(`row ${dropped}, which was deleted, is back`);
    this.#dropped = dropped;
    return { acknowledged, rows, dropped, wrong: wrong.slice(0, 5) };
  }

  /** All rows from `first` up to `end`, once each, with their values. */
  #wrongIn({ series, t, v }: StoreColumns, first: number, end: number): string[] {
    if (t.length !== end - first) {
      return [`series ${series} has ${t.length} of the ${end - first} rows from ${first} on`];
    }
    for (const [i, time] of t.entries()) {
      const row = first + i;
      if (this.#rowOf(time) !== row) return [`series ${series} has a row at ${time} in the place of ${row}`];
      if (v?.[i] !== valueOf(series, row)) return [`series ${series} has a wrong value in row ${row}`];
    }
    return [];
  }

  /** Minutes, once there is one, have the extremes and the mean of all of their rows, which a doubled row would change. */
  #wrongMinutes({ series, t, min, max, avg }: StoreColumns, end: number): string[] {
    const each = MINUTE_MS / STEP_MS;
    let hasBegun = false;
    for (const [i, time] of t.entries()) {
      const first = this.#rowOf(time);
      const values: number[] = [];
      for (let row = first; row < Math.min(end, first + each); row++) values.push(valueOf(series, row));
      if (values.length === 0) continue;
      const found = avg?.[i] ?? Number.NaN;
      if (Number.isNaN(found)) {
        if (hasBegun) return [`series ${series} lacks the minute at row ${first}`];
        continue;
      }
      hasBegun = true;
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const isRight =
        min?.[i] === Math.min(...values) &&
        max?.[i] === Math.max(...values) &&
        Math.abs(found - mean) <= TOLERANCE;
      if (!isRight) return [`series ${series} has a wrong minute at row ${first}`];
    }
    return [];
  }

  #rowOf(time: number): number {
    return Math.round((time - this.#start) / STEP_MS);
  }
}
