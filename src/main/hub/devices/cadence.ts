/** Learns how often samples arrive, to detect when they are overdue. Times are monotonic, ms. */
export class Cadence {
  lastAt: number | null = null;
  #typicalMs: number | null = null;
  #count = 0;

  arrived(at: number): void {
    if (this.lastAt !== null) {
      const gap = at - this.lastAt;
      // A burst (backlog, or several frames for one moment) says nothing about the cadence.
      if (gap > 20) {
        this.#typicalMs = this.#typicalMs === null ? gap : this.#typicalMs * 0.8 + gap * 0.2;
        this.#count++;
      }
    }
    this.lastAt = at;
  }

  /** Samples came again after a cut, whose length says nothing about the cadence. */
  resumed(at: number): void {
    this.lastAt = at;
  }

  /** The usual time between two arrivals; null until enough of them came. */
  get typicalMs(): number | null {
    return this.#count >= 3 ? this.#typicalMs : null;
  }

  /** `expectedMs` is the interval that was agreed on, if one was. */
  isLate(now: number, expectedMs: number | null, factor: number, atLeastMs: number): boolean {
    if (this.lastAt === null) return false;
    const typical = expectedMs ?? this.typicalMs;
    return typical !== null && now - this.lastAt > Math.max(typical * factor, atLeastMs);
  }
}
