/**
 * Lets one of those that wait go on in each turn of the event loop. Many answers that are written at the same time would
 * else make each turn long, and the loop accepts few new connections in one turn: an admin would wait behind them.
 */
export class LoopTurns {
  readonly #waiting: (() => void)[] = [];

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) setImmediate(() => this.#release());
    });
  }

  #release(): void {
    this.#waiting.shift()?.();
    if (this.#waiting.length > 0) setImmediate(() => this.#release());
  }
}
