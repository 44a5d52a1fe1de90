import type { SeriesDeclaration } from '@shared/protocol/agent-messages';
import { PRIORITY, type Priority } from './priorities';

/** The place of one series' latest value. Collectors write `value`; null means that there is none now. */
export interface Slot {
  /** Replaced, never changed, because schemas refer to it. */
  declaration: SeriesDeclaration;
  readonly priority: Priority;
  value: number | null;
  /** The counter's last reading, even if it had fallen and so gave no value. */
  counted: number;
  /** Monotonic ms of the last time a collector set it. */
  touchedAt: number;
  /** Whether its collector no longer sets it. */
  gone: boolean;
}

/** The notices a collector reports besides values: `warn` when a problem begins, `info` when it is over. */
export interface SlotNotices {
  warn(text: string): void;
  info(text: string): void;
}

/**
 * A series that its collector has not set for this long is forgotten, e.g. of an unplugged disk or a stopped container.
 */
const FORGET_AFTER_MS = 5 * 60_000;
/** The most problems of one collector at a time; further ones are not reported. */
const MAX_TROUBLES = 256;
const MAX_NAMED = 10;

/** The series of one collector, by a key that the collector chooses. */
export class SlotTable {
  readonly #slots = new Map<string, Slot>();
  readonly #troubles = new Set<string>();
  readonly #leftOut = new Map<string, number>();
  readonly #now: () => number;
  readonly #notices: SlotNotices | null;
  #version = 0;
  #goneVersion = 0;

  constructor(now: () => number, notices: SlotNotices | null = null) {
    this.#now = now;
    this.#notices = notices;
  }

  /** Rises when series are added, removed or declared again. */
  get version(): number {
    return this.#version;
  }

  /** Rises when a series that is still kept goes silent or returns. */
  get goneVersion(): number {
    return this.#goneVersion;
  }

  get size(): number {
    return this.#slots.size;
  }

  values(): IterableIterator<Slot> {
    return this.#slots.values();
  }

  /**
   * Sets a series' value, and declares the series the first time. Keys are the collector's own and cheap to make. If
   * `max` differs from the declared one (memory and disks grow), the series is declared again. A counter that fell has
   * no value once, because its highest reading before the reset is unknown.
   */
  set(
    key: string,
    value: number | null,
    declare: () => SeriesDeclaration,
    priority: Priority = PRIORITY.machine,
    max?: number,
  ): void {
    let slot = this.#slots.get(key);
    if (!slot) {
      slot = { declaration: declare(), priority, value, counted: -Infinity, touchedAt: 0, gone: false };
      this.#slots.set(key, slot);
      this.#version++;
    } else if (max !== undefined && slot.declaration.max !== max) {
      slot.declaration = declare();
      this.#version++;
    }
    slot.value = value !== null && Number.isFinite(value) ? value : null;
    if (slot.declaration.kind === 'counter' && slot.value !== null) {
      const fell = slot.value < slot.counted;
      slot.counted = slot.value;
      if (fell) slot.value = null;
    }
    this.#touch(slot);
  }

  /** Keeps the series and marks its value as unknown. Does nothing for a series that was never set. */
  setUnknown(key: string): void {
    const slot = this.#slots.get(key);
    if (!slot) return;
    slot.value = null;
    this.#touch(slot);
  }

  /** Reports once that something is wrong with `topic`, until `recovered` is called. */
  trouble(topic: string, text: string): void {
    if (this.#troubles.has(topic) || this.#troubles.size >= MAX_TROUBLES) return;
    this.#troubles.add(topic);
    this.#notices?.warn(text);
  }

  recovered(topic: string, text: string): void {
    if (this.#troubles.delete(topic)) this.#notices?.info(text);
  }

  /**
   * Reports which things of a kind are left out because there are too many. Reports when it begins and when their
   * number has doubled, because containers come and go all the time on a busy host.
   */
  leftOut(kind: string, names: readonly string[], reported: number): void {
    if (!this.#hasGrown(kind, names.length)) return;
    this.#notices?.warn(
      `this machine has ${names.length + reported} ${kind}, of which ${reported} are reported. Left out: ${listed(names)}`,
    );
  }

  /** Reports in the same way which things of a kind are never reported, with the reason. */
  neverReported(kind: string, names: readonly string[], why: string): void {
    if (!this.#hasGrown(kind, names.length)) return;
    this.#notices?.info(`${names.length} ${kind} are not reported, because ${why}: ${listed(names)}`);
  }

  /** Clears the values of series not set since `since`, and forgets those not set for a long time. */
  expire(since: number): void {
    for (const [key, slot] of this.#slots) {
      if (slot.touchedAt >= since) continue;
      slot.value = null;
      if (!slot.gone) {
        slot.gone = true;
        this.#goneVersion++;
      }
      if (slot.touchedAt < since - FORGET_AFTER_MS) {
        this.#slots.delete(key);
        this.#version++;
      }
    }
  }

  /** Clears all values, e.g. when the collector failed. */
  blank(): void {
    for (const slot of this.#slots.values()) slot.value = null;
  }

  /** Whether there are such things for the first time, or twice as many as when that was said last. */
  #hasGrown(kind: string, count: number): boolean {
    const before = this.#leftOut.get(kind) ?? 0;
    if (count === 0) this.#leftOut.delete(kind);
    if (count === 0 || count === before || count < 2 * before) return false;
    this.#leftOut.set(kind, count);
    return true;
  }

  #touch(slot: Slot): void {
    slot.touchedAt = this.#now();
    if (!slot.gone) return;
    slot.gone = false;
    this.#goneVersion++;
  }
}

/** Lists the first names, and the number of the others. */
export function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return more > 0 ? `${names.slice(0, MAX_NAMED).join(', ')} and ${more} more` : names.join(', ');
}
