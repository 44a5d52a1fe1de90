import type { SampleColumns } from '../../hub/sample-source';

/** An input of a stack; a change of `version` means that the stack must be updated. */
export type StackSource = SampleColumns;

/** One edge of a stack: the sum of a series and all series below it. All layers share times and gaps. */
export class StackLayer implements SampleColumns {
  v = new Float64Array(0);
  /** The lowest and highest values of the series itself, on top of the means of the series below it. */
  min: Float64Array | undefined;
  max: Float64Array | undefined;
  readonly #stack: Stack;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  get t(): Float64Array {
    return this.#stack.t;
  }
  get start(): number {
    return this.#stack.start;
  }
  get end(): number {
    return this.#stack.end;
  }
  get version(): number {
    return this.#stack.version;
  }

  changedSince(version: number): number {
    return this.#stack.changedSince(version);
  }
  intervalMs(): number {
    return this.#stack.intervalMs;
  }
  isGapBefore(i: number): boolean {
    return i > this.start && this.#stack.gaps[i] === 1;
  }
  lowerBound(time: number): number {
    return this.#stack.lowerBound(time);
  }
}

/** How many past changes a stack remembers, for pictures that are not painted after every change. */
const REMEMBERED_CHANGES = 8;

/**
 * Sums series whose samples may have different times. Between two samples a series is interpolated; in a gap and beyond
 * its ends it counts as nothing. The stack has a gap where all of its series have one.
 */
export class Stack {
  t = new Float64Array(0);
  gaps = new Uint8Array(0);
  start = 0;
  end = 0;
  version = 0;
  /** The interval of the slowest series. */
  intervalMs = 0;
  layers: StackLayer[] = [];
  #summed: { source: StackSource; version: number }[] = [];
  /** The time from which rows were rebuilt, for each of the last versions, newest last. */
  readonly #changes: number[] = [];
  readonly #next: number[] = [];

  /** Updates the layers, the lowest first; if samples were only added, it continues from the existing rows. */
  update(sources: readonly StackSource[]): void {
    const since = this.#changedBy(sources);
    if (since === Infinity) return;
    const kept = this.lowerBound(since);
    let added = 0;
    for (const source of sources) added += source.end - source.lowerBound(since);
    const whole = since === -Infinity || kept + added > this.t.length;
    if (whole) this.#makeRoom(sources);
    else this.end = kept;
    this.#sum(sources, whole ? -Infinity : since);
    this.#forgetOld(sources);
    this.intervalMs = Math.max(0, ...sources.map((source) => source.intervalMs()));
    this.#summed = sources.map((source) => ({ source, version: source.version }));
    this.version++;
    this.#changes.push(whole ? -Infinity : since);
    if (this.#changes.length > REMEMBERED_CHANGES) this.#changes.shift();
  }

  /** See {@link SampleColumns.changedSince}. */
  changedSince(version: number): number {
    const changes = this.version - version;
    if (changes > this.#changes.length) return -Infinity;
    let since = Infinity;
    for (let i = this.#changes.length - changes; i < this.#changes.length; i++)
      since = Math.min(since, this.#changes[i] as number);
    return since;
  }

  lowerBound(time: number): number {
    let low = this.start;
    let high = this.end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.t[middle] as number) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Returns the time from which the sum no longer matches these sources. */
  #changedBy(sources: readonly StackSource[]): number {
    if (sources.length !== this.#summed.length) return -Infinity;
    let since = Infinity;
    for (let k = 0; k < sources.length; k++) {
      const source = sources[k] as StackSource;
      const summed = this.#summed[k];
      if (source !== summed?.source) return -Infinity;
      if (source.version === summed.version) continue;
      since = Math.min(since, source.changedSince?.(summed.version) ?? -Infinity);
    }
    return since;
  }

  #makeRoom(sources: readonly StackSource[]): void {
    const rows = sources.reduce((sum, source) => sum + source.end - source.start, 0);
    this.start = this.end = 0;
    if (this.t.length < rows || this.t.length > rows * 8) {
      const capacity = rows * 2 + 64;
      this.t = new Float64Array(capacity);
      this.gaps = new Uint8Array(capacity);
    }
    while (this.layers.length < sources.length) this.layers.push(new StackLayer(this));
    this.layers.length = sources.length;
    const capacity = this.t.length;
    const banded = sources.some(({ min, max }) => min && max);
    for (const layer of this.layers) {
      if (layer.v.length !== capacity) layer.v = new Float64Array(capacity);
      layer.min = banded ? sized(layer.min, capacity) : undefined;
      layer.max = banded ? sized(layer.max, capacity) : undefined;
    }
  }

  /** Rebuilds the rows at and after `since`. */
  #sum(sources: readonly StackSource[], since: number): void {
    const next = this.#next;
    for (let k = 0; k < sources.length; k++) next[k] = (sources[k] as StackSource).lowerBound(since);
    let row = this.end;
    for (;;) {
      let time = Infinity;
      for (let k = 0; k < sources.length; k++) {
        const source = sources[k] as StackSource;
        const i = next[k] as number;
        if (i < source.end && (source.t[i] as number) < time) time = source.t[i] as number;
      }
      if (time === Infinity) break;
      let sum = 0;
      let connected = false;
      for (let k = 0; k < sources.length; k++) {
        const source = sources[k] as StackSource;
        const layer = this.layers[k] as StackLayer;
        const i = next[k] as number;
        let low = sum;
        let high = sum;
        if (i < source.end) {
          const joins = i > source.start && !source.isGapBefore(i);
          connected ||= joins;
          const { v, min = v, max = v } = source;
          const isHere = source.t[i] === time;
          if (isHere || joins) {
            low += isHere ? (min[i] as number) : interpolate(source, min, i, time);
            high += isHere ? (max[i] as number) : interpolate(source, max, i, time);
            sum += isHere ? (v[i] as number) : interpolate(source, v, i, time);
          }
          if (isHere) next[k] = i + 1;
        }
        layer.v[row] = sum;
        if (layer.min) layer.min[row] = low;
        if (layer.max) layer.max[row] = high;
      }
      this.t[row] = time;
      this.gaps[row] = connected ? 0 : 1;
      row++;
    }
    this.end = row;
  }

  /** Drops samples that every source has dropped. */
  #forgetOld(sources: readonly StackSource[]): void {
    let oldest = Infinity;
    for (const { t, start, end } of sources) if (end > start) oldest = Math.min(oldest, t[start] as number);
    this.start = this.lowerBound(oldest);
  }
}

function sized(array: Float64Array | undefined, length: number): Float64Array {
  return array?.length === length ? array : new Float64Array(length);
}

function interpolate({ t }: StackSource, v: Float64Array, i: number, time: number): number {
  const t0 = t[i - 1] as number;
  const v0 = v[i - 1] as number;
  return v0 + (((v[i] as number) - v0) * (time - t0)) / ((t[i] as number) - t0);
}
