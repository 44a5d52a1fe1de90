/** Implemented by everything that starts something that has to end: timers, sockets, listeners, workers. */
export interface Disposable {
  dispose(): void;
}

export type Unsubscribe = () => void;

/**
 * Owns several disposables and ends them in reverse order; adding to an ended store ends the newcomer. Each is ended
 * whatever becomes of the others: `dispose` then throws one `AggregateError` of all that failed, be it a single one.
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
 * Runs the steps of an ending one after the other, each whatever became of those before. Rejects with one
 * `AggregateError` of all that failed.
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
