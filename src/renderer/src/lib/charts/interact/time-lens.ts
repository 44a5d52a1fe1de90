import type { Unsubscribe } from '@shared/disposable';
import { Emitter } from '@shared/emitter';
import type { TimeSpan } from '../../time/time-view';

/** The shortest and the longest time that a gesture leads to, ms. */
const SHORTEST_MS = 10_000;
const LONGEST_MS = 10 * 365 * 86_400_000;
/** Wheels have no end: this long after their last turn a gesture counts as over, ms. */
const SETTLE_MS = 220;
/** A page that shows what was chosen already does not change; then the gesture ends by itself after this, ms. */
const LET_GO_MS = 600;

export interface TimeLensOptions {
  /** The latest moment worth showing, ms since the epoch: the hub's clock. */
  now: () => number;
  /** A gesture has ended: from now on the page is to show this. */
  onsettle: (span: TimeSpan) => void;
  /** Back to what was shown before the first gesture. */
  onreset: () => void;
}

/**
 * The time that gestures on charts are about to choose, shared by all charts of a view. While one goes on, every
 * picture follows `span` frame by frame and the page itself stands still; when it ends, the page is told and its own
 * range takes over. Plain data: it changes with every move. Make one a view and pass it to each of its charts.
 */
export interface TimeLens {
  /** What a gesture shows now; null while none goes on. */
  readonly span: TimeSpan | null;
  /** Shows a stretch of time for as long as a gesture goes on; held within sensible bounds. */
  move(span: TimeSpan): void;
  /** The gesture is over: the page takes over what `span` is. */
  settle(): void;
  /** The same a moment after the last call: for gestures that do not say when they end. */
  settleSoon(): void;
  /** The page shows another time from now on: a gesture that is over lets go, one that goes on has moved further. */
  handOver(): void;
  /** Whatever was under way is over: the page shows what it shows. */
  cancel(): void;
  /** Back to what was shown before the first gesture. */
  reset(): void;
  on(listener: () => void): Unsubscribe;
}

/** Of the allowed length and not in the future; keeps its length where it only lies too late. */
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
    // Not before the page has taken over, or the old picture would flash up: charts say when theirs has changed.
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
