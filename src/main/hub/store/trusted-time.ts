import type { DatabaseSync } from 'node:sqlite';
import { readMeta, writeMeta } from './meta';
import { HOUR_MS, MINUTE_MS } from '../store-contract/tiers';

const KEY = 'trusted-time';
/** A clock that is this far from what is expected of it is doubted. */
const DOUBT_MS = HOUR_MS;
/** It is believed once it has run on for a hundredth of the difference without being set, within these bounds. */
const SHARE = 0.01;
const BELIEVE_FROM_MS = HOUR_MS;
const BELIEVE_AT_LAST_MS = 6 * HOUR_MS;
const SAVE_EVERY_MS = MINUTE_MS;

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

  /** `newest` is the time of the newest sample: it stands for the clock of a run that did not store it. */
  constructor(db: DatabaseSync, newest: number, wall: number, monotonic: number) {
    this.#db = db;
    const known = readMeta(db, KEY) ?? newest;
    this.#wall = Number.isFinite(known) ? known : wall;
    this.#monotonic = monotonic;
  }

  /** The time to count age by, while the clock says `wall`. Call within a transaction. */
  at(wall: number, monotonic: number): number {
    const expected = this.#wall + monotonic - this.#monotonic;
    const differenceMs = wall - expected;
    if (Math.abs(differenceMs) <= DOUBT_MS || this.#isProven(wall - monotonic, differenceMs, monotonic)) {
      this.#believe(wall, monotonic);
      return wall;
    }
    return Math.min(wall, expected);
  }

  #isProven(offsetMs: number, differenceMs: number, monotonic: number): boolean {
    if (!this.#doubt || Math.abs(offsetMs - this.#doubt.offsetMs) > DOUBT_MS) {
      this.#doubt = { offsetMs, since: monotonic };
    }
    const neededMs = Math.max(BELIEVE_FROM_MS, Math.min(BELIEVE_AT_LAST_MS, Math.abs(differenceMs) * SHARE));
    return monotonic - this.#doubt.since >= neededMs;
  }

  #believe(wall: number, monotonic: number): void {
    this.#wall = wall;
    this.#monotonic = monotonic;
    this.#doubt = null;
    if (Math.abs(wall - this.#savedWall) < SAVE_EVERY_MS) return;
    this.#savedWall = wall;
    writeMeta(this.#db, KEY, wall);
  }
}
