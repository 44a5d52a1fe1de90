/** Implemented by everything that starts something that has to end: timers, sockets, listeners, workers. */
export interface Disposable {
  dispose(): void;
}

export type Unsubscribe = () => void;

/**
 * Owns several disposables and disposes them in reverse order. Anything added to a disposed store is disposed at
 * once.
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
    for (const item of this.#items.reverse()) item.dispose();
    this.#items = [];
  }
}
