import type { FrameInfo } from '@shared/model';
import { hideSecrets } from '@shared/hide-secrets';

const PREVIEW_CHARS = 512;
const PREVIEW_CONTROL_BYTES = 32;

export type FrameListener = (frame: FrameInfo) => void;

/** Shows the frames of one session to its inspectors; without any, it costs one comparison per frame. */
export class FrameTap {
  readonly #listeners = new Set<FrameListener>();
  #seq = 0;

  get isOpen(): boolean {
    return this.#listeners.size > 0;
  }

  listen(listener: FrameListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  show(
    direction: FrameInfo['direction'],
    opcode: FrameInfo['opcode'],
    payload: Buffer | string,
    at: number,
  ): void {
    if (this.#listeners.size === 0) return;
    const payloadBytes = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
    const isText = opcode === 'text' || opcode === 'binary';
    const text = isText
      ? typeof payload === 'string'
        ? payload.slice(0, PREVIEW_CHARS)
        : payload.toString('utf8', 0, PREVIEW_CHARS * 4).slice(0, PREVIEW_CHARS)
      : null;
    const frame: FrameInfo = {
      seq: this.#seq++,
      at,
      direction,
      opcode,
      payloadBytes,
      preview:
        text === null
          ? toHex(typeof payload === 'string' ? Buffer.from(payload) : payload)
          : hideSecrets(text),
      truncated:
        text !== null ? payloadBytes > Buffer.byteLength(text) : payloadBytes > PREVIEW_CONTROL_BYTES,
    };
    for (const listener of this.#listeners) listener(frame);
  }
}

function toHex(bytes: Buffer): string {
  return bytes
    .subarray(0, PREVIEW_CONTROL_BYTES)
    .toString('hex')
    .replace(/(..)(?=.)/g, '$1 ');
}
