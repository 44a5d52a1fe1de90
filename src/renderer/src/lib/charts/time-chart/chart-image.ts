import { formatText } from '@shared/metrics/units';
import type { ChartSeries } from '@shared/metrics/chart-spec';
import { describeDay } from '../../components/time-words';
import type { TimeSpan } from '../../time/time-view';
import { drawSwatch } from '../paint/line-swatch';
import type { Palette } from '../looks/palette';
import { formatMoment, SAY_DAY_FROM_MS } from '../axes/time-ticks';

/** Space around the plot, CSS pixels. */
const PADDING = 16;
const HEADING = 26;
const LEGEND = 22;
const FOOT = 18;
const SWATCH = 14;

export interface ChartImage {
  title: string;
  subtitle: string | null;
  /** The legend entries of the visible series. */
  series: readonly { series: ChartSeries; slot: number; value: number | null }[];
  span: TimeSpan;
  plot: HTMLCanvasElement;
  dpr: number;
  palette: Palette;
}

/**
 * Draws the chart as it is on screen, with heading, legend and time, as a PNG. Null if the browser cannot create it.
 */
export async function chartImage(image: ChartImage): Promise<Blob | null> {
  const { plot, dpr, palette, title, subtitle, span } = image;
  const width = plot.width / dpr + 2 * PADDING;
  const canvas = document.createElement('canvas');
  const ctx = canvas.getContext('2d', { alpha: false });
  if (!ctx) return null;
  ctx.font = palette.font;
  const lines = legendLines(ctx, image, width - 2 * PADDING);
  const top = PADDING + HEADING + lines.length * LEGEND;
  const height = top + plot.height / dpr + FOOT + PADDING / 2;
  canvas.width = Math.ceil(width * dpr);
  canvas.height = Math.ceil(height * dpr);
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  ctx.fillStyle = palette.panel;
  ctx.fillRect(0, 0, width, height);
  ctx.textBaseline = 'alphabetic';
  ctx.font = palette.font.replace(/^\d+ \d+px/, '600 13px');
  ctx.fillStyle = palette.text;
  ctx.fillText(title, PADDING, PADDING + 13);
  const after = PADDING + ctx.measureText(title).width + 8;
  ctx.font = palette.font;
  ctx.fillStyle = palette.text3;
  if (subtitle) ctx.fillText(subtitle, after, PADDING + 13);
  for (const [row, line] of lines.entries()) {
    for (const { text, slot, dashed, x } of line) {
      const y = PADDING + HEADING + row * LEGEND + 10;
      drawSwatch(ctx, { slot, dashed }, { x: PADDING + x, y: y - 3.5, width: SWATCH }, palette);
      ctx.fillStyle = palette.text2;
      ctx.fillText(text, PADDING + x + SWATCH + 6, y);
    }
  }
  ctx.drawImage(plot, PADDING, top, plot.width / dpr, plot.height / dpr);
  ctx.fillStyle = palette.text3;
  ctx.fillText(spanWords(span), PADDING, height - PADDING / 2 - 2);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}

/** Formats a span with its day: `12 Mar 2026, 10:00:00 – 11:00:00`. */
export function spanWords({ from, to }: TimeSpan): string {
  const rangeMs = to - from;
  const [first, last] = [describeDay(from), describeDay(to)];
  const [begin, end] = [formatMoment(from, rangeMs), formatMoment(to, rangeMs)];
  // Times of longer ranges already contain the day.
  if (first === last || rangeMs >= SAY_DAY_FROM_MS) return `${last}, ${begin} – ${end}`;
  return `${first}, ${begin} – ${last}, ${end}`;
}

interface LegendItem {
  text: string;
  slot: number;
  dashed: boolean;
  x: number;
}

/** Arranges the legend items in lines, as many per line as fit. */
function legendLines(ctx: CanvasRenderingContext2D, { series }: ChartImage, width: number): LegendItem[][] {
  const lines: LegendItem[][] = [];
  let x = Infinity;
  for (const { series: one, slot, value } of series) {
    const text = `${one.label} ${formatText(value, one.unit, one.kind)}`;
    const needed = SWATCH + 6 + ctx.measureText(text).width + 16;
    if (x + needed > width) {
      lines.push([]);
      x = 0;
    }
    lines.at(-1)?.push({ text, slot, dashed: one.dashed ?? false, x });
    x += needed;
  }
  return lines;
}

/**
 * Returns a file name that every file system accepts, whatever devices are called:
 * `cpu-utilization-2026-03-12-1042.png`.
 */
export function imageName(title: string, at: number): string {
  const words = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${words === '' ? 'chart' : words}-${day}-${two(date.getHours())}${two(date.getMinutes())}.png`;
}

/** Saves the image as a download. */
export function saveImage(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Browsers read the URL after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Copies the image to the clipboard; false if that is not allowed, such as over plain http from another machine. */
export async function copyImage(image: Promise<Blob | null>): Promise<boolean> {
  try {
    const png = image.then((blob) => blob ?? Promise.reject(new Error('The browser made no image.')));
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
    return true;
  } catch {
    return false;
  }
}
