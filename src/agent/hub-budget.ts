import type { Clock } from '@shared/clock';
import { AGENT_LIMITS } from '@shared/protocol/limits';
import { TokenBucket } from '@shared/token-bucket';

const BYTES_BURST = 16;
const BURST = 10;
const MINUTE_SEC = 60;
const HOUR_SEC = 3_600;

/**
 * What hubs may still make this agent do; see `AGENT_LIMITS`. There is one for the life of the agent, so that a hub gains
 * nothing by closing and being connected to again.
 */
export class HubBudget {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #bytes: TokenBucket;
  readonly #messages: TokenBucket;
  readonly #controlFrames: TokenBucket;
  readonly #admissions: TokenBucket;
  readonly #keys: TokenBucket;
  readonly #requests: TokenBucket;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    const limits = AGENT_LIMITS;
    const bucket = (perSec: number, burst: number) => new TokenBucket(perSec, burst, clock.monotonic());
    this.#clock = clock;
    this.#bytes = bucket(limits.bytesPerSec, limits.bytesPerSec * BYTES_BURST);
    this.#messages = bucket(limits.messagesPerSec, limits.messagesPerSec * BURST);
    this.#controlFrames = bucket(limits.controlFramesPerSec, limits.controlFramesPerSec * BURST);
    this.#admissions = bucket(limits.admissionsPerMin / MINUTE_SEC, 2 * limits.admissionsPerMin);
    this.#keys = bucket(limits.keysPerHour / HOUR_SEC, limits.keysPerHour);
    this.#requests = bucket(limits.requestsPerSec, limits.requestsPerSec * BURST);
  }

  /** Whether a message of this size may be read. */
  message(bytes: number): boolean {
    const now = this.#clock.monotonic();
    return this.#messages.take(1, now) && this.#bytes.take(bytes, now);
  }

  /** Whether a ping or pong may be answered. */
  controlFrame(): boolean {
    return this.#controlFrames.take(1, this.#clock.monotonic());
  }

  /** Whether the hub may say again whether the device is admitted. */
  admission(): boolean {
    return this.#admissions.take(1, this.#clock.monotonic());
  }

  /** Whether another key may be stored. */
  key(): boolean {
    return this.#keys.take(1, this.#clock.monotonic());
  }

  /** Whether another request may be worked on. */
  request(): boolean {
    return this.#requests.take(1, this.#clock.monotonic());
  }
}
