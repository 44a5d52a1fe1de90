import type { SeriesDeclaration } from '@shared/protocol/agent-messages';

/** The place of one series' latest value. Collectors write `value`; null means that there is none now. */
export interface Slot {
  readonly declaration: SeriesDeclaration;
  value: number | null;
  /** Monotonic ms when a collector last asked for it. */
  touchedAt: number;
}

/** A series that its collector did not mention for so long is gone; an unplugged disk or a stopped container. */
const FORGET_AFTER_MS = 5 * 60_000;

/** Series of one collector, found again by a key of the collector's choice. */
export class SlotTable {
  readonly #slots = new Map<string, Slot>();
  readonly #now: () => number;
  #version = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Rises when series come or go. */
  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#slots.size;
  }

  values(): IterableIterator<Slot> {
    return this.#slots.values();
  }

  /** Sets a series' value, declaring it the first time. Keys are the collector's own and cheap to make. */
  set(key: string, value: number | null, declare: () => SeriesDeclaration): void {
    let slot = this.#slots.get(key);
    if (!slot) {
      slot = { declaration: declare(), value, touchedAt: 0 };
      this.#slots.set(key, slot);
      this.#version++;
    }
    slot.value = value !== null && Number.isFinite(value) ? value : null;
    slot.touchedAt = this.#now();
  }

  /** What was not set since `since` has no value; what was not for long is forgotten. */
  expire(since: number): void {
    for (const [key, slot] of this.#slots) {
      if (slot.touchedAt >= since) continue;
      slot.value = null;
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
}
