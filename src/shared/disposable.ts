/** Implemented by everything that starts something that has to end: timers, sockets, listeners, workers. */
export interface Disposable {
  dispose(): void;
}

export type Unsubscribe = () => void;

/**
 * Owns several disposables and ends them in reverse order. A disposable added to an ended store is ended at once. If
 * one fails, the others are still ended; `dispose` then throws an `AggregateError` of all failures, even if there is
 * only one.
 */
export class DisposableStore implements Disposable {
  #items: Disposable[] = [];
  #disposed = false;

  add<T extends Disposable | Unsubscribe>(item: T): T {
    const disposable: Disposable = typeof item === 'function' ? { dispose: item } : item;
    if (this.#disposed) disposable.dispose();
    else this.#items.push(disposable);
    return item;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const errors: unknown[] = [];
    for (const item of this.#items.reverse()) {
      try {
        item.dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    this.#items = [];
    throwIfAny(errors);
  }
}

/**
 * Runs shutdown steps one after the other. If one fails, the others still run. Rejects with one `AggregateError` of all
 * failures.
 */
export async function endAll(steps: readonly (() => unknown)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      errors.push(error);
    }
  }
  throwIfAny(errors);
}

function throwIfAny(errors: unknown[]): void {
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} of what had to end failed to.`);
}
