import type { Disposable } from '@shared/disposable';
import type { EventInfo } from '@shared/model';
import { drawTimes, markColor } from '../axes/draw-axes';
import type { Hover } from '../interact/hover';
import { paintWhileVisible, type Painter } from '../loop/paint-loop';
import type { Palette } from '../looks/palette';
import { xOf } from '../raster/polyline';
import type { TimeLens } from '../interact/time-lens';

/** Height of the strip, CSS pixels, and the positions of the mark line and of the time labels. */
export const EVENT_AXIS_HEIGHT = 40;
const RAIL_Y = 13;
const TIMES_Y = 33;
/** The largest distance between the pointer and a mark that it points at, CSS pixels. */
const REACH = 8;
/** Free space at both ends, CSS pixels, so that no mark is cut off. */
const INSET = 8;

export interface EventAxisPicture {
  /** Oldest first. */
  events: readonly EventInfo[];
  rangeMs: number;
  /** The time at the right edge. */
  to: () => number;
  /** Overrides the shown time during a gesture. */
  lens: TimeLens | null;
  /** The device was not known before this time, so it could not have been disconnected. */
  knownSince: number;
  /** The mark that something points at. */
  hot: number | null;
  palette: Palette;
}

type AxisView = { left: number; width: number; from: number; to: number };

/** Returns the drawing order of overlapping events: the user's notes on top, then the most severe. */
function rank({ kind, level }: EventInfo): number {
  if (kind === 'note') return 4;
  return level === 'error' ? 3 : level === 'warning' ? 2 : kind === 'text' ? 0 : 1;
}

/** A slim time axis with a mark for each event and a line for each period in which the device was disconnected. */
export class EventAxisChart implements Painter, Disposable {
  picture: EventAxisPicture;
  readonly #canvas: HTMLCanvasElement;
  readonly #ctx: CanvasRenderingContext2D | null;
  readonly #hover: Hover;
  readonly #stops: (() => void)[];
  #width = 0;
  #dpr = 1;
  #dirty = true;
  #shownTo = 0;

  constructor(canvas: HTMLCanvasElement, hover: Hover, picture: EventAxisPicture) {
    this.#canvas = canvas;
    this.#ctx = canvas.getContext('2d');
    this.#hover = hover;
    this.picture = picture;
    this.#stops = [paintWhileVisible(canvas, this), hover.on(() => this.touch())];
  }

  touch(): void {
    this.#dirty = true;
  }

  resize(width: number): void {
    this.#width = width;
    this.touch();
  }

