import { WebSocket } from 'ws';
import { CLOSE } from '@shared/protocol/close-codes';

/** The codes with which `ws` itself closes. */
const BROKEN: ReadonlySet<number | undefined> = new Set<number>([
  CLOSE.protocolError,
  CLOSE.invalidData,
  CLOSE.policy,
  CLOSE.tooBig,
]);

/**
 * The server's end of a WebSocket. When a frame breaks the protocol, `ws` closes with a bare code before it reports
 * the error. A developer at the other end learns nothing from `1002`, so this class delays the close frame until
 * there is a reason to put in it.
 */
export class HubWebSocket extends WebSocket {
  #brokenWith: number | null = null;

  override close(code?: number, reason?: string | Buffer): void {
    const isBroken = code !== undefined && reason === undefined && BROKEN.has(code);
    if (isBroken && this.readyState === this.OPEN) this.#brokenWith = code;
    else super.close(code, reason);
  }

  /** Sends, with a reason, the close frame that `ws` started for a broken frame. Call it on `error`. */
  closeBroken(reason: string): void {
    const code = this.#brokenWith;
    this.#brokenWith = null;
    if (code !== null) super.close(code, reason);
  }
}
