/**
 * Follows the frame headers (RFC 6455 section 5.2) in a client's data, without the payloads. It can tell whether a
 * message is in progress, which WebSocket libraries report only once it is complete.
 */
export class FrameMeter {
  /** Bytes of the current header received so far; 0 between frames. */
  #headerBytes = 0;
  #firstByte = 0;
  #lengthByte = 0;
  #payload = 0;
  #isInPayload = false;
  #isFragmented = false;

  /** Whether a frame, or a fragmented message, has been received only in part. */
  get isMidMessage(): boolean {
    return this.#isFragmented || this.#headerBytes > 0 || this.#isInPayload;
  }

  /** Takes the next bytes; returns how many messages ended in them, not counting control frames. */
  take(chunk: Buffer): number {
    let ended = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#isInPayload) {
        const taken = Math.min(this.#payload, chunk.length - at);
        this.#payload -= taken;
        at += taken;
        if (this.#payload > 0) break;
      } else {
        this.#header(chunk[at++] ?? 0);
        if (!this.#isInPayload || this.#payload > 0) continue;
      }
      this.#isInPayload = false;
      if (this.#endsMessage()) ended++;
    }
    return ended;
  }

  #header(byte: number): void {
    const index = this.#headerBytes++;
    if (index === 0) this.#firstByte = byte;
    else if (index === 1) {
      this.#lengthByte = byte;
      this.#payload = (byte & 0x7f) < 126 ? byte & 0x7f : 0;
    } else if (index < 2 + this.#extraLengthBytes) this.#payload = this.#payload * 256 + byte;
    const maskBytes = (this.#lengthByte & 0x80) !== 0 ? 4 : 0;
    if (index < 1 || this.#headerBytes < 2 + this.#extraLengthBytes + maskBytes) return;
    this.#headerBytes = 0;
    this.#isInPayload = true;
  }

  get #extraLengthBytes(): number {
    const length = this.#lengthByte & 0x7f;
    return length === 126 ? 2 : length === 127 ? 8 : 0;
  }

  #endsMessage(): boolean {
    if ((this.#firstByte & 0x08) !== 0) return false;
    this.#isFragmented = (this.#firstByte & 0x80) === 0;
    return !this.#isFragmented;
  }
}
