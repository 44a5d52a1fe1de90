import type { HelloMessage } from '@shared/protocol/agent-messages';
import type { AgentContext } from './agent-context';
import type { Device } from '../devices/device';
import { CodeExchange } from './code-exchange';
import { KeyHandover } from './key-handover';
import type { Session } from '../sessions/session';

/**
 * What a full agent and the hub exchange before the agent may report: digits to compare while it waits, then its key.
 */
export class Pairing {
  readonly #session: Session;
  readonly #context: AgentContext;
  readonly #device: Device;
  /** The id that the agent gave itself, from which it derives its digits; the hub may show it under another. */
  readonly #saidId: string;
  readonly #commitment: string | undefined;
  readonly #keyHandover: KeyHandover;
  #code: string | null;
  #codeExchange: CodeExchange | null = null;

  /** `code` are the digits of a plain connection; those of an encrypted one follow from the exchange. */
  constructor(
    session: Session,
    context: AgentContext,
    device: Device,
    hello: HelloMessage,
    code: string | null,
  ) {
    this.#code = code;
    this.#session = session;
    this.#context = context;
    this.#device = device;
    this.#saidId = hello.device.id;
    this.#commitment = hello.pairing;
    this.#keyHandover = new KeyHandover(session, context, device, hello.instance ?? null);
  }

  /** The digits that the agent shows; null when there are none, or not yet. */
  get code(): string | null {
    return this.#code;
  }

  /** Tells the agent that the user has not decided yet. */
  tellPending(): void {
    const { tls } = this.#session.facts;
    const code = this.#code;
    if (tls && this.#commitment !== undefined) {
      this.#codeExchange = new CodeExchange(tls, this.#saidId, this.#commitment);
      this.#session.send({ type: 'admission', state: 'pending', nonce: this.#codeExchange.nonce });
    } else this.#session.send({ type: 'admission', state: 'pending', ...(code === null ? {} : { code }) });
  }

  /** Takes the agent's revealed nonce; false when it was not requested or does not match the commitment. */
  revealed(nonce: string): boolean {
    const code = this.#codeExchange?.reveal(nonce) ?? null;
    this.#codeExchange = null;
    if (code === null) return false;
    if (this.#device.approval !== 'pending') return true;
    this.#code = code;
    this.#context.devices.touch(this.#device);
    this.#session.send({ type: 'admission', state: 'pending', code });
    return true;
  }

  tellApproved(): void {
    if (this.#context.admission.needsKey(this.#device)) this.handKey();
    else this.#session.send({ type: 'admission', state: 'approved' });
  }

  handKey(): void {
    this.#keyHandover.start();
  }

  /** Something was received from the agent. */
  heard(): void {
    this.#keyHandover.heard();
  }

  closed(): void {
    this.#keyHandover.closed(this.#session.wasLeft);
  }
}
