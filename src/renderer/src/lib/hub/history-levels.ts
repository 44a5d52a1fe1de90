import type { QuerySeries } from '@shared/model';
import { HistoryColumns } from './history-columns';

/** The most resolutions kept of one series: enough to zoom from a week to ten seconds and back. */
const MOST_LEVELS = 5;
/** A level that covers at least this share of the largest coverage counts as equally good. */
const AS_GOOD = 0.97;

/** One series' history at one resolution, for `[from, to)` in ms since the epoch. */
export interface HistoryLevel {
  readonly columns: HistoryColumns;
  from: number;
  to: number;
  /** The history has changed since; the level is shown until it is replaced. */
  stale: boolean;
}

/**
 * One series' history at several resolutions. While a finer one is loading, a coarser one is shown, and zooming
 * out again needs no request. The least recently used level is dropped first.
 */
export class HistoryLevels {
  /** The most recently used level comes last. */
  readonly #levels: HistoryLevel[] = [];

  at(bucketMs: number): HistoryLevel | null {
    return this.#levels.find(({ columns, stale }) => !stale && columns.bucketMs === bucketMs) ?? null;
  }

  /**
   * Adds an answer about `[from, to)`, which replaces columns of the same resolution that it does not continue.
   */
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
   * Returns the finest of the levels that cover most of `[from, to)`. If it has no samples on one of the two sides, a
   * coarser level that has them replaces it. Stale levels are used only if there is no fresh one, however fine they
   * are. Null if no level covers any of it.
   */
  best(from: number, to: number): HistoryColumns | null {
    return this.#best(from, to, () => true);
  }

  /** Like {@link best}, but without stale levels. */
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
    // Columns longer than the pauses would draw a line through gaps that the finest level knows.
    const isSparse = (level: HistoryLevel) => {
      const { columns } = level;
      const isCoarser = columns.bucketMs > finest.bucketMs;
      return isCoarser && isMeant(level) && columns.isSparseAt(from) && columns.reaches(from, to);
    };
    return this.#finest(isSparse) ?? finest;
  }

  /** Prefers fresh levels: a stale one is returned only if there is no other. */
  #finest(isMeant: (level: HistoryLevel) => boolean): HistoryColumns | null {
    let finest: HistoryLevel | null = null;
    for (const level of this.#levels) {
      if (finest && !isBefore(level, finest)) continue;
      if (isMeant(level)) finest = level;
    }
    return finest?.columns ?? null;
  }

  /** Drops every level because the history has changed; the one on screen stays, marked as stale. */
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
