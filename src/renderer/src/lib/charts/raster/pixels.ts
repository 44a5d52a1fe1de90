/** The columns and rows that contain drawing, ends excluded. */
export interface PixelBox {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Spare pixels at the end, for code that reads four at once. */
const SPARE = 4;

/**
 * The plot of a chart in device pixels, drawn in software: without a GPU a browser takes several times as long for the
 * same lines and copies the whole canvas to move it. Drawing functions take CSS pixels of the chart.
 */
export class Pixels {
  /** Device pixels. */
  width = 0;
  height = 0;
  /** Chart rows above the first row of this buffer. */
  top = 0;
  /** Device pixels per CSS pixel. */
  scale = 1;
  /** Columns before this one keep their content. */
  left = 0;
  /** See `packed`. */
  rgba = new Int32Array(0);
  #image: ImageData | null = null;

  /** Makes room for a picture; the existing content is lost. */
  resize(width: number, top: number, bottom: number, scale: number): void {
    const height = bottom - top;
    if (width !== this.width || height !== this.height) {
      this.rgba = new Int32Array(width * height + SPARE);
      this.#image = null;
    }
    Object.assign(this, { width, height, top, scale, left: 0 });
  }

  /** Moves everything to the left by `by` columns; the last `by` columns must be drawn again. */
  shift(by: number): void {
    // Rows are contiguous: pixels leaving one row at its left enter the row above at its right, which is drawn over.
    this.rgba.copyWithin(0, by);
  }

  clear(color: number): void {
    const { rgba, width, height, left } = this;
    if (left === 0) rgba.fill(color);
    else for (let row = 0; row < height; row++) rgba.fill(color, row * width + left, (row + 1) * width);
  }

  /** Fills a rectangle in device rows and columns; `alpha` is its opacity, 0 to 1. */
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

  /** Copies the pixels to the canvas: all of them, or the columns from `left` on. */
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

/** Blends one colour over another, `share` of 256; both opaque, as `packed` returns them. */
export function mix(under: number, over: number, share: number): number {
  const rest = 256 - share;
  const redBlue = (Math.imul(over & 0xff00ff, share) + Math.imul(under & 0xff00ff, rest)) >>> 8;
  const green = Math.imul((over >>> 8) & 0xff, share) + Math.imul((under >>> 8) & 0xff, rest);
  return 0xff000000 | (redBlue & 0xff00ff) | (green & 0xff00);
}
