import { SeriesBuffer } from '../../src/renderer/src/lib/hub/series-buffer';

export const SERIES = 4;
export const STEP_MS = 1_000;
const START = Date.UTC(2026, 2, 12, 8);

/** Returns the same made-up value for both engines: slow waves, noise and an occasional spike. */
function valueAt(series: number, i: number): number {
  const noise = Math.abs(Math.sin(i * 12.9898 + series * 78.233) * 43_758.5453) % 1;
  const spike = i % 977 === series * 31 ? 18 : 0;
  return 30 + series * 12 + 9 * Math.sin(i / (40 + series * 13)) + 6 * noise + spike;
}

/** One chart's samples, with a new sample of each series at every step, in the form that suits each engine best. */
export class ChartFeed {
  readonly buffers: SeriesBuffer[];
  /** Times and values in a row each; `view()` is a window on them without copying. */
  readonly #rows: Float64Array[];
  #next = 0;

  constructor(points: number, steps: number) {
    const windowMs = points * STEP_MS;
    this.buffers = Array.from(
      { length: SERIES },
      () => new SeriesBuffer({ windowMs: windowMs + 15_000, maxPoints: points + 100 }),
    );
    this.#rows = Array.from({ length: SERIES + 1 }, () => new Float64Array(points + steps));
    for (let i = 0; i < points + steps; i++) {
      (this.#rows[0] as Float64Array)[i] = START + i * STEP_MS;
      for (let s = 0; s < SERIES; s++) (this.#rows[s + 1] as Float64Array)[i] = valueAt(s, i);
    }
    for (let i = 0; i < points; i++) this.step();
  }

  get now(): number {
    return START + (this.#next - 1) * STEP_MS;
  }

  /** Adds the next sample of each series. */
  step(): void {
    const [times, ...values] = this.#rows;
    const time = times?.[this.#next] ?? NaN;
    for (const [s, row] of values.entries()) this.buffers[s]?.push(time, row[this.#next] ?? NaN);
    this.#next++;
  }

  /** Returns the last `points` samples: times, then the values of each series. */
  view(points: number): Float64Array[] {
    return this.#rows.map((row) => row.subarray(this.#next - points, this.#next));
  }
}
