import type { ChartSeries, ChartSpec } from '@shared/metrics/chart-spec';
import { createHover } from '../../../src/renderer/src/lib/charts/interact/hover';
import { LiveChart } from '../../../src/renderer/src/lib/charts/live/live-chart';
import { colorSlot, LOOKS } from '../../../src/renderer/src/lib/charts/looks/looks';
import type { Palette } from '../../../src/renderer/src/lib/charts/looks/palette';
import { Scene } from '../../../src/renderer/src/lib/charts/scene/scene';
import { HistoryColumns } from '../../../src/renderer/src/lib/hub/history-columns';
import type { SampleColumns } from '../../../src/renderer/src/lib/hub/sample-source';
import { SeriesBuffer } from '../../../src/renderer/src/lib/hub/series-buffer';
import type { DrawnSeries, Drawing, Picture } from '../chart-drawing';

/** Each series has its own colour channel; text and grid are as dark as the background. */
const CHANNELS = ['#ff0000', '#00ff00', '#0000ff'];
/** A pixel counts as visible, or as different, from this brightness or difference on, of 255. */
const CLEARLY = 48;
const WIDTH = 400;
const HEIGHT = 136;

const palette = (thresholds: boolean): Palette => ({
  panel: '#000000',
  line: '#000000',
  line2: '#000000',
  text: '#000000',
  text2: '#000000',
  text3: '#000000',
  accent: '#000000',
  warn: '#000000',
  bad: thresholds ? '#ffffff' : '#000000',
  series: ['', ...Array.from({ length: LOOKS }, (_, i) => CHANNELS[colorSlot(i + 1) - 1] ?? '#000000')],
  font: '11px sans-serif',
  areaAlpha: 0.12,
});

function columnsOf({ samples, rolled, raw }: DrawnSeries): SampleColumns {
  if (rolled) {
    const columns = new HistoryColumns(rolled.bucketMs);
    const [t, avg, min, max] = [0, 1, 2, 3].map((k) => rolled.columns.map((column) => column[k] ?? NaN));
    const series = { device: 'd', metric: 'm', labels: {}, unit: '', kind: 'gauge' as const };
    columns.put({ ...series, t: t ?? [], avg, min, max }, 0, Infinity, 0);
    return columns;
  }
  if (raw) {
    const t = Float64Array.from(raw, ([time]) => time);
    const v = Float64Array.from(raw, ([, value]) => value ?? NaN);
    const lowerBound = (time: number) => {
      const at = t.findIndex((one) => one >= time);
      return at < 0 ? t.length : at;
    };
    return {
      t,
      v,
      start: 0,
      end: t.length,
      version: 1,
      lowerBound,
      isGapBefore: () => false,
      intervalMs: () => 0,
    };
  }
  const buffer = new SeriesBuffer({ windowMs: 1e15, maxPoints: 1e6 });
  for (const [time, value] of samples ?? []) buffer.push(time, value);
  return buffer;
}

function specOf({ series, style = 'line', stepped, unit = '', min = null, max = null }: Drawing): ChartSpec {
  const lines = series.map(({ dashed = false }, id): ChartSeries => ({
    id,
    label: `series ${id}`,
    metric: `drawn.${id}`,
    labels: {},
    unit,
    kind: 'gauge',
    dashed,
  }));
  const spec = { id: 'drawn', title: 'Drawn', subtitle: null, group: 'Drawn', wide: false } as const;
  return { ...spec, unit, kind: 'gauge', style, stepped: stepped ?? false, min, max, series: lines };
}

class Drawn {
  readonly canvas = document.createElement('canvas');
  readonly chart: LiveChart;
  readonly scene: Scene;
  readonly columns: SampleColumns[];
  now: number;
  #paints = 0;

  constructor(drawing: Drawing, columns = drawing.series.map(columnsOf), now = drawing.to) {
    const plot = document.createElement('div');
    plot.style.cssText = `position:relative;width:${WIDTH}px;height:${HEIGHT}px`;
    const overlay = document.createElement('canvas');
    plot.append(this.canvas, overlay);
    overlay.style.display = 'none';
    document.body.append(plot);
    this.columns = columns;
    this.now = now;
    this.scene = new Scene(
      {
        buffer: (id) => this.columns[id] ?? null,
        newest: (id) => this.columns[id] ?? null,
        now: () => this.now,
        generation: 0,
        onFrame: () => () => {},
      },
      specOf(drawing),
    );
    this.scene.rangeMs = drawing.to - drawing.from;
    this.scene.slots = new Map(drawing.series.map(({ look }, i) => [i, look ?? i + 1]));
    this.scene.marks = drawing.marks ?? [];
    this.scene.thresholds = drawing.thresholds ?? [];
    this.chart = new LiveChart({
      canvas: this.canvas,
      overlay,
      scene: this.scene,
      palette: palette(this.scene.thresholds.length > 0),
      hover: createHover(),
    });
    this.paint();
  }

