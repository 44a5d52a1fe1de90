import type { Unsubscribe } from '@shared/disposable';
import { createTimeLens, type TimeLens } from '../charts/interact/time-lens';
import type { TimeSpan, TimeView } from '../time/time-view';

/** The parts of a page's time that a lens uses. */
interface PageTime {
  readonly view: TimeView;
  show(span: TimeSpan): void;
  go(view: TimeView): void;
}

/** Creates the lens of a page with a time bar: a double click restores the range that was chosen there. */
export function createPageLens(now: () => number, time: PageTime): TimeLens {
  let home: TimeView | null = null;
  return createTimeLens({
    now,
    onsettle(span) {
      // Gestures give a custom range; any other one was chosen since the last gesture.
      if (home === null || time.view.range !== 'custom') home = time.view;
      time.show(span);
    },
    onreset() {
      // If another range was chosen since, the page stays there.
      if (home && time.view.range === 'custom') time.go(home);
      home = null;
    },
  });
}

/**
 * Passes the spans of gestures to `preview` while the page exists. A gesture still in progress then is cancelled, so
 * that it does not lead back to the page.
 */
export function followLens(lens: TimeLens, preview: (span: TimeSpan | null) => void): Unsubscribe {
  const stop = lens.on(() => preview(lens.span));
  return () => {
    stop();
    lens.cancel();
  };
}
