import { COMPACT_AT_RECORDS, type DeviceState } from './device-state';
import { hoursDue, rollUpHours } from './hours';
import { chunkPlace } from './checksums';
import { BlockEncoder, isIntact } from './codec/block';
import { damageError } from './sqlite-errors';
import { giveBackSome } from './free-pages';
import { applyMerge, groupsToMerge, MERGE_AT_CHUNKS, planMerge } from './merger';
import { PausedJob, unpaused, type Pausing } from './pauses';
import { dropOrphans, dropSome } from './retention';
import { applySealed, planSeal, writeSeal } from './sealer';
import type { OnDamage } from './sources';
import { newestOf, type StoreState } from './state';
import type { Retention } from '../store-contract/store-contract';
import {
  floorTo,
  HOUR,
  MAX_CHUNK_CELLS,
  MINUTE,
  MINUTE_MS,
  RAW,
  WINDOW_MS,
  type Tier,
} from '../store-contract/tiers';
import { lazily } from './transactions';
import { TrustedTime, type ClockDoubt } from './trusted-time';

/** How often ages are checked. */
const LOOK_EVERY_MS = 15_000;
const RETENTION_EVERY_MS = 60_000;
/** A device that is silent for this long is sealed up to its last row. */
const QUIET_AFTER_MS = 90_000;
/** This many rows within one minute are sealed although the minute is not over. */
const MAX_ROWS_OF_MINUTE = 2_400;
const COMPACT_FOR_MS = 10;
const MAX_SEALS_AT_ONCE = 8;
/** If a device has more journal records than this, its next commit waits for a seal. */
const MAX_RECORDS = 512;
/**
 * If all journals together hold more values than this, sealing does not wait for the end of a burst: about 50 MB on
 * disk, or 256 MB if the values look random.
 */
const PRESSING_AT_CELLS = 32 * 1_024 * 1_024;
/** One in this many steps does other work even while journals wait to be sealed. */
const OTHERS_EVERY = 8;
const CHECK_FOR_MS = 4;

/**
 * How long a step works on a seal or a merge before commits and queries get their turn. A large one takes half a second,
 * for which nobody's rows may wait.
 */
const SLICE_MS = 15;

interface MergeJob {
  device: DeviceState;
  tier: Tier;
  time: number;
  atLeast: number;
}

/** A change found a damaged block and was undone; once the block is dealt with, it can be tried again. */
export class FoundDamage extends Error {}

/**
 * The background work, in steps of some ms each: sealing the journal, rolling up hours, merging small chunks,
 * deleting old data, verifying checksums. Seals and merges pause while they read and encode. What changes the file is one
 * transaction each; a crash between them loses nothing.
 */
export class Maintenance {
  readonly #state: StoreState;
  readonly #onDamage: OnDamage;
  readonly #toSeal = new Set<DeviceState>();
  readonly #toCompact = new Set<DeviceState>();
  readonly #toRollUp = new Set<DeviceState>();
  readonly #toMerge = new Map<string, MergeJob>();
  readonly #time: TrustedTime;
  #retention: Retention;
  #steps = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #droppedAt = Number.NEGATIVE_INFINITY;
  #isDropping = true;
  #hasOrphans = true;
  #found = 0;
  #checkFrom: number | null = 0;
  /** The seal or merge in progress. */
  readonly #job = new PausedJob<{ sealed: DeviceState | null }>();
  /** Used by one job at a time. */
  readonly #encoder = new BlockEncoder();