  /** Paints one frame later. */
  paint(): void {
    this.chart.touchData();
    this.chart.paint(++this.#paints * 16);
  }

  pixels(): ImageData {
    const ctx = this.canvas.getContext('2d');
    if (!ctx) throw new Error('no canvas');
    return ctx.getImageData(0, 0, this.canvas.width, this.canvas.height);
  }

  end(): void {
    this.chart.dispose();
    this.canvas.parentElement?.remove();
  }
}

function extents(
  { width, height, data }: ImageData,
  channel: number,
  least: number,
): ([number, number] | null)[] {
  return Array.from({ length: width }, (_, x) => {
    let found: [number, number] | null = null;
    for (let y = 0; y < height; y++) {
      if ((data[(y * width + x) * 4 + channel] ?? 0) < least) continue;
      found = found ? [found[0], y] : [y, y];
    }
    return found;
  });
}

/** Draws known data and returns the resulting picture. */
function draw(drawing: Drawing): Picture {
  const drawn = new Drawn(drawing);
  const pixels = drawn.pixels();
  const { view } = drawn.chart;
  const { width, height, data } = pixels;
  drawn.end();
  if (!view) throw new Error('nothing was painted');
  const thresholdRows: number[] = [];
  for (let y = 0; y < height; y++) {
    let white = 0;
    for (let x = 0; x < width; x++)
      if ([0, 1, 2].every((k) => (data[(y * width + x) * 4 + k] ?? 0) > 200)) white++;
    if (white > width * 0.4) thresholdRows.push(y);
  }
  return {
    view,
    width,
    height,
    lines: CHANNELS.map((_, k) => extents(pixels, k, 120)),
    areas: CHANNELS.map((_, k) => extents(pixels, k, 12)),
    thresholdRows,
  };
}

/**
 * Draws, then adds `steps` more samples of each series, one per frame, and compares the canvas with the same data drawn
 * at once. Returns the largest difference of any pixel, 0 to 255, and the share of lit pixels that clearly differ.
 */
function compareScrolled(
  drawing: Drawing,
  stepMs: number,
  steps: number,
): { worst: number; offShare: number } {
  const live = drawing.series.map(() => new SeriesBuffer({ windowMs: 1e15, maxPoints: 1e6 }));
  const rest = drawing.series.map(({ samples = [] }, k) => {
    const known = samples.filter(([time]) => time <= drawing.to);
    for (const [time, value] of known) live[k]?.push(time, value);
    return samples.slice(known.length);
  });
  const scrolled = new Drawn(drawing, live);
  // The axis settles first, so that it does not cause the differences.
  for (let step = 1; step <= steps; step++) {
    scrolled.now = drawing.to + step * stepMs;
    for (const [k, samples] of rest.entries()) {
      while (samples[0] && samples[0][0] <= scrolled.now) {
        const [time, value] = samples.shift() ?? [NaN, NaN];
        live[k]?.push(time, value);
      }
    }
    scrolled.paint();
  }
  const fresh = new Drawn(
    { ...drawing, from: drawing.from + scrolled.now - drawing.to, to: scrolled.now },
    live,
    scrolled.now,
  );
  fresh.scene.yRange.current = scrolled.scene.yRange.current;
  fresh.chart.touch();
  fresh.chart.paint(1e6);
  const [a, b] = [scrolled.pixels().data, fresh.pixels().data];
  let worst = 0;
  let lit = 0;
  let off = 0;
  for (let i = 0; i < a.length; i += 4) {
    let difference = 0;
    let brightest = 0;
    for (let k = 0; k < 3; k++) {
      const [x = 0, y = 0] = [a[i + k], b[i + k]];
      difference = Math.max(difference, Math.abs(x - y));
      brightest = Math.max(brightest, x, y);
    }
    worst = Math.max(worst, difference);
    if (brightest > CLEARLY) lit++;
    if (difference > CLEARLY) off++;
  }
  scrolled.end();
  fresh.end();
  return { worst, offShare: off / lit };
}

export interface ChartPage {
  draw: typeof draw;
  compareScrolled: typeof compareScrolled;
  /** Keeps one drawing on the page; `canvasWidth` returns its width in device pixels after the next frame. */
  keep: (drawing: Drawing) => { canvasWidth: () => number };
}

Object.assign(window, {
  chartPage: {
    draw,
    compareScrolled,
    keep(drawing) {
      const drawn = new Drawn(drawing);
      return { canvasWidth: () => drawn.canvas.width };
    },
  } satisfies ChartPage,
});
