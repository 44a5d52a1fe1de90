import type { History } from '../../lib/hub/history.svelte';
import type { Live } from '../../lib/hub/live.svelte';
import type { SampleSource } from '../../lib/hub/sample-source';

/** What decides where a page's charts read from. */
export interface PageMode {
  /** Drawn from history instead of from live samples. */
  isHistory: boolean;
  /** The right edge is the present. */
  following: boolean;
}

/**
 * Live samples and history as one. What is on screen stays until what is to replace it has come: history that is not
 * there yet is stood in for by live samples, at the same place in time.
 */
export function createPageSource(live: Live, history: History, mode: () => PageMode): SampleSource {
  const drawn = (id: number) => (mode().isHistory ? history.buffer(id) : null) ?? live.buffer(id);
  return {
    buffer: drawn,
    // The present is read from what comes in, even where the picture is made of long columns.
    newest: (id) => (mode().following ? live.buffer(id) : null) ?? drawn(id),
    now: () => live.now(),
    get generation() {
      return history.generation * 2 + (mode().isHistory ? 1 : 0);
    },
    onFrame(listener) {
      const stops = [live.onFrame(listener), history.onFrame(listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
