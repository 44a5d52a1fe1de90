import { CLOSE } from '@shared/protocol/close-codes';
import type { Credentials } from '../admission/credentials';
import { pendingGreeting, REJECTED } from '../agents/agent-words';
import { greetSender } from '../agents/greeting';
import type { PushOrigin } from '../devices/push-presence';
import type { Sender } from '../ingest/dialects/dialect';
import { Pusher } from './pusher';
import type { PushContext } from './push-context';
import { refusal, type PushRefusal } from './push-refusal';

/** When a device that waits for approval should try again, s. */
const RETRY_AFTER_SEC = 30;
/**
 * Codes of wrong secrets, which are answered with 401. Other refusals do not question the secret, and are answered with
 * 403.
 */
const WRONG_SECRETS: ReadonlySet<string> = new Set([
  'WRONG_KEY',
  'WRONG_TOKEN',
  'TOKEN_EXPIRED',
  'TOKEN_USED_UP',
]);

export type Judged = { ok: true; pusher: Pusher } | { ok: false; refusal: PushRefusal };

/** All devices that push over HTTP, between their pushes; at most `pushers` of them. */
export class Pushers {
  readonly #context: PushContext;
  /** By device; the device whose last push is the oldest comes first. */
  readonly #pushers = new Map<string, Pusher>();

  constructor(context: PushContext) {
    this.#context = context;
  }

  /**
   * Checks whether a push may be from `sender`. Null means the device whose key was sent, else the address. A device
   * that may not send yet appears as waiting.
   */
  judge(sender: Sender | null, origin: PushOrigin, shown: Credentials): Judged {
    const { address } = origin;
    const verdict = greetSender(this.#context, { sender, address, shown });
    if (verdict.kind === 'blocked') return refused(403, 'BLOCKED', 'This device is blocked.');
    if (verdict.kind === 'rejected') return refused(403, REJECTED.code, REJECTED.message);
    if (verdict.kind === 'refused') {
      const { fault, closeCode } = verdict;
      if (closeCode === CLOSE.tryLater) return refused(503, fault.code, fault.message, RETRY_AFTER_SEC);
      return refused(WRONG_SECRETS.has(fault.code) ? 401 : 403, fault.code, fault.message);
    }
    const { device } = verdict;
    const pusher = this.#known(device, origin);
    pusher.pushed(origin);
    if (device.approval !== 'approved') {
      return refused(503, 'PENDING_APPROVAL', pendingGreeting(device.ownCode), RETRY_AFTER_SEC);
    }
    const { owedMs } = pusher;
    if (owedMs > 0) return tooFast(owedMs);
    return { ok: true, pusher };
  }

  /** Call once a second: marks devices whose next push is late. `now` is ms since the epoch. */
  second(now: number): void {
    for (const pusher of this.#pushers.values()) pusher.second(now);
  }

  /** Call when the hub's clock was set. */
  clockSet(): void {
    for (const pusher of this.#pushers.values()) pusher.clockSet();
  }

  dispose(): void {
    for (const pusher of this.#pushers.values()) pusher.dispose();
    this.#pushers.clear();
  }

  #known(device: Pusher['device'], origin: PushOrigin): Pusher {
    const known = this.#pushers.get(device.id);
    this.#pushers.delete(device.id);
    // A device that was removed and came back is a different object.
    if (known?.device !== device) known?.dispose();
    const pusher = known?.device === device ? known : new Pusher(device, this.#context, origin);
    this.#pushers.set(device.id, pusher);
    const [oldest] = this.#pushers;
    if (oldest && this.#pushers.size > this.#context.limits.pushers) {
      this.#pushers.delete(oldest[0]);
      oldest[1].dispose();
    }
    return pusher;
  }
}

function refused(status: 401 | 403 | 503, code: string, message: string, retryAfterSec?: number): Judged {
  return { ok: false, refusal: refusal(status, code, message, retryAfterSec) };
}

function tooFast(owedMs: number): Judged {
  return { ok: false, refusal: tooManySamples(owedMs) };
}

export function tooManySamples(owedMs: number): PushRefusal {
  return refusal(
    429,
    'RATE_LIMITED',
    'Too many samples per second came from this device.',
    Math.max(1, Math.ceil(owedMs / 1_000)),
  );
}
