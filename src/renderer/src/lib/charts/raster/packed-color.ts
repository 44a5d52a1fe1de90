import { BoundedMap } from '@shared/bounded-map';

const MOST_KNOWN = 64;
const known = new BoundedMap<string, number>(MOST_KNOWN);
let probe: CanvasRenderingContext2D | null = null;

/** Converts a CSS colour to an opaque pixel in memory: red in the lowest of four bytes. */
export function packed(color: string): number {
  let value = known.get(color);
  if (value === undefined) known.set(color, (value = ask(color)));
  return value;
}

/** Lets the browser parse the colour, because only it knows all CSS colour formats. */
function ask(color: string): number {
  if (!probe) {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    probe = canvas.getContext('2d', { willReadFrequently: true });
  }
  if (!probe) return 0xff << 24;
  probe.fillStyle = color;
  probe.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = probe.getImageData(0, 0, 1, 1).data;
  return 0xff000000 | (blue << 16) | (green << 8) | red;
}
