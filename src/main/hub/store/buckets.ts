import type { MetricKind } from '@shared/model';
import { counterRate } from '../samples/rates';
import type { Reading } from './rollup';
import type { StoreColumns } from '../store-contract/store-contract';

/** Collects one series into equal buckets over `[from, to)`: minimum, maximum and mean of each. */
export class Buckets {
  readonly #series: number;
  readonly #from: number;
  readonly #width: number;
  readonly #asRate: boolean;
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  /** Sum of values, or what a counter counted. */
  readonly #sum: Float64Array;
  /** Number of values, or the ms that a counter covered; 0 means no data. */
  readonly #weight: Float64Array;
  #previous: Reading | null = null;

  constructor(series: number, kind: MetricKind, from: number, to: number, points: number, raw: boolean) {
    this.#series = series;
    this.#from = from;
    this.#width = (to - from) / points;
    this.#asRate = kind === 'counter' && !raw;
    this.#min = new Float64Array(points).fill(Number.NaN);
    this.#max = new Float64Array(points).fill(Number.NaN);
    this.#sum = new Float64Array(points);
    this.#weight = new Float64Array(points);
  }

  /** Sets the reading before the first sample; null when there is none. */
  startFrom(previous: Reading | null): void {
    this.#previous = previous;
  }

  /** Adds samples in time order, all in `[from, to)`. */
  samples(t: Float64Array, v: Float64Array): void {
    for (let i = 0; i < v.length; i++) {
      const value = v[i] as number;
      if (value !== value) continue;
      const time = t[i] as number;
      if (!this.#asRate) {
        this.#add(time, value, value, value, 1);
        continue;
      }
      const before = this.#previous;
      this.#previous = { t: time, v: value };
      if (!before || time <= before.t) continue;
      const rate = counterRate(before.t, before.v, time, value);
      if (rate !== rate) continue;
      const elapsed = time - before.t;
      this.#add(time, rate, rate, (rate * elapsed) / 1_000, elapsed);
    }
  }

  /** Adds roll-ups in time order; `weight` is a count or covered ms. */
  rollups(
    t: Float64Array,
    min: Float64Array,
    max: Float64Array,
    sum: Float64Array,
    weight: Float64Array,
  ): void {
    for (let i = 0; i < t.length; i++) {
      const amount = weight[i] as number;
      if (!(amount > 0)) continue;
      this.#add(t[i] as number, min[i] as number, max[i] as number, sum[i] as number, amount);
    }
  }

  result(t: Float64Array): StoreColumns {
    const avg = new Float64Array(t.length);
    const scale = this.#asRate ? 1_000 : 1;
    for (let i = 0; i < avg.length; i++) {
      const weight = this.#weight[i] as number;
      avg[i] = weight > 0 ? ((this.#sum[i] as number) * scale) / weight : Number.NaN;
    }
    return { series: this.#series, t, min: this.#min, max: this.#max, avg };
  }

  #add(time: number, min: number, max: number, sum: number, weight: number): void {
    const at = Math.max(0, Math.min(this.#min.length - 1, Math.floor((time - this.#from) / this.#width)));
    const known = this.#weight[at] as number;
    if (known === 0 || min < (this.#min[at] as number)) this.#min[at] = min;
    if (known === 0 || max > (this.#max[at] as number)) this.#max[at] = max;
    this.#sum[at] = (this.#sum[at] as number) + sum;
    this.#weight[at] = known + weight;
  }
}
