import type { Unsubscribe } from '@shared/disposable';
import { Emitter } from '@shared/emitter';

/** The time under the cursor, shared by all charts of a view. Not reactive, because it changes with every move. */
export interface Hover {
  /** ms since the epoch; null while the cursor is outside the charts. */
  readonly time: number | null;
  set(time: number | null): void;
  on(listener: () => void): Unsubscribe;
}

export function createHover(): Hover {
  const changes = new Emitter<void>();
  let current: number | null = null;
  return {
    get time() {
      return current;
    },
    set(time) {
      if (time === current) return;
      current = time;
      changes.emit();
    },
    on: (listener) => changes.on(listener),
  };
}
