import type { ChartSpec } from '@shared/metrics/chart-spec';
import { dashesOf } from '../raster/dashes';
import { fillUnder } from '../raster/fill';
import { packed } from '../raster/packed-color';
import type { Palette } from '../looks/palette';
import type { Pixels } from '../raster/pixels';
import { Polyline, yOf, type Viewport } from '../raster/polyline';
import type { SceneLine } from '../scene/scene';
import { drawSigns } from './line-signs';
import { strokeLine } from '../raster/stroke';
import { crowdingOf, trace } from '../raster/trace';

/** Line widths by crowding, CSS pixels: wider lines would merge where samples are dense. */
const LINE_WIDTH = { loose: 1.4, close: 1.1, dense: 1.1 };
/** From this pixel density on, lines can show finer detail. */
const FINE_FROM_DPR = 1.5;
/**
 * The opacity of a band from lowest to highest, in shares of that of an area. With many lines, stronger bands would
 * hide each other.
 */
const BAND = 3;
const BAND_OF_MANY = 1.8;
/** The opacity of the areas of a stack, and of the band around each of its edges. */
const LAYER = 1.7;
const BAND_OF_LAYER = 2.2;

/** Two buffers are enough for all drawing: a line, and the edge below it. They are emptied before each use. */
const line = new Polyline();
const under = new Polyline();

/** The lines of one chart to draw, from a given time on. */
export interface SeriesPicture {
  view: Viewport;
  lines: readonly SceneLine[];
  spec: ChartSpec;
  palette: Palette;
  /** The time before which nothing has to be drawn, ms. */
  since: number;
  /** Lines to highlight; null if all are equal. */
  highlight: ReadonlySet<number> | null;
}

export function drawSeries(pixels: Pixels, picture: SeriesPicture): void {
  if (picture.spec.style === 'stack' && picture.lines.length > 1) drawStack(pixels, picture);
  else drawLines(pixels, picture);
}

function drawLines(pixels: Pixels, picture: SeriesPicture): void {
  const { view, spec, palette, since, highlight } = picture;
  const { stepped } = spec;
  const isOut = ({ id }: SceneLine) => highlight === null || highlight.has(id);
  const lines = highlight === null ? picture.lines : picture.lines.toSorted((a, b) => +isOut(b) - +isOut(a));
  const hasArea = lines.length === 1 || spec.series.length === 2;
  // The first line matters most, so it is drawn last, on top of the others.
  for (let i = lines.length - 1; i >= 0; i--) {
    const one = lines[i] as SceneLine;
    const { columns, dashed } = one;
    const stands = isOut(one);
    const color = packed(stands ? colorOf(one, palette) : palette.line2);
    if (!dashed && stands) drawBand(pixels, picture, one, lines.length <= 3 ? BAND : BAND_OF_MANY);
    trace(columns, view, line, { stepped, since });
    if (i === 0 && hasArea && !dashed) {
      const level = view.low < 0 && view.high > 0 ? yOf(view, 0) : view.top + view.height;
      fillUnder(pixels, line, level, color, palette.areaAlpha);
    }
    if (dashed) dashesOf(line, under);
    strokeLine(pixels, dashed ? under : line, widthOf(one, view, pixels), color);
    if (stands) drawSigns(pixels, one, view, { since, palette, stepped: stepped ?? false });
  }
}

function drawStack(pixels: Pixels, picture: SeriesPicture): void {
  const { view, lines, spec, palette, since } = picture;
  const { stepped } = spec;
  for (let i = lines.length - 1; i >= 0; i--) {
    const one = lines[i] as SceneLine;
    const below = lines[i - 1];
    const color = packed(colorOf(one, palette));
    trace(one.columns, view, line, { stepped, since });
    if (below) trace(below.columns, view, under, { stepped, since });
    fillUnder(pixels, line, below ? under : view.top + view.height, color, palette.areaAlpha * LAYER);
    drawBand(pixels, picture, one, BAND_OF_LAYER);
    trace(one.columns, view, line, { stepped, since });
    strokeLine(pixels, line, widthOf(one, view, pixels), color);
    drawSigns(pixels, one, view, { since, palette, stepped: stepped ?? false });
  }
}

/** Draws the band from the lowest to the highest sample behind each value. */
function drawBand(
  pixels: Pixels,
  { view, spec: { stepped }, palette, since }: SeriesPicture,
  one: SceneLine,
  strength: number,
): void {
  const { columns } = one;
  const { min, max } = columns;
  if (!min || !max) return;
  trace(columns, view, line, { v: max, keep: 'highest', stepped, since });
  trace(columns, view, under, { v: min, keep: 'lowest', stepped, since });
  fillUnder(pixels, line, under, packed(colorOf(one, palette)), palette.areaAlpha * strength);
}

const colorOf = ({ slot }: SceneLine, palette: Palette): string => palette.series[slot] ?? palette.accent;

const widthOf = ({ columns }: SceneLine, view: Viewport, { scale }: Pixels): number =>
  LINE_WIDTH[scale >= FINE_FROM_DPR ? 'loose' : crowdingOf(columns, view)];
