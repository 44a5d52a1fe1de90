import type { SampleColumns } from '../hub/sample-source';
import type { Columns } from './polyline';

/** What a stack is made of; `version` tells when it has to be made anew. */
export type StackSource = SampleColumns;

/** One edge of a stack: the sum of a series and of all below it. All layers share times and gaps. */
export class StackLayer implements SampleColumns {
  readonly start = 0;
  v = new Float64Array(0);
  readonly #stack: Stack;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  get t(): Float64Array {
    return this.#stack.t;
  }
  get end(): number {
    return this.#stack.length;
  }
  get version(): number {
    return this.#stack.version;
  }

  intervalMs(): number {
    return this.#stack.intervalMs;
  }

  isGapBefore(i: number): boolean {
    return this.#stack.gaps[i] === 1;
  }

  lowerBound(time: number): number {
    let low = 0;
    let high = this.end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.t[middle] as number) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * Sums series whose samples need not be of the same moments: between two samples a series is interpolated,
 * in a gap and beyond its ends it counts as nothing. The stack has a gap where all of its series have one.
 */
export class Stack {
  t = new Float64Array(0);
  gaps = new Uint8Array(0);
  length = 0;
  version = 0;
  /** Of the slowest of its series. */
  intervalMs = 0;
  layers: StackLayer[] = [];
  #madeOf: (StackSource | number)[] = [];

  /** Makes the layers, the lowest first, unless nothing changed since the last time. */
  update(sources: readonly StackSource[]): void {
    const madeOf = sources.flatMap((source) => [source, source.version]);
    if (madeOf.length === this.#madeOf.length && madeOf.every((part, i) => part === this.#madeOf[i])) return;
    this.#madeOf = madeOf;
    const most = sources.reduce((sum, source) => sum + source.end - source.start, 0);
    if (this.t.length < most) {
      this.t = new Float64Array(most * 2);
      this.gaps = new Uint8Array(most * 2);
    }
    while (this.layers.length < sources.length) this.layers.push(new StackLayer(this));
    this.layers.length = sources.length;
    for (const layer of this.layers)
      if (layer.v.length < this.t.length) layer.v = new Float64Array(this.t.length);
    this.#sum(sources);
    this.intervalMs = Math.max(0, ...sources.map((source) => source.intervalMs()));
    this.version++;
  }

  #sum(sources: readonly StackSource[]): void {
    const next = sources.map((source) => source.start);
    let row = 0;
    for (;;) {
      let time = Infinity;
      for (const [k, source] of sources.entries()) {
        const i = next[k] as number;
        if (i < source.end) time = Math.min(time, source.t[i] as number);
      }
      if (time === Infinity) break;
      let sum = 0;
      let connected = false;
      for (const [k, source] of sources.entries()) {
        const i = next[k] as number;
        if (i < source.end) {
          const joins = i > source.start && !source.isGapBefore(i);
          connected ||= joins;
          if (source.t[i] === time) {
            sum += source.v[i] as number;
            next[k] = i + 1;
          } else if (joins) sum += interpolate(source, i, time);
        }
        (this.layers[k] as StackLayer).v[row] = sum;
      }
      this.t[row] = time;
      this.gaps[row] = connected ? 0 : 1;
      row++;
    }
    this.length = row;
  }
}

function interpolate({ t, v }: Columns, i: number, time: number): number {
  const t0 = t[i - 1] as number;
  const v0 = v[i - 1] as number;
  return v0 + (((v[i] as number) - v0) * (time - t0)) / ((t[i] as number) - t0);
}
