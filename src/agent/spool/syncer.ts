import type { Clock } from '@shared/clock';
import type { OpenSegment } from './open-segment';

/** Rows that wait longer than this for the hub are flushed, so that they survive a power cut. */
const SYNC_AFTER_MS = 1_000;

/**
 * Flushes to disk about once a second, in the background, and only while rows wait for the hub. Rows that are
 * confirmed in time cost only a write to the system's memory.
 */
export class Syncer {
  readonly #clock: Clock;
  readonly #failed: (segment: OpenSegment, error: Error) => void;
  #cancel: (() => void) | null = null;
  #busy = false;

  constructor(clock: Clock, failed: (segment: OpenSegment, error: Error) => void) {
    this.#clock = clock;
    this.#failed = failed;
  }

  /** A row was written. `isNeeded` says a second later whether the row still has to be kept. */
  written(segment: OpenSegment, isNeeded: () => boolean): void {
    if (this.#cancel || this.#busy) return;
    this.#cancel = this.#clock.after(SYNC_AFTER_MS, () => {
      this.#cancel = null;
      if (!isNeeded()) return;
      this.#busy = true;
      segment.sync((error) => {
        this.#busy = false;
        if (error) this.#failed(segment, error);
      });
    });
  }

  dispose(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
