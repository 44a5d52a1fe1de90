import type { Unsubscribe } from './disposable';

/** A typed event source. Listeners run in the order they were added; if one throws, the others still run. */
export class Emitter<T> {
  readonly #listeners = new Set<(event: T) => void>();
  readonly #onListenerFault: (thrown: unknown) => void;

  /**
   * `onListenerFault` receives what a listener throws; use `listenerFaults(log)` where there is a log. Without it, the
   * fault is handled as any other uncaught error of the process or page.
   */
  constructor(onListenerFault: (thrown: unknown) => void = leaveUncaught) {
    this.#onListenerFault = onListenerFault;
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  on(listener: (event: T) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        this.#onListenerFault(error);
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}

function leaveUncaught(thrown: unknown): void {
  queueMicrotask(() => {
    throw thrown;
  });
}
