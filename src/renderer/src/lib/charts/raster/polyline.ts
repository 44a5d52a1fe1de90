/** Samples sorted by time at `start <= i < end`, as a series buffer or a layer of a stack holds them. */
export interface Columns {
  readonly t: Float64Array;
  readonly v: Float64Array;
  readonly start: number;
  readonly end: number;
  lowerBound(time: number): number;
  /** Whether the line breaks between `i - 1` and `i`. */
  isGapBefore(i: number): boolean;
}

/** The rectangle of a picture in CSS pixels, with the times and values that it shows. */
export interface Viewport {
  left: number;
  top: number;
  width: number;
  height: number;
  /** Times at the left and the right edge, ms. */
  from: number;
  to: number;
  /** Values at the bottom and the top edge. */
  low: number;
  high: number;
  /** The duration of one device pixel, ms. */
  pixelMs: number;
}

export const xOf = (view: Pick<Viewport, 'left' | 'width' | 'from' | 'to'>, time: number): number =>
  view.left + ((time - view.from) / (view.to - view.from)) * view.width;

export const timeAt = (view: Pick<Viewport, 'left' | 'width' | 'from' | 'to'>, x: number): number =>
  view.from + ((x - view.left) / view.width) * (view.to - view.from);

export const yOf = (view: Viewport, value: number): number =>
  view.top + view.height - ((value - view.low) / (view.high - view.low)) * view.height;

/** Connected points in pixels, reused from picture to picture so that painting creates no garbage. */
export class Polyline {
  x = new Float32Array(256);
  y = new Float32Array(256);
  length = 0;
  /** The index at which each connected part begins. */
  readonly parts: number[] = [];

  clear(): void {
    this.length = 0;
    this.parts.length = 0;
  }

  /** Returns the end of part `i`, exclusive. */
  endOf(i: number): number {
    return this.parts[i + 1] ?? this.length;
  }

  breakHere(): void {
    if (this.parts.at(-1) !== this.length) this.parts.push(this.length);
  }

  /** Whether the next point would begin a new part. */
  get isBroken(): boolean {
    return this.parts.at(-1) === this.length;
  }

  push(x: number, y: number): void {
    if (this.length === this.x.length) {
      this.x = grown(this.x);
      this.y = grown(this.y);
    }
    this.x[this.length] = x;
    this.y[this.length] = y;
    this.length++;
  }

  /** Removes a last part that got no points. */
  finish(): void {
    if (this.isBroken) this.parts.pop();
  }
}

function grown(from: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const to = new Float32Array(from.length * 2);
  to.set(from);
  return to;
}
