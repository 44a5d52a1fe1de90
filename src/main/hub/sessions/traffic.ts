const SECONDS = 10;

/**
 * Counts the traffic of one session, and its rates over the last ten seconds. `second` must be called once a second.
 */
export class Traffic {
  framesIn = 0;
  framesOut = 0;
  bytesIn = 0;
  bytesOut = 0;
  overheadBytes = 0;
  samplesIn = 0;
  readonly #frames = new Float64Array(SECONDS);
  readonly #bytes = new Float64Array(SECONDS);
  readonly #samples = new Float64Array(SECONDS);
  #at = 0;
  #filled = 0;
  #lastFrames = 0;
  #lastBytes = 0;
  #lastSamples = 0;

  countIn(payloadBytes: number): void {
    this.framesIn++;
    this.bytesIn += payloadBytes;
    this.overheadBytes += frameHeaderBytes(payloadBytes) + 4;
  }

  countOut(payloadBytes: number): void {
    this.framesOut++;
    this.bytesOut += payloadBytes;
    this.overheadBytes += frameHeaderBytes(payloadBytes);
  }

  second(): void {
    this.#frames[this.#at] = this.framesIn - this.#lastFrames;
    this.#bytes[this.#at] = this.bytesIn - this.#lastBytes;
    this.#samples[this.#at] = this.samplesIn - this.#lastSamples;
    this.#lastFrames = this.framesIn;
    this.#lastBytes = this.bytesIn;
    this.#lastSamples = this.samplesIn;
    this.#at = (this.#at + 1) % SECONDS;
    this.#filled = Math.min(SECONDS, this.#filled + 1);
  }

  get framesInPerSec(): number {
    return this.#mean(this.#frames);
  }

  get bytesInPerSec(): number {
    return this.#mean(this.#bytes);
  }

  get samplesInPerSec(): number {
    return this.#mean(this.#samples);
  }

  #mean(values: Float64Array): number {
    if (this.#filled === 0) return 0;
    let sum = 0;
    for (let i = 0; i < this.#filled; i++) sum += values[i] ?? 0;
    return sum / this.#filled;
  }
}

/** Returns the size of the base frame header of RFC 6455 section 5.2, without the 4 bytes of a client's masking key. */
export function frameHeaderBytes(payloadBytes: number): number {
  return payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : 10;
}