  constructor(
    state: StoreState,
    retention: Retention,
    onDamage: OnDamage,
    onDoubt: (doubt: ClockDoubt | null) => void = () => {},
  ) {
    this.#state = state;
    this.#retention = retention;
    this.#onDamage = (damaged, error) => {
      this.#found++;
      onDamage(damaged, error);
    };
    const newest = Math.max(...newestOf(state.catalog).values(), Number.NEGATIVE_INFINITY);
    this.#time = new TrustedTime(state.db, newest, Date.now(), performance.now(), onDoubt);
    for (const device of state.catalog.devices) this.grown(device);
  }

  setRetention(retention: Retention): void {
    this.#retention = retention;
    this.#isDropping = true;
  }

  /** A device's journal has new rows. */
  grown(device: DeviceState): void {
    if (device.isSealDue(performance.now())) this.#toSeal.add(device);
    else if (device.looseRecords >= COMPACT_AT_RECORDS) this.#toCompact.add(device);
  }

  removed(device: DeviceState): void {
    this.#toSeal.delete(device);
    this.#toCompact.delete(device);
    this.#toRollUp.delete(device);
    for (const [key, job] of this.#toMerge) if (job.device === device) this.#toMerge.delete(key);
    this.#hasOrphans = true;
  }

  /** Whether journals wait to be sealed, which is more urgent than anything else. */
  get isUrgent(): boolean {
    return this.#toSeal.size > 0 || this.#sealing !== null;
  }

  /** Whether journals have become too large to wait for quieter times. */
  get isPressing(): boolean {
    let cells = 0;
    for (const device of this.#state.catalog.devices) cells += device.cells;
    return this.isUrgent && cells > PRESSING_AT_CELLS;
  }

  /**
   * Slows down commits that come faster than the background work, so that the journal never grows beyond a few times
   * its usual size.
   */
  keepUp(grown: Iterable<DeviceState>): void {
    for (const device of grown) {
      if (this.#isFarBehind(device)) this.#job.finish();
      for (let i = 0; i < MAX_SEALS_AT_ONCE && this.#isFarBehind(device); i++) {
        if (!unpaused(this.#seal(device, this.#cutOf(device, performance.now())))) break;
      }
    }
    const isTooLoose = (device: DeviceState): boolean =>
      device !== this.#sealing && device.looseRecords >= 2 * COMPACT_AT_RECORDS;
    if ([...this.#toCompact].some(isTooLoose)) this.#compact();
  }

  /** Drops the seal or merge in progress, which begins anew later. Call before anything else changes its chunks. */
  abandon(): void {
    this.#job.abandon();
  }

  /** Whether a seal or merge is in progress, which is worth finishing. */
  get isMidway(): boolean {
    return this.#job.subject !== null;
  }

  /** The device whose journal is being sealed. */
  get #sealing(): DeviceState | null {
    return this.#job.subject?.sealed ?? null;
  }

  /** Does one step; false when there is nothing to do now. */
  step(): boolean {
    const now = performance.now();
    if (now - this.#lookedAt >= LOOK_EVERY_MS) this.#look(now);
    if (this.isMidway) {
      this.#job.goOn(now + SLICE_MS);
      return true;
    }
    // Other work gets its turn even if rows never stop coming, because retention and the budget must not wait for
    // that.
    if (++this.#steps % OTHERS_EVERY !== 0 && this.#sealNext(now)) return true;
    return this.#doOther(now) || this.#sealNext(now);
  }

  #sealNext(now: number): boolean {
    const [device] = this.#toSeal;
    if (!device) return false;
    this.#toSeal.delete(device);
    const work = this.#sealAndLook(device, this.#cutOf(device, now));
    this.#job.begin({ sealed: device }, work, () => this.#toSeal.add(device), now + SLICE_MS);
    return true;
  }

  *#sealAndLook(device: DeviceState, cut: number): Pausing<void> {
    const isMoved = yield* this.#seal(device, cut);
    if (isMoved && device.isSealDue(performance.now())) this.#toSeal.add(device);
  }

  #doOther(now: number): boolean {
    if (this.#toCompact.size > 0) {
      this.#compact();
      return true;
    }
    const [toRollUp] = this.#toRollUp;
    if (toRollUp) {
      if (!this.#rollUpHours(toRollUp)) this.#toRollUp.delete(toRollUp);
      return true;
    }
    if (this.#hasOrphans) {
      this.#hasOrphans = this.#change(() => dropOrphans(this.#state.db, this.#state.floors)) > 0;
      return true;
    }
    if (this.#isDropping) {
      this.#isDropping = this.#drop() > 0;
      return true;
    }
    const [merge] = this.#toMerge;
    if (merge) {
      const [key, job] = merge;
      this.#toMerge.delete(key);
      this.#job.begin({ sealed: null }, this.#merge(job), () => this.#toMerge.set(key, job), now + SLICE_MS);
      return true;
    }
    if (giveBackSome(this.#state.db)) return true;
    return this.#check(now);
  }

  /** Seals every journal up to its last row and does all work that is due, except verifying checksums. */
  settle(): void {
    this.#job.finish();
    for (const device of this.#state.catalog.devices) {
      while (device.journal.length > 0 && unpaused(this.#seal(device, Number.POSITIVE_INFINITY)));
    }
    this.#lookedAt = Number.NEGATIVE_INFINITY;
    this.#isDropping = true;
    const checkFrom = this.#checkFrom;
    this.#checkFrom = null;
    while (this.step());
    this.#checkFrom = checkFrom;
  }

  #isFarBehind(device: DeviceState): boolean {
    return device.cells >= 4 * MAX_CHUNK_CELLS || device.journal.length >= MAX_RECORDS;
  }

  #look(now: number): void {
    this.#lookedAt = now;
    for (const device of this.#state.catalog.devices) {
      if (device.isAged(now)) this.#toSeal.add(device);
      if (hoursDue(device, Date.now()).length > 0) this.#toRollUp.add(device);
    }
    if (now - this.#droppedAt >= RETENTION_EVERY_MS) {
      this.#droppedAt = now;
      this.#isDropping = true;
      const { catalog } = this.#state;
      this.#change(() => catalog.trim(this.#time.at(Date.now(), now), this.#retention.hourDays));
    }
  }

  /** Rows of the current minute wait, so that its roll-up is computed only once. */
  #cutOf(device: DeviceState, now: number): number {
    const newest = device.journal.reduce((max, { to }) => Math.max(max, to), Number.NEGATIVE_INFINITY);
    if (device.isAged(now) && newest < Date.now() - QUIET_AFTER_MS) return Number.POSITIVE_INFINITY;
    const cut = floorTo(newest, MINUTE_MS);
    const hasEarlier = device.journal.some(({ from }) => from < cut);
    if (hasEarlier) return cut;
    const isTooMuch = device.rows >= MAX_ROWS_OF_MINUTE || device.cells >= MAX_CHUNK_CELLS;
    return isTooMuch || device.isAged(now) ? Number.POSITIVE_INFINITY : cut;
  }

  /** Seals a device up to `cut`; returns whether anything was moved. */
  *#seal(device: DeviceState, cut: number): Pausing<boolean> {
    const { floors } = this.#state;
    const before = device.rows;
    const found = this.#found;
    const context = { ...this.#state, rawFloor: () => floors.get(RAW, device.id), onDamage: this.#onDamage };
    const plan = yield* planSeal(context, this.#encoder, device, cut);
    this.#throwIfDamaged(found);
    if (!plan) return false;
    const sealed = this.#change(() => writeSeal(this.#state, device, plan));
    const previous = device.newestSealed;
    applySealed(device, sealed, performance.now());
    for (const tier of [RAW, MINUTE] as const) {
      this.#mergeLater(device, tier, sealed.newest, MERGE_AT_CHUNKS);
      for (const hour of sealed.hours) this.#mergeLater(device, tier, hour, MERGE_AT_CHUNKS);
      // The previous window is over, so its remaining pieces are merged into one.
      const isNewWindow = floorTo(previous, WINDOW_MS[tier]) < floorTo(sealed.newest, WINDOW_MS[tier]);
      if (Number.isFinite(previous) && isNewWindow) this.#mergeLater(device, tier, previous, 2);
    }
    return device.rows < before || device.journal.length === 0;
  }

  #compact(): void {
    const { journal } = this.#state;
    const until = performance.now() + COMPACT_FOR_MS;
    const changes: (() => void)[] = [];
    this.#change(() => {
      for (const device of this.#toCompact) {
        // Its records are being sealed.
        if (device === this.#sealing) continue;
        this.#toCompact.delete(device);
        const compacted = journal.compact(device, this.#onDamage);
        if (compacted) {
          const count = device.journal.length - compacted.from;
          changes.push(() => device.replaced(compacted.from, count, compacted.by));
        }
        if (performance.now() > until) break;
      }
    });
    for (const change of changes) change();
  }

  #mergeLater(device: DeviceState, tier: Tier, time: number, atLeast: number): void {
    const key = `${device.id}/${tier}/${floorTo(time, WINDOW_MS[tier])}`;
    const known = this.#toMerge.get(key);
    this.#toMerge.set(key, { device, tier, time, atLeast: Math.min(atLeast, known?.atLeast ?? atLeast) });
  }

  *#merge({ device, tier, time, atLeast }: MergeJob): Pausing<void> {
    const { chunks } = this.#state;
    for (const group of groupsToMerge(chunks, device.id, tier, time, atLeast)) {
      const found = this.#found;
      const plan = yield* planMerge(this.#encoder, chunks, device.id, tier, group, this.#onDamage);
      this.#throwIfDamaged(found);
      if (plan) this.#change(() => applyMerge(chunks, plan));
    }
  }

  /** Rolls up hours of a device; returns whether there were any. */
  #rollUpHours(device: DeviceState): boolean {
    const { chunks, floors, hours: table } = this.#state;
    const due = hoursDue(device, Date.now());
    if (due.length === 0) return false;
    this.#change(() =>
      rollUpHours(chunks, table, device, due, floors.get(MINUTE, device.id), this.#onDamage),
    );
    for (const hour of due) device.dirtyHours.delete(hour);
    this.#mergeLater(device, HOUR, due[0] ?? 0, MERGE_AT_CHUNKS);
    this.#mergeLater(device, HOUR, due.at(-1) ?? 0, MERGE_AT_CHUNKS);
    return true;
  }

  #drop(): number {
    const { db, catalog, floors } = this.#state;
    return this.#change(() => {
      const now = this.#time.at(Date.now(), performance.now());
      return dropSome(db, catalog, floors, this.#retention, now);
    });
  }

  /**
   * Verifies some checksums, and that the list of chunks names those chunks; goes once through the whole file after it
   * was opened.
   */
  #check(now: number): boolean {
    if (this.#checkFrom === null) return false;
    const { db } = this.#state;
    const next = db.prepare(
      `SELECT id, device, tier, from_t, to_t, block FROM chunks NOT INDEXED
       WHERE id > ? AND tier <= ? ORDER BY id LIMIT 1`,
    );
    const listed = db.prepare(
      `SELECT 1 FROM chunks INDEXED BY chunks_by_time
       WHERE device = ? AND tier = ? AND from_t = ? AND to_t = ? AND id = ?`,
    );
    let from: number = this.#checkFrom;
    do {
      const row = next.get(from, HOUR);
      if (!row) {
        this.#checkFrom = null;
        return true;
      }
      const id = Number(row['id']);
      const place = {
        device: Number(row['device']),
        tier: Number(row['tier']),
        from: Number(row['from_t']),
        to: Number(row['to_t']),
      };
      const bytes = row['block'];
      this.#checkFrom = from = id;
      if (!(bytes instanceof Uint8Array) || !isIntact(bytes, chunkPlace(place))) {
        this.#onDamage({ table: 'chunks', id }, new Error('The checksum of a chunk does not match.'));
      } else if (!listed.get(place.device, place.tier, place.from, place.to, id)) {
        throw damageError(`the list of chunks does not name chunk ${id}`);
      }
    } while (performance.now() - now < CHECK_FOR_MS);
    return true;
  }

  /** Changes the file; undone, with an error, when a damaged block is found meanwhile. */
  #change<T>(work: () => T): T {
    const before = this.#found;
    return lazily(this.#state.db, () => {
      const result = work();
      this.#throwIfDamaged(before);
      return result;
    });
  }

  #throwIfDamaged(foundBefore: number): void {
    if (this.#found > foundBefore) throw new FoundDamage('A damaged block was found.');
  }
}
