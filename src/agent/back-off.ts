import { CLOSE } from '@shared/protocol/close-codes';
import type { AgentTimings } from './timings';

/** Why the link ended: a close code (1006 without a closing handshake), and a sentence fragment for people. */
export interface LinkEnd {
  code: number;
  text: string;
}

/** How long to wait, and whether a new network address is a reason to try again at once. */
export interface Wait {
  ms: number;
  patient: boolean;
}

const FLOOR_MS = 100;

/**
 * Exponential back-off with full jitter: a random wait below a bound that doubles with each failure, so that many
 * agents do not all reconnect at the same moment when their hub is back. Some close codes call for a longer wait.
 */
export class BackOff {
  readonly #timings: AgentTimings;
  readonly #random: () => number;
  #failures = 0;
  /** How many times in a row the hub refused this device. */
  #refusals = 0;

  constructor(timings: AgentTimings, random: () => number = Math.random) {
    this.#timings = timings;
    this.#random = random;
  }

  /** The wait after a link that lasted `uptimeMs` (0: it never opened) and ended this way. */
  next(end: LinkEnd, uptimeMs: number): Wait {
    const { retryBaseMs, retryCapMs, stableMs, supersededMs, removedMs, busyMs } = this.#timings;
    const { refusedMs, refusedCapMs } = this.#timings;
    if (uptimeMs >= stableMs) {
      this.#failures = 0;
      this.#refusals = 0;
    }
    const jittered = (): number =>
      this.#random() * Math.min(retryCapMs, retryBaseMs * 2 ** Math.min(16, this.#failures++));
    const patient = (least: number): Wait => ({
      ms: Math.round(least * (1 + this.#random() / 2)),
      patient: true,
    });
    switch (end.code) {
      case CLOSE.superseded:
        return patient(supersededMs);
      case CLOSE.removed:
        return patient(removedMs);
      case CLOSE.unauthorised:
      case CLOSE.policy:
      case CLOSE.tlsRefused:
        // Soon at first, because the user may change their mind or be about to fix it.
        return patient(Math.min(refusedCapMs, refusedMs * 2 ** Math.min(16, this.#refusals++)));
      case CLOSE.tryLater:
      case CLOSE.rateLimited:
        return { ms: Math.round(busyMs + jittered()), patient: false };
      default:
        return { ms: Math.round(Math.max(FLOOR_MS, jittered())), patient: false };
    }
  }

  /** Something changed that makes an early success likely, e.g. a new network. */
  reset(): void {
    this.#failures = 0;
  }
}
