/** Clocks that are off by less than this are left alone, ms. */
const TOLERANCE_MS = 2_000;

/** How far an agent's clock is from the hub's, and what is done about a simple device's. */
export class AgentClock {
  /** Device time minus hub time, ms; null until the device told a time. */
  offsetMs: number | null = null;
  #shiftMs: number | null = null;
  #heardAt = 0;

  /** A time the device told, heard at `hubNow`. */
  heard(deviceNow: number, hubNow: number): void {
    this.offsetMs = deviceNow - hubNow;
    this.#heardAt = deviceNow;
  }

  /** The first round trip says how long the told time was under way. */
  correct(rttMs: number): void {
    if (this.offsetMs !== null && this.#heardAt !== 0) {
      this.offsetMs += rttMs / 2;
      this.#heardAt = 0;
    }
  }

  /** A simple device's time on the hub's clock: shifted by a constant found at its first sample. */
  shift(deviceTime: number, hubNow: number): number {
    if (this.#shiftMs === null) {
      this.offsetMs = deviceTime - hubNow;
      this.#shiftMs = Math.abs(this.offsetMs) > TOLERANCE_MS ? -this.offsetMs : 0;
    }
    return deviceTime + this.#shiftMs;
  }
}
