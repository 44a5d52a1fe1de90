/** What is drawn lies within these columns and rows, ends not included. */
export interface PixelBox {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Behind the last pixel, for who looks at four of them at once. */
const SPARE = 4;

/**
 * The plot of a chart in device pixels, drawn by hand: without a GPU a browser takes several times as long for the same
 * lines, and to move a canvas along it copies all of it first. Drawing functions take CSS pixels of the chart.
 */
export class Pixels {
  /** Device pixels. */
  width = 0;
  height = 0;
  /** Of the chart, above the first row here. */
  top = 0;
  /** Device pixels per CSS pixel. */
  scale = 1;
  /** Columns before this one keep what they have. */
  left = 0;
  /** See `packed`. */
  rgba = new Int32Array(0);
  #image: ImageData | null = null;

  /** Makes room for a picture; what is there is of no use any more. */
  resize(width: number, top: number, bottom: number, scale: number): void {
    const height = bottom - top;
    if (width !== this.width || height !== this.height) {
      this.rgba = new Int32Array(width * height + SPARE);
      this.#image = null;
    }
    Object.assign(this, { width, height, top, scale, left: 0 });
  }

  /** Moves everything to the left; the last `by` columns are left to be drawn. */
  shift(by: number): void {
    // Rows lie behind each other: what leaves one at its left enters the one above at its right, where it is drawn over.
    this.rgba.copyWithin(0, by);
  }

  clear(color: number): void {
    const { rgba, width, height, left } = this;
    if (left === 0) rgba.fill(color);
    else for (let row = 0; row < height; row++) rgba.fill(color, row * width + left, (row + 1) * width);
  }

  /** Device rows and columns of a rectangle, with how much of it is seen, 0 to 1. */
  rect(box: PixelBox, color: number, alpha = 1): void {
    const { rgba, width } = this;
    const left = Math.max(this.left, box.left);
    const right = Math.min(width, box.right);
    const bottom = Math.min(this.height, box.bottom);
    for (let row = Math.max(0, box.top); row < bottom; row++) {
      const end = row * width + right;
      const share = Math.round(alpha * 256);
      for (let at = row * width + left; at < end; at++) rgba[at] = mix(rgba[at] as number, color, share);
    }
  }

  /** Onto the canvas: all of it, or the columns from `left` on. */
  putOn(ctx: CanvasRenderingContext2D, left = 0): void {
    const { width, height } = this;
    if (width === 0 || height === 0) return;
    this.#image ??= new ImageData(
      new Uint8ClampedArray(this.rgba.buffer, 0, width * height * 4),
      width,
      height,
    );
    ctx.putImageData(this.#image, 0, this.top, left, 0, width - left, height);
  }
}

/** One colour over another, `share` of 256; both opaque, as `packed` makes them. */
export function mix(under: number, over: number, share: number): number {
  const rest = 256 - share;
  const redBlue = (Math.imul(over & 0xff00ff, share) + Math.imul(under & 0xff00ff, rest)) >>> 8;
  const green = Math.imul((over >>> 8) & 0xff, share) + Math.imul((under >>> 8) & 0xff, rest);
  return 0xff000000 | (redBlue & 0xff00ff) | (green & 0xff00);
}
