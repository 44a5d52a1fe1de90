import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { systemClock } from '@shared/clock';
import { silentLogger, type Logger } from '@shared/logger';
import { openIdentity } from '../src/agent/identity';
import type { Schema } from '../src/agent/schema';
import { DEFAULT_SPOOL_LIMITS, SpoolQueue } from '../src/agent/spool/spool-queue';
import { damageFile, randomFrom, type Damage } from './damage-kinds';

const ROWS = 12_000;
const WIDTH = 20;
const SCHEMA: Schema = {
  version: 1,
  series: Array.from({ length: WIDTH }, (_, i) => ({ name: `m${i}` })),
};
const HUB = 'hub';
const KEY = 'wwk_0123456789abcdef0123456789abcdef';
/** Values that look random take about this much each in a segment. */
const BYTES_A_ROW = WIDTH * 8;
/** A value that did not change is not known after a damaged row until the next whole one. */
const WHOLE_EVERY = 32;
/** A segment that has lost its start may have lost the names of its values. */
const START_BYTES = 8_192;

/** What an agent keeps between runs, damaged one file at a time: its identity, and the rows that no hub has yet. */
export class KnownAgent {
  readonly #folder: string;
  readonly #id: string;
  readonly #start: number;
  readonly files: readonly string[];

  constructor(folder: string) {
    this.#folder = join(folder, 'agent');
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const identity = openIdentity(this.#folder, 'known', silentLogger);
    if (!identity.ok) throw new Error(identity.error.message);
    identity.value.saveKey(HUB, KEY);
    this.#id = identity.value.id;
    identity.value.release();
    const queue = this.#openSpool(join(this.#folder, 'spool'), silentLogger);
    this.#start = Date.now() - ROWS * 1_000;
    for (let i = 0; i < ROWS; i++) queue.push(this.#start + i * 1_000, SCHEMA, valuesOf(i), true);
    queue.close();
    this.files = readdirSync(this.#folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(json|seg)$/.test(entry.name))
      .map((entry) => relative(this.#folder, join(entry.parentPath, entry.name)));
  }

  /** One trial. Returns what was wrong; empty when nothing was. */
  trial(seed: number, kind: Damage['kind'], file: string): string[] {
    const dir = `${this.#folder}-${seed}`;
    cpSync(this.#folder, dir, { recursive: true });
    const damage = damageFile(join(dir, file), kind, randomFrom(seed));
    const lines: string[] = [];
    const tell = (message: string): void => void lines.push(message);
    const log: Logger = { ...silentLogger, info: tell, warn: tell, error: tell };
    try {
      const wrong = file.endsWith('.seg')
        ? this.#checkSpool(dir, damage, log)
        : this.#checkIdentity(dir, log);
      return wrong.map((one) => `${file}, ${kind} at ${damage.from}: ${one} (log: ${lines.join(' | ')})`);
    } catch (error) {
      return [`${file}, ${kind} at ${damage.from}: ${error instanceof Error ? error.stack : String(error)}`];
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }

  #openSpool(folder: string, log: Logger): SpoolQueue {
    return new SpoolQueue({ folder, limits: DEFAULT_SPOOL_LIMITS, clock: systemClock, log });
  }

  #checkIdentity(dir: string, log: Logger): string[] {
    let told = '';
    const opened = openIdentity(dir, 'known', { ...log, warn: (message) => (told += message) });
    if (!opened.ok) return [opened.error.message];
    const { id, keyFor, release } = opened.value;
    const key = keyFor(HUB);
    release();
    if (id === this.#id && key === KEY) return [];
    if (key !== undefined && key !== KEY) return [`it shows the key ${key}, which it was never given`];
    return told.includes('damaged') ? [] : [`it is ${id} with the key ${key}, and nothing is said`];
  }

  #checkSpool(dir: string, { from, to }: Damage, log: Logger): string[] {
    const wrong: string[] = [];
    const queue = this.#openSpool(join(dir, 'spool'), log);
    const seen = new Set<number>();
    let known = 0;
    for (const stream of queue.streams) {
      for (let after = 0; ;) {
        const rows = queue.take(stream, after, 1_000, 1e9);
        if (rows.length === 0) break;
        for (const { t, values } of rows) {
          const row = (t - this.#start) / 1_000;
          const truth = Number.isInteger(row) && row >= 0 && row < ROWS ? valuesOf(row) : null;
          if (!truth) wrong.push(`a row at ${t} was never there`);
          else if (seen.has(row)) wrong.push(`row ${row} is there twice`);
          else if (values.some((value, i) => value !== null && value !== truth[i])) {
            wrong.push(`row ${row} has a wrong value`);
          }
          seen.add(row);
          known += values.filter((value) => value !== null).length;
        }
        after = rows.at(-1)?.seq ?? after;
      }
    }
    const missing = ROWS * WIDTH - known;
    const told = queue.takeLost()?.samples ?? 0;
    queue.close();
    if (missing > 0 && told === 0) wrong.push(`${missing} values are missing, and none is told`);
    const most = (to - from) / BYTES_A_ROW + 2 * WHOLE_EVERY;
    if (from > START_BYTES && missing > most * WIDTH) wrong.push(`${missing} values are given up`);
    return wrong.slice(0, 3);
  }
}

function valuesOf(row: number): number[] {
  const random = randomFrom(row + 1);
  return Array.from({ length: WIDTH }, (_, i) => (i % 4 === 0 ? Math.floor(row / 50) : random()));
}