  get view(): AxisView {
    const span = this.picture.lens?.span ?? null;
    const rangeMs = span ? span.to - span.from : this.picture.rangeMs;
    const width = Math.max(1, this.#width - 2 * INSET);
    const pixelMs = rangeMs / (width * this.#dpr);
    const to = Math.ceil((span?.to ?? this.picture.to()) / pixelMs) * pixelMs;
    return { left: INSET, width, from: to - rangeMs, to };
  }

  /** Returns the time at a position, ms since the epoch. */
  timeAt(x: number): number {
    const { left, from, to, width } = this.view;
    return from + Math.min(1, Math.max(0, (x - left) / width)) * (to - from);
  }

  xAt(time: number): number {
    return xOf(this.view, time);
  }

  /** Returns the event whose mark is closest to a position; the more important one if several are. */
  eventAt(x: number): EventInfo | null {
    const { view } = this;
    let best: EventInfo | null = null;
    let bestDistance = REACH;
    for (const event of this.picture.events) {
      const distance = Math.abs(xOf(view, event.at) - x) - rank(event) * 0.5;
      if (distance < bestDistance) {
        best = event;
        bestDistance = distance;
      }
    }
    return best;
  }

  isDue(): boolean {
    return this.#dirty || this.#dpr !== devicePixelRatio || this.view.to !== this.#shownTo;
  }

  paint(): void {
    const ctx = this.#ctx;
    if (!ctx || this.#width < 8) return;
    this.#dirty = false;
    this.#fitCanvas(ctx);
    const { view } = this;
    this.#shownTo = view.to;
    const { palette, hot } = this.picture;
    ctx.clearRect(0, 0, this.#width, EVENT_AXIS_HEIGHT);
    ctx.fillStyle = palette.line;
    ctx.fillRect(view.left, RAIL_Y - 0.5, view.width, 1);
    this.#drawAbsences(ctx, view);
    drawTimes(ctx, view, TIMES_Y, palette);
    this.#drawHover(ctx, view);
    const inView = this.picture.events.filter(({ at }) => at >= view.from && at <= view.to);
    for (const event of inView.sort((a, b) => rank(a) - rank(b) || a.at - b.at)) {
      drawMark(ctx, xOf(view, event.at), event, event.id === hot, palette);
    }
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
  }

  /** Draws a line from each disconnect to the next connect; a first connect ends an absence that began earlier. */
  #drawAbsences(ctx: CanvasRenderingContext2D, view: AxisView): void {
    ctx.fillStyle = this.picture.palette.warn;
    ctx.globalAlpha = 0.55;
    const first = this.picture.events.find(({ kind }) => kind === 'lost' || kind === 'connected');
    let lostAt = first?.kind === 'connected' ? Math.max(view.from, this.picture.knownSince) : null;
    const draw = (from: number, to: number) => {
      const left = Math.max(view.left, xOf(view, from));
      const right = Math.min(view.left + view.width, xOf(view, to));
      if (right > left) ctx.fillRect(left, RAIL_Y - 1.5, right - left, 3);
    };
    for (const { kind, at } of this.picture.events) {
      if (kind === 'lost') lostAt ??= at;
      else if (kind === 'connected' && lostAt !== null) {
        draw(lostAt, at);
        lostAt = null;
      }
    }
    if (lostAt !== null) draw(lostAt, view.to);
    ctx.globalAlpha = 1;
  }

  #drawHover(ctx: CanvasRenderingContext2D, view: AxisView): void {
    const { time } = this.#hover;
    if (time === null || time < view.from || time > view.to) return;
    const x = (Math.round(xOf(view, time) * this.#dpr) + 0.5) / this.#dpr;
    ctx.fillStyle = this.picture.palette.text3;
    ctx.fillRect(x - 0.5 / this.#dpr, 0, 1 / this.#dpr, EVENT_AXIS_HEIGHT);
  }

  #fitCanvas(ctx: CanvasRenderingContext2D): void {
    this.#dpr = devicePixelRatio;
    const width = Math.round(this.#width * this.#dpr);
    const height = Math.round(EVENT_AXIS_HEIGHT * this.#dpr);
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    ctx.setTransform(this.#dpr, 0, 0, this.#dpr, 0, 0);
  }
}

/** Draws a mark; shape as well as colour shows what kind of event it is. */
function drawMark(
  ctx: CanvasRenderingContext2D,
  x: number,
  event: EventInfo,
  isHot: boolean,
  palette: Palette,
): void {
  const { kind } = event;
  const color = markColor({ ...event, note: kind === 'note' }, palette);
  const size = isHot ? 6 : 4.5;
  ctx.fillStyle = kind === 'connected' ? palette.text2 : color;
  ctx.strokeStyle = palette.panel;
  ctx.lineWidth = 2;
  ctx.lineJoin = 'round';
  ctx.beginPath();
  if (kind === 'note') {
    ctx.moveTo(x, RAIL_Y - size - 1);
    ctx.lineTo(x + size + 1, RAIL_Y);
    ctx.lineTo(x, RAIL_Y + size + 1);
    ctx.lineTo(x - size - 1, RAIL_Y);
  } else if (kind === 'connected' || kind === 'lost') {
    const up = kind === 'connected' ? -1 : 1;
    ctx.moveTo(x, RAIL_Y + up * size);
    ctx.lineTo(x + size, RAIL_Y - up * size * 0.8);
    ctx.lineTo(x - size, RAIL_Y - up * size * 0.8);
  } else ctx.roundRect(x - size * 0.4, RAIL_Y - size, size * 0.8, size * 2, 1.5);
  ctx.closePath();
  ctx.stroke();
  ctx.fill();
}
