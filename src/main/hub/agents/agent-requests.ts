import type { Clock } from '@shared/clock';
import { FaultError } from '@shared/errors';
import type { ResultMessage } from '@shared/protocol/agent-messages';
import type { RequestMessage } from '@shared/protocol/hub-messages';

/** How deep an answer may nest: whoever encodes it for a UI goes down level by level. */
const MAX_ANSWER_DEPTH = 64;

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: FaultError) => void;
  cancelTimeout: () => void;
}

/** Requests to one agent that wait for its answer; at most `limit` at a time. */
export class AgentRequests {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #timeoutMs: number;
  readonly #send: (message: RequestMessage) => void;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;

  constructor(clock: Clock, limit: number, timeoutMs: number, send: (message: RequestMessage) => void) {
    this.#clock = clock;
    this.#limit = limit;
    this.#timeoutMs = timeoutMs;
    this.#send = send;
  }

  /** Sends a request. Rejects with `BUSY`, `NO_ANSWER`, `BAD_ANSWER`, `DISCONNECTED`, or the agent's error. */
  ask(method: string, params: Record<string, unknown>): Promise<unknown> {
    if (this.#waiting.size >= this.#limit) {
      return Promise.reject(new FaultError('BUSY', 'The device is still working on earlier requests.'));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const cancelTimeout = this.#clock.after(this.#timeoutMs, () => {
        this.#waiting.delete(id);
        reject(new FaultError('NO_ANSWER', 'The device did not answer in time.'));
      });
      this.#waiting.set(id, { resolve, reject, cancelTimeout });
      this.#send({ type: 'request', id, method, params });
    });
  }

  /** Takes an answer; false when there is no request with this id. */
  answer({ id, value, error }: ResultMessage): boolean {
    const waiting = this.#waiting.get(id);
    if (!waiting) return false;
    this.#waiting.delete(id);
    waiting.cancelTimeout();
    // Whatever the device says, its fault is not one of the hub's own.
    if (error)
      waiting.reject(new FaultError(error.code === 'INTERNAL' ? 'DEVICE_FAILED' : error.code, error.message));
    else if (isDeeperThan(value, MAX_ANSWER_DEPTH)) {
      const message = `The device answered with data that nests more than ${MAX_ANSWER_DEPTH} levels deep.`;
      waiting.reject(new FaultError('BAD_ANSWER', message));
    } else waiting.resolve(value ?? null);
    return true;
  }

  dispose(): void {
    for (const { reject, cancelTimeout } of this.#waiting.values()) {
      cancelTimeout();
      reject(new FaultError('DISCONNECTED', 'The device disconnected.'));
    }
    this.#waiting.clear();
  }
}

/** Goes level by level, since a recursive look would fail on what it looks for. */
function isDeeperThan(value: unknown, depth: number): boolean {
  let level: unknown[] = [value];
  for (let below = depth; level.length > 0; below--) {
    const inner: unknown[] = [];
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue;
      if (below === 0) return true;
      for (const part of Object.values(one)) inner.push(part);
    }
    level = inner;
  }
  return false;
}
