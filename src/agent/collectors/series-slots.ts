import type { SeriesDeclaration } from '@shared/protocol/agent-messages';
import { PRIORITY, type Priority } from './priorities';

/** The place of one series' latest value. Collectors write `value`; null means that there is none now. */
export interface Slot {
  /** Replaced, never changed: schemas hold on to it. */
  declaration: SeriesDeclaration;
  readonly priority: Priority;
  value: number | null;
  /** What a counter said last, also when that was less than before and so no value. */
  counted: number;
  /** Monotonic ms when a collector last asked for it. */
  touchedAt: number;
  /** Its collector no longer mentions it. */
  gone: boolean;
}

/** What a collector has to tell besides values: `warn` when it begins, `info` when it is over. */
export interface SlotNotices {
  warn(text: string): void;
  info(text: string): void;
}

/** A series that its collector did not mention for so long is gone; an unplugged disk or a stopped container. */
const FORGET_AFTER_MS = 5 * 60_000;
/** A collector has trouble with some things at a time; with more of them nobody reads what it says. */
const MAX_TROUBLES = 256;
const MAX_NAMED = 10;

/** Series of one collector, found again by a key of the collector's choice. */
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

  /** Rises when series come or go, or are declared anew. */
  get version(): number {
    return this.#version;
  }

  /** Rises when a series falls silent or is heard again, without being forgotten. */
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
   * Sets a series' value, declaring it the first time. Keys are the collector's own and cheap to make. A `max` that
   * differs from the one declared (memory and disks grow) declares the series anew. A counter that fell has no value
   * once: nobody knows how far it went before it began again.
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

  /** The series is still there, and its value is not known now. Nothing happens for one never set. */
  setUnknown(key: string): void {
    const slot = this.#slots.get(key);
    if (!slot) return;
    slot.value = null;
    this.#touch(slot);
  }

  /** Says once that something is wrong with `topic`, until `recovered` is told. */
  trouble(topic: string, text: string): void {
    if (this.#troubles.has(topic) || this.#troubles.size >= MAX_TROUBLES) return;
    this.#troubles.add(topic);
    this.#notices?.warn(text);
  }

  recovered(topic: string, text: string): void {
    if (this.#troubles.delete(topic)) this.#notices?.info(text);
  }

  /**
   * Tells which things of a kind are not reported since there are too many. Said when it begins and when there are
   * twice as many: on a busy host containers come and go all the time.
   */
  leftOut(kind: string, names: readonly string[], reported: number): void {
    if (names.length === 0) {
      this.#leftOut.delete(kind);
      return;
    }
    if (names.length < 2 * (this.#leftOut.get(kind) ?? 0)) return;
    if (names.length === this.#leftOut.get(kind)) return;
    this.#leftOut.set(kind, names.length);
    this.#notices?.warn(
      `this machine has ${names.length + reported} ${kind}, of which ${reported} are reported. Left out: ${listed(names)}`,
    );
  }

  /** What was not set since `since` has no value; what was not for long is forgotten. */
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

  /** No value is known now, e.g. since the collector failed. */
  blank(): void {
    for (const slot of this.#slots.values()) slot.value = null;
  }

  #touch(slot: Slot): void {
    slot.touchedAt = this.#now();
    if (!slot.gone) return;
    slot.gone = false;
    this.#goneVersion++;
  }
}

/** The first names, and how many more there are. */
export function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return more > 0 ? `${names.slice(0, MAX_NAMED).join(', ')} and ${more} more` : names.join(', ');
}
