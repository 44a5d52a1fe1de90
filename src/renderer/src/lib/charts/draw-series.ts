import type { ChartSpec } from '@shared/metrics/chart-spec';
import type { Palette } from './palette';
import { Polyline, yOf, type Viewport } from './polyline';
import type { SceneLine } from './scene';
import { drawSigns } from './line-signs';
import { fillUnder, strokeLine } from './stroke';
import { trace } from './trace';

const LINE_WIDTH = 1.4;
/** From lowest to highest, in shares of the strength of an area; with many lines bands would hide each other. */
const BAND = 3;
const BAND_OF_MANY = 1.8;
/** Areas of a stack, and the band around each of its edges. */
const LAYER = 1.7;
const BAND_OF_LAYER = 2.2;

/** Two are enough for everything: a line, and the edge below it. They are emptied before each use. */
const line = new Polyline();
const under = new Polyline();

/** What to draw: lines of one chart, from a moment on. */
export interface SeriesPicture {
  view: Viewport;
  lines: readonly SceneLine[];
  spec: ChartSpec;
  palette: Palette;
  dpr: number;
  /** Nothing before this has to be drawn, ms. */
  since: number;
  /** Lines to bring out; null where all are equal. */
  highlight: ReadonlySet<number> | null;
}

export function drawSeries(ctx: CanvasRenderingContext2D, picture: SeriesPicture): void {
  // Round joins cost half as much again, and nobody sees them at this width.
  ctx.lineJoin = 'bevel';
  ctx.lineCap = 'round';
  if (picture.spec.style === 'stack' && picture.lines.length > 1) drawStack(ctx, picture);
  else drawLines(ctx, picture);
}

function drawLines(ctx: CanvasRenderingContext2D, picture: SeriesPicture): void {
  const { view, spec, palette, dpr, since, highlight } = picture;
  const { stepped } = spec;
  const isOut = ({ id }: SceneLine) => highlight === null || highlight.has(id);
  const lines = highlight === null ? picture.lines : picture.lines.toSorted((a, b) => +isOut(b) - +isOut(a));
  const hasArea = lines.length === 1 || spec.series.length === 2;
  // The first line is the one that matters most: it comes last, on top of the others.
  for (let i = lines.length - 1; i >= 0; i--) {
    const one = lines[i] as SceneLine;
    const { columns, dashed } = one;
    const stands = isOut(one);
    ctx.fillStyle = ctx.strokeStyle = stands ? (palette.series[one.slot] ?? palette.accent) : palette.line2;
    if (!dashed && stands) drawBand(ctx, picture, one, lines.length <= 3 ? BAND : BAND_OF_MANY);
    trace(columns, view, line, { stepped, since });
    if (i === 0 && hasArea && !dashed) {
      ctx.globalAlpha = palette.areaAlpha;
      fillUnder(ctx, line, view.low < 0 && view.high > 0 ? yOf(view, 0) : view.top + view.height);
      ctx.globalAlpha = 1;
    }
    strokeLine(ctx, line, LINE_WIDTH, dpr, dashed);
    if (stands) drawSigns(ctx, one, view, { dpr, since, palette, stepped: stepped ?? false });
  }
}

function drawStack(ctx: CanvasRenderingContext2D, picture: SeriesPicture): void {
  const { view, lines, spec, palette, dpr, since } = picture;
  const { stepped } = spec;
  for (let i = lines.length - 1; i >= 0; i--) {
    const one = lines[i] as SceneLine;
    const below = lines[i - 1];
    ctx.fillStyle = ctx.strokeStyle = palette.series[one.slot] ?? palette.accent;
    trace(one.columns, view, line, { stepped, since });
    if (below) trace(below.columns, view, under, { stepped, since });
    ctx.globalAlpha = palette.areaAlpha * LAYER;
    fillUnder(ctx, line, below ? under : view.top + view.height);
    ctx.globalAlpha = 1;
    drawBand(ctx, picture, one, BAND_OF_LAYER);
    trace(one.columns, view, line, { stepped, since });
    strokeLine(ctx, line, LINE_WIDTH, dpr);
    drawSigns(ctx, one, view, { dpr, since, palette, stepped: stepped ?? false });
  }
}

/** Where each value sums up a stretch of time: from the lowest to the highest in it. */
function drawBand(
  ctx: CanvasRenderingContext2D,
  { view, spec: { stepped }, palette, since }: SeriesPicture,
  { columns }: SceneLine,
  strength: number,
): void {
  const { min, max } = columns;
  if (!min || !max) return;
  trace(columns, view, line, { v: max, keep: 'highest', stepped, since });
  trace(columns, view, under, { v: min, keep: 'lowest', stepped, since });
  ctx.globalAlpha = palette.areaAlpha * strength;
  fillUnder(ctx, line, under);
  ctx.globalAlpha = 1;
}
