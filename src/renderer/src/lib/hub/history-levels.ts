import type { QuerySeries } from '@shared/model';
import { HistoryColumns } from './history-columns';

/** Resolutions kept of one series: enough for the way from a week to ten seconds and back. */
const MOST_LEVELS = 5;
/** A level that shows nearly as much of a stretch as any other is as good as it, in shares of what that shows. */
const AS_GOOD = 0.97;

/** The past of one series at one resolution, and of which time, ms since the epoch, `[from, to)`. */
export interface HistoryLevel {
  readonly columns: HistoryColumns;
  from: number;
  to: number;
  /** The past has changed since: it is shown until something newer has come. */
  stale: boolean;
}

/**
 * The past of one series at several resolutions: while a finer one is on its way the coarser one is shown, and on
 * the way back it is there at once. What was not used for longest goes first.
 */
export class HistoryLevels {
  /** The latest used comes last. */
  readonly #levels: HistoryLevel[] = [];

  at(bucketMs: number): HistoryLevel | null {
    return this.#levels.find(({ columns, stale }) => !stale && columns.bucketMs === bucketMs) ?? null;
  }

  /** Takes in an answer about `[from, to)`; where it does not join what is there, it takes its place. */
  put(bucketMs: number, answer: QuerySeries, from: number, to: number, keepFrom: number): void {
    const before = this.#levels.find(({ columns }) => columns.bucketMs === bucketMs);
    const goesOn = before && !before.stale && before.from <= from && before.to >= from;
    const columns = goesOn ? before.columns : new HistoryColumns(bucketMs);
    columns.put(answer, from, to, keepFrom);
    const level = { columns, from: goesOn ? Math.max(before.from, keepFrom) : from, to, stale: false };
    if (before) this.#levels.splice(this.#levels.indexOf(before), 1);
    this.#levels.push(level);
    if (this.#levels.length > MOST_LEVELS) this.#levels.shift();
  }

  /**
   * What shows most of `[from, to)`; of several that do, the finest. Where that does not reach the samples on both
   * sides, a coarser one that does stands in for it. What is stale gives way to what is not, however fine it is. Null
   * where nothing shows any of it.
   */
  best(from: number, to: number): HistoryColumns | null {
    return this.#best(from, to, () => true);
  }

  /** The same of what is not stale. */
  bestFresh(from: number, to: number): HistoryColumns | null {
    return this.#best(from, to, isFresh);
  }

  #best(from: number, to: number, counts: (level: HistoryLevel) => boolean): HistoryColumns | null {
    let most = 0;
    for (const level of this.#levels) if (counts(level)) most = Math.max(most, overlap(level, from, to));
    if (most === 0) return null;
    const least = most * AS_GOOD;
    const isMeant = (level: HistoryLevel) => counts(level) && overlap(level, from, to) >= least;
    const finest = this.#finest(isMeant);
    if (!finest || finest.reaches(from, to)) return finest;
    // Columns that are longer than pauses would draw a line through what the finest knows to be a gap.
    const isSparse = (level: HistoryLevel) => {
      const { columns } = level;
      const isCoarser = columns.bucketMs > finest.bucketMs;
      return isCoarser && isMeant(level) && columns.isSparseAt(from) && columns.reaches(from, to);
    };
    return this.#finest(isSparse) ?? finest;
  }

  /** What is stale only where nothing else is meant. */
  #finest(isMeant: (level: HistoryLevel) => boolean): HistoryColumns | null {
    let finest: HistoryLevel | null = null;
    for (const level of this.#levels) {
      if (finest && !isBefore(level, finest)) continue;
      if (isMeant(level)) finest = level;
    }
    return finest?.columns ?? null;
  }

  /** The past has changed: nothing here can be gone on with, and only what is shown stays until it is replaced. */
  expire(shown: HistoryColumns | null): void {
    const level = this.#levels.find(({ columns }) => columns === shown);
    this.#levels.length = 0;
    if (level) this.#levels.push({ ...level, stale: true });
  }
}

const isBefore = (a: HistoryLevel, b: HistoryLevel): boolean =>
  a.stale === b.stale ? a.columns.bucketMs < b.columns.bucketMs : b.stale;

const isFresh = ({ stale }: HistoryLevel): boolean => !stale;

const overlap = (level: HistoryLevel, from: number, to: number): number =>
  Math.max(0, Math.min(level.to, to) - Math.max(level.from, from));
