import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { ChartSpec } from '@shared/metrics/chart-spec';
import { createHover } from '../../src/renderer/src/lib/charts/interact/hover';
import { LiveChart } from '../../src/renderer/src/lib/charts/live/live-chart';
import type { Palette } from '../../src/renderer/src/lib/charts/looks/palette';
import { Scene } from '../../src/renderer/src/lib/charts/scene/scene';
import { SERIES, STEP_MS, type ChartFeed } from './feed';

const WIDTH = 440;
const HEIGHT = 148;
const COLORS = ['#5aa9f0', '#f0a35a', '#6fd18b', '#c792ea'];
const TEXT = '#8b919c';
const LINE = '#262a31';
const FONT = '11px sans-serif';

/** One of twelve charts of one engine. */
export interface Contestant {
  /** Draws up to the newest sample, in the way that suits the engine best. */
  draw(nowMs: number): void;
  /** Draws only this many samples. The time scale is new, so everything has to be drawn again. */
  redraw(nowMs: number, points: number): void;
  /** Returns every canvas that the engine draws on. */
  canvases(): HTMLCanvasElement[];
  dispose(): void;
}

const PALETTE: Palette = {
  panel: '#15171c',
  line: LINE,
  line2: LINE,
  text: '#e6e8eb',
  text2: '#b6bbc4',
  text3: TEXT,
  accent: '#5aa9f0',
  warn: '#f0a35a',
  bad: '#ee6a5f',
  series: ['', ...COLORS, ...COLORS],
  font: FONT,
  areaAlpha: 0.12,
};

function specOf(): ChartSpec {
  const series = Array.from({ length: SERIES }, (_, s) => ({
    id: s,
    label: `series ${s}`,
    metric: `race.${s}`,
    labels: {},
    unit: '',
    kind: 'gauge' as const,
  }));
  const shown = { unit: '', kind: 'gauge', style: 'line', min: null, max: null, wide: false } as const;
  return { id: 'race', title: 'Race', subtitle: null, group: 'Race', ...shown, series };
}

/** Creates the app's chart as its views use it; only its loop is driven from here. */
export function createOurs(parent: HTMLElement, feed: ChartFeed, points: number): Contestant {
  const plot = document.createElement('div');
  plot.className = 'plot';
  const canvas = document.createElement('canvas');
  const overlay = document.createElement('canvas');
  plot.append(canvas, overlay);
  parent.append(plot);
  const scene = new Scene(
    {
      buffer: (id) => feed.buffers[id] ?? null,
      newest: (id) => feed.buffers[id] ?? null,
      now: () => feed.now,
      generation: 0,
      onFrame: () => () => {},
    },
    specOf(),
  );
  scene.rangeMs = points * STEP_MS;
  scene.slots = new Map([0, 1, 2, 3].map((s) => [s, s + 1]));
  const chart = new LiveChart({ canvas, overlay, scene, palette: PALETTE, hover: createHover() });
  return {
    draw(nowMs) {
      chart.touchData();
      chart.paint(nowMs);
    },
    redraw(nowMs, shown) {
      scene.rangeMs = shown * STEP_MS;
      chart.touch();
      chart.paint(nowMs);
    },
    canvases: () => [canvas, overlay],
    dispose() {
      chart.dispose();
      plot.remove();
    },
  };
}

/**
 * Creates a chart with uPlot at its fastest: typed arrays without copies, lines of one pixel, no points, no legend, no
 * cursor.
 */
export function createUplot(parent: HTMLElement, feed: ChartFeed, points: number): Contestant {
  const plot = document.createElement('div');
  plot.className = 'plot';
  parent.append(plot);
  const axis = { stroke: TEXT, font: FONT, ticks: { show: false } };
  const chart = new uPlot(
    {
      width: WIDTH,
      height: HEIGHT,
      ms: 1,
      legend: { show: false },
      cursor: { show: false },
      axes: [
        { ...axis, grid: { show: false } },
        { ...axis, grid: { stroke: LINE, width: 1 } },
      ],
      series: [{}, ...COLORS.map((stroke) => ({ stroke, width: 1, points: { show: false } }))],
    },
    feed.view(points) as unknown as uPlot.AlignedData,
    plot,
  );
  const show = (shown: number) =>
    chart.batch(() => chart.setData(feed.view(shown) as unknown as uPlot.AlignedData));
  return {
    draw: () => show(points),
    redraw: (_nowMs, shown) => show(shown),
    canvases: () => [chart.ctx.canvas],
    dispose() {
      chart.destroy();
      plot.remove();
    },
  };
}
