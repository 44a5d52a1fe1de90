import type { DatabaseSync } from 'node:sqlite';
import { readMeta, writeMeta } from './meta';
import { HOUR_MS, MINUTE_MS } from '../store-contract/tiers';

const KEY = 'trusted-time';
/**
 * A clock that is this far from what is expected of it is doubted: within a run, where that is known well, and from one
 * run to the next.
 */
const DOUBT_WITHIN_RUN_MS = MINUTE_MS;
const DOUBT_MS = HOUR_MS;
/** It is believed once it has run on for a hundredth of the difference without being set, within these bounds. */
const SHARE = 0.01;
const BELIEVE_FROM_MS = HOUR_MS;
const BELIEVE_AT_LAST_MS = 6 * HOUR_MS;
const SAVE_EVERY_MS = MINUTE_MS;

/** By how much the clock is off, ms, ahead when positive, and how long it must run on until it is believed. */
export interface ClockDoubt {
  differenceMs: number;
  neededMs: number;
}

/**
 * The time by which history is old enough to be deleted. A computer without a battery for its clock may start years
 * ahead and be set right a minute later; by then everything would be gone. So a clock that is far from where it was last,
 * in this run or in the one before, is not believed until it has run on for some hours. Until then age is counted by
 * whichever time deletes less. A hub that was off for long deletes a little later, which does no harm.
 */
export class TrustedTime {
  readonly #db: DatabaseSync;
  /** The clock as it was when it was last believed, and when that was, monotonic ms. */
  #wall: number;
  #monotonic: number;
  #doubt: { offsetMs: number; since: number } | null = null;
  #savedWall = Number.NEGATIVE_INFINITY;
  #isOfThisRun = false;
  readonly #onDoubt: (doubt: ClockDoubt | null) => void;

  /**
   * `newest` is the time of the newest sample: it stands for the clock of a run that did not store it. `onDoubt` is told
   * when the clock is doubted, and with null when it is believed again.
   */
  constructor(
    db: DatabaseSync,
    newest: number,
    wall: number,
    monotonic: number,
    onDoubt: (doubt: ClockDoubt | null) => void = () => {},
  ) {
    this.#db = db;
    this.#onDoubt = onDoubt;
    const known = readMeta(db, KEY) ?? newest;
    this.#wall = Number.isFinite(known) ? known : wall;
    this.#monotonic = monotonic;
  }

  /** The time to count age by, while the clock says `wall`. Call within a transaction. */
  at(wall: number, monotonic: number): number {
    const expected = this.#wall + monotonic - this.#monotonic;
    const differenceMs = wall - expected;
    const doubtMs = this.#isOfThisRun ? DOUBT_WITHIN_RUN_MS : DOUBT_MS;
    if (Math.abs(differenceMs) <= doubtMs || this.#isProven(wall - monotonic, differenceMs, monotonic)) {
      this.#believe(wall, monotonic);
      return wall;
    }
    return Math.min(wall, expected);
  }

  #isProven(offsetMs: number, differenceMs: number, monotonic: number): boolean {
    const neededMs = Math.max(BELIEVE_FROM_MS, Math.min(BELIEVE_AT_LAST_MS, Math.abs(differenceMs) * SHARE));
    if (!this.#doubt || Math.abs(offsetMs - this.#doubt.offsetMs) > DOUBT_WITHIN_RUN_MS) {
      this.#doubt = { offsetMs, since: monotonic };
      this.#onDoubt({ differenceMs, neededMs });
    }
    return monotonic - this.#doubt.since >= neededMs;
  }

  #believe(wall: number, monotonic: number): void {
    this.#wall = wall;
    this.#monotonic = monotonic;
    if (this.#doubt) this.#onDoubt(null);
    this.#doubt = null;
    this.#isOfThisRun = true;
    if (Math.abs(wall - this.#savedWall) < SAVE_EVERY_MS) return;
    this.#savedWall = wall;
    writeMeta(this.#db, KEY, wall);
  }
}
