import type { ConnectionState, StateReason } from '@shared/model';
import { CLOSE } from '@shared/protocol/close-codes';
import type { SessionContext } from './session-context';
import type { Endpoint } from './endpoint';
import type { Session } from './session';
import { TokenBucket } from '@shared/token-bucket';

/**
 * `/echo` answers `You sent: …`; `/echo/raw` returns frames unchanged. It lets device makers test a connection before
 * anything else works. Frames count against the same limits as an agent's.
 */
export class EchoEndpoint implements Endpoint {
  readonly name: string;
  readonly device = null;
  readonly reason = null;
  readonly agent = null;
  readonly clockOffsetMs = null;
  readonly intervalMs = null;
  readonly #session: Session;
  readonly #context: SessionContext;
  readonly #messages: TokenBucket;

  constructor(session: Session, context: SessionContext) {
    this.#session = session;
    this.#context = context;
    this.name = `echo to ${session.facts.address}`;
    const { messagesPerSec } = context.limits;
    this.#messages = new TokenBucket(messagesPerSec, messagesPerSec * 10, context.clock.monotonic());
  }

  get state(): ConnectionState {
    return this.#session.heartbeat.missed >= this.#context.timings.staleAfterMissed ? 'stale' : 'online';
  }

  message(data: Buffer, isBinary: boolean): void {
    if (!this.#messages.take(1, this.#context.clock.monotonic())) {
      this.#context.refused.add('RATE_LIMITED', this.#session.client);
      this.#session.refused++;
      this.#session.close(CLOSE.rateLimited, 'Too many messages per second.');
      return;
    }
    if (this.#session.facts.endpoint === 'echo-raw') {
      this.#session.sendData(isBinary ? data : data.toString());
    } else this.#session.sendData(`You sent: ${data.toString()}`);
    // While a client does not read its echoes, the hub does not read from it.
    this.#session.pauseForOutput();
  }

  second(): void {}
  clockSet(): void {}
  pong(): void {}
  closed(_reason: StateReason): void {}
}
