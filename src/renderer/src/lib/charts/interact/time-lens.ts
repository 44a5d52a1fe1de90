import type { Unsubscribe } from '@shared/disposable';
import { Emitter } from '@shared/emitter';
import type { TimeSpan } from '../../time/time-view';

/** The shortest and longest span that a gesture can reach, ms. */
const SHORTEST_MS = 10_000;
const LONGEST_MS = 10 * 365 * 86_400_000;
/** A wheel does not report its end: a gesture is over this long after the last turn, ms. */
const SETTLE_MS = 220;
/** If the page already shows the chosen span, it does not change; the gesture then ends after this, ms. */
const LET_GO_MS = 600;

export interface TimeLensOptions {
  /** The latest time worth showing, ms since the epoch, by the hub's clock. */
  now: () => number;
  /** Called when a gesture ends: the page must show this span from now on. */
  onsettle: (span: TimeSpan) => void;
  /** Called to return to the span before the first gesture. */
  onreset: () => void;
}

/**
 * The span that gestures on charts are choosing, shared by all charts of a view. During a gesture every picture follows
 * `span` frame by frame and the page stays as it is; at the end the page takes over the span. Not reactive, because it
 * changes with every move. Create one per view and pass it to each chart.
 */
export interface TimeLens {
  /** The span of the current gesture; null if there is none. */
  readonly span: TimeSpan | null;
  /** Shows a span for the duration of a gesture, clamped to sensible bounds. */
  move(span: TimeSpan): void;
  /** Ends the gesture: the page takes over `span`. */
  settle(): void;
  /** Calls `settle` a moment after the last call, for gestures that do not report their end. */
  settleSoon(): void;
  /** Tells that the page now shows another time: a finished gesture ends; a new one goes on. */
  handOver(): void;
  /** Cancels the current gesture; the page keeps its span. */
  cancel(): void;
  /** Returns to the span before the first gesture. */
  reset(): void;
  on(listener: () => void): Unsubscribe;
}

/** Limits the length and keeps the span out of the future; a span that only ends too late keeps its length. */
export function clampSpan({ from, to }: TimeSpan, now: number): TimeSpan {
  const wanted = to - from;
  const length = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, wanted));
  const middle = (from + to) / 2;
  const end = Math.min(now, length === wanted ? to : middle + length / 2);
  return { from: end - length, to: end };
}

export function createTimeLens({ now, onsettle, onreset }: TimeLensOptions): TimeLens {
  const changes = new Emitter<void>();
  let span: TimeSpan | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;

  function clear(): void {
    clearTimeout(timer);
    if (span === null) return;
    span = null;
    changes.emit();
  }

  function settle(): void {
    clearTimeout(timer);
    const chosen = span;
    if (chosen === null) return;
    isOver = true;
    onsettle({ from: Math.round(chosen.from), to: Math.round(chosen.to) });
    // Wait until the page has taken over, or the old picture would flash up; charts report when theirs has changed.
    timer = setTimeout(clear, LET_GO_MS);
  }

  return {
    get span() {
      return span;
    },
    move(next) {
      clearTimeout(timer);
      isOver = false;
      span = clampSpan(next, now());
      changes.emit();
    },
    settle,
    settleSoon() {
      clearTimeout(timer);
      timer = setTimeout(settle, SETTLE_MS);
    },
    handOver() {
      if (isOver) clear();
    },
    cancel: clear,
    reset() {
      clear();
      onreset();
    },
    on: (listener) => changes.on(listener),
  };
}
