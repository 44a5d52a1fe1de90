import type { Clock } from '@shared/clock';
import { FaultError } from '@shared/errors';
import type { ResultMessage } from '@shared/protocol/agent-messages';
import type { RequestMessage } from '@shared/protocol/hub-messages';

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

  /** Sends a request. Rejects with `BUSY`, `NO_ANSWER`, `DISCONNECTED`, or the agent's error. */
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
    if (error) waiting.reject(new FaultError(error.code, error.message));
    else waiting.resolve(value ?? null);
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
