import type { Clock } from '@shared/clock';
import type { Logger } from '@shared/logger';
import { TokenBucket } from '@shared/token-bucket';

const PER_SEC = 0.2;
const BURST = 20;

/**
 * Limits log lines that a page can cause in any number: the first lines matter most, and a page must not fill
 * the disk. The next line written says, as `unlogged`, how many were left out before it.
 */
export class LimitedLog {
  readonly #log: Logger;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #allowance: TokenBucket;
  #unlogged = 0;

  constructor(log: Logger, clock: Pick<Clock, 'monotonic'>) {
    this.#log = log;
    this.#clock = clock;
    this.#allowance = new TokenBucket(PER_SEC, BURST, clock.monotonic());
  }

  warn(message: string, fields: Record<string, unknown>): void {
    this.#write('warn', message, fields);
  }

  error(message: string, fields: Record<string, unknown>): void {
    this.#write('error', message, fields);
  }

  #write(level: 'warn' | 'error', message: string, fields: Record<string, unknown>): void {
    if (!this.#allowance.take(1, this.#clock.monotonic())) {
      this.#unlogged++;
      return;
    }
    const unlogged = this.#unlogged;
    this.#unlogged = 0;
    this.#log[level](message, unlogged > 0 ? { ...fields, unlogged } : fields);
  }
}
