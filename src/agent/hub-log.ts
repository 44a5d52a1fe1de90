import type { Clock } from '@shared/clock';
import { displayText } from '@shared/display-text';
import type { Logger } from '@shared/logger';
import { AGENT_LIMITS } from '@shared/protocol/limits';
import { TokenBucket } from '@shared/token-bucket';

const BURST = 20;

/** The agent's log for what hubs say or cause: short lines, and few of them. */
export class HubLog implements Pick<Logger, 'warn' | 'error'> {
  readonly #log: Logger;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #lines: TokenBucket;
  #leftOut = 0;

  constructor(log: Logger, clock: Pick<Clock, 'monotonic'>) {
    this.#log = log;
    this.#clock = clock;
    this.#lines = new TokenBucket(AGENT_LIMITS.logLinesPerMin / 60, BURST, clock.monotonic());
  }

  warn(text: string, fields?: Record<string, unknown>): void {
    if (this.#mayLog()) this.#log.warn(text, fields);
  }

  error(text: string, fields?: Record<string, unknown>): void {
    if (this.#mayLog()) this.#log.error(text, fields);
  }

  #mayLog(): boolean {
    if (!this.#lines.take(1, this.#clock.monotonic())) {
      this.#leftOut++;
      return false;
    }
    if (this.#leftOut > 0) this.#log.warn(`${this.#leftOut} more lines about the hub were left out`);
    this.#leftOut = 0;
    return true;
  }
}

/** A hub's text, as it may stand in a log line. */
export function hubText(text: string): string {
  const most = AGENT_LIMITS.logTextLength;
  // Cut first: sanitising takes time in proportion to the length.
  return displayText(text.slice(0, 2 * most), most);
}
