import { attentionCause, type AttentionCause } from '@shared/attention';
import type { Clock } from '@shared/clock';
import type { Disposable, Unsubscribe } from '@shared/disposable';
import { hubNow } from '../time/hub-time';
import type { Device } from './device.svelte';

/** A device that is late for a moment must not move about: it needs a person only once it has been so for this long. */
const SETTLE_MS = 4_000;
/** The list is made anew at most this often, ms. */
const EVERY_MS = 1_000;

/** The devices that need a person, and why. */
export class AttentionList implements Disposable {
  /** Replaced when a device is added or removed, or its cause changes. */
  causes = $state.raw<ReadonlyMap<string, AttentionCause>>(new Map());
  readonly #devices: () => readonly Device[];
  readonly #clock: Clock;
  readonly #stop: Unsubscribe;
  /** Since when a device needs a person, monotonic ms, for those that are not in the list yet. */
  #candidates = new Map<string, number>();
  #madeAt = Number.NEGATIVE_INFINITY;

  constructor(devices: () => readonly Device[], clock: Clock) {
    this.#devices = devices;
    this.#clock = clock;
    this.#stop = clock.every(EVERY_MS, () => this.#make());
  }

  /** The devices have changed. The first ones are listed at once, because nothing is shown that could move. */
  changed(isFirst: boolean): void {
    if (isFirst) this.#make(true);
    else if (this.#clock.monotonic() - this.#madeAt >= EVERY_MS) this.#make();
  }

  dispose(): void {
    this.#stop();
  }

  #make(atOnce = false): void {
    const monotonic = this.#clock.monotonic();
    const now = hubNow();
    this.#madeAt = monotonic;
    const causes = new Map<string, AttentionCause>();
    const candidates = new Map<string, number>();
    for (const device of this.#devices()) {
      const cause = attentionCause(device.info, now);
      if (cause === null) continue;
      const since = this.#candidates.get(device.id) ?? monotonic;
      const settled = atOnce || this.causes.has(device.id) || monotonic - since >= SETTLE_MS;
      if (settled) causes.set(device.id, cause);
      else candidates.set(device.id, since);
    }
    this.#candidates = candidates;
    if (!sameCauses(causes, this.causes)) this.causes = causes;
  }
}

function sameCauses(a: ReadonlyMap<string, AttentionCause>, b: ReadonlyMap<string, AttentionCause>): boolean {
  if (a.size !== b.size) return false;
  for (const [id, cause] of a) if (b.get(id) !== cause) return false;
  return true;
}
