import type { Disposable } from '@shared/disposable';
import type { TimeSpan } from '../../time/time-view';
import { timeAt, type Viewport } from '../raster/polyline';
import type { TimeLens } from './time-lens';

/** A shorter drag counts as a click, CSS pixels. */
const LEAST_DRAG = 5;
/** One notch of a wheel (100 pixels) zooms by about a third. */
const ZOOM_PER_PIXEL = 0.004;
const LINE_PIXELS = 16;

export interface GestureOptions {
  element: HTMLElement;
  lens: TimeLens;
  view: () => Viewport | null;
  /** Called with the span being selected; null when the selection ends. */
  onselect: (span: TimeSpan | null) => void;
}

type Drag =
  | { kind: 'select'; pointer: number; x: number; time: number; span: TimeSpan | null }
  | { kind: 'pan'; pointer: number; x: number; from: Viewport; moved: boolean }
  | { kind: 'pinch'; from: Viewport; times: readonly [number, number] };

/**
 * Zooming and panning by pointer: drag to zoom in, Shift and drag (or one finger) to pan, two fingers to do both,
 * Ctrl or ⌘ and the wheel (or a pinch on a trackpad) to zoom at the pointer, Shift and the wheel (or sideways on a
 * trackpad) to pan, double click to go back. The plain wheel scrolls the page, as everywhere.
 */
export class ChartGestures implements Disposable {
  readonly #options: GestureOptions;
  readonly #fingers = new Map<number, number>();
  readonly #listening = new AbortController();
  #drag: Drag | null = null;

  constructor(options: GestureOptions) {
    this.#options = options;
    const { element } = options;
    const { signal } = this.#listening;
    element.addEventListener('pointerdown', (event) => this.#onDown(event), { signal });
    element.addEventListener('pointermove', (event) => this.#onMove(event), { signal });
    element.addEventListener('pointerup', (event) => this.#onUp(event), { signal });
    element.addEventListener('pointercancel', () => this.cancel(), { signal });
    element.addEventListener('dblclick', () => options.lens.reset(), { signal });
    element.addEventListener('wheel', (event) => this.#onWheel(event), { signal, passive: false });
  }

  /** Whether a drag is in progress. */
  get busy(): boolean {
    return this.#drag !== null;
  }

  /** Cancels the current drag; returns false if there is none. */
  cancel(): boolean {
    const { lens, onselect } = this.#options;
    const drag = this.#drag;
    this.#drag = null;
    this.#fingers.clear();
    if (!drag) return false;
    if (drag.kind === 'select') onselect(null);
    else lens.cancel();
    return true;
  }

  dispose(): void {
    this.cancel();
    this.#listening.abort();
  }

  #xOf(event: MouseEvent): number {
    return event.clientX - this.#options.element.getBoundingClientRect().left;
  }

  #onDown(event: PointerEvent): void {
    const view = this.#options.view();
    if (!view || event.button !== 0 || event.ctrlKey) return;
    const x = this.#xOf(event);
    if (event.pointerType === 'touch') {
      this.#fingers.set(event.pointerId, x);
      const [first, second] = [...this.#fingers.values()];
      if (first !== undefined && second !== undefined)
        this.#drag = { kind: 'pinch', from: view, times: [timeAt(view, first), timeAt(view, second)] };
      else this.#drag = { kind: 'pan', pointer: event.pointerId, x, from: view, moved: false };
    } else if (event.shiftKey)
      this.#drag = { kind: 'pan', pointer: event.pointerId, x, from: view, moved: false };
    else this.#drag = { kind: 'select', pointer: event.pointerId, x, time: timeAt(view, x), span: null };
    this.#options.element.setPointerCapture(event.pointerId);
  }

  #onMove(event: PointerEvent): void {
    const drag = this.#drag;
    if (!drag) return;
    const x = this.#xOf(event);
    if (this.#fingers.has(event.pointerId)) this.#fingers.set(event.pointerId, x);
    if (drag.kind === 'pinch') this.#pinch(drag.times, drag.from);
    else if (event.pointerId !== drag.pointer) return;
    else if (drag.kind === 'pan') this.#pan(drag, x);
    else this.#select(drag, x);
  }

  #select(drag: Extract<Drag, { kind: 'select' }>, x: number): void {
    const view = this.#options.view();
    if (!view) return;
    const edge = timeAt(view, Math.min(view.left + view.width, Math.max(view.left, x)));
    const isDrag = drag.span !== null || Math.abs(x - drag.x) >= LEAST_DRAG;
    if (!isDrag) return;
    drag.span = { from: Math.min(drag.time, edge), to: Math.max(drag.time, edge) };
    this.#options.onselect(drag.span);
  }

  #pan(drag: Extract<Drag, { kind: 'pan' }>, x: number): void {
    drag.moved ||= Math.abs(x - drag.x) >= LEAST_DRAG;
    if (!drag.moved) return;
    const { from, to, width } = drag.from;
    const by = ((drag.x - x) / width) * (to - from);
    this.#options.lens.move({ from: from + by, to: to + by });
  }

  /** Keeps the times under both fingers where they are. */
  #pinch([t1, t2]: readonly [number, number], { left, width }: Viewport): void {
    const [x1 = 0, x2 = 0] = [...this.#fingers.values()];
    if (Math.abs(x1 - x2) < LEAST_DRAG || t1 === t2) return;
    const msPerPixel = (t2 - t1) / (x2 - x1);
    if (!(msPerPixel > 0)) return;
    const from = t1 - (x1 - left) * msPerPixel;
    this.#options.lens.move({ from, to: from + width * msPerPixel });
  }

  #onUp(event: PointerEvent): void {
    const { lens, onselect } = this.#options;
    const drag = this.#drag;
    this.#fingers.delete(event.pointerId);
    if (!drag || (drag.kind !== 'pinch' && drag.pointer !== event.pointerId)) return;
    this.#drag = null;
    if (drag.kind !== 'select') {
      this.#fingers.clear();
      lens.settle();
      return;
    }
    onselect(null);
    if (!drag.span) return;
    lens.move(drag.span);
    lens.settle();
  }

  #onWheel(event: WheelEvent): void {
    const view = this.#options.view();
    if (!view || this.#drag) return;
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : 1;
    const { lens } = this.#options;
    const { from, to } = lens.span ?? view;
    if (event.ctrlKey || event.metaKey) {
      const at = from + ((this.#xOf(event) - view.left) / view.width) * (to - from);
      const factor = Math.exp(event.deltaY * unit * ZOOM_PER_PIXEL);
      lens.move({ from: at - (at - from) * factor, to: at + (to - at) * factor });
    } else {
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const pixels = sideways ? event.deltaX : event.shiftKey ? event.deltaY : 0;
      if (pixels === 0) return;
      const by = ((pixels * unit) / view.width) * (to - from);
      lens.move({ from: from + by, to: to + by });
    }
    event.preventDefault();
    lens.settleSoon();
  }
}
