import type { History } from '../../lib/hub/history.svelte';
import type { Live } from '../../lib/hub/live.svelte';
import type { SampleSource } from '../../lib/hub/sample-source';

/** The state that determines the source of a page's charts. */
export interface PageMode {
  /** Drawn from history instead of from live samples. */
  isHistory: boolean;
  /** The right edge is the present. */
  following: boolean;
}

/**
 * Combines live samples and history into one source. The current picture stays until its replacement has loaded: live
 * samples stand in for missing history, at the same place in time.
 */
export function createPageSource(live: Live, history: History, mode: () => PageMode): SampleSource {
  const drawn = (id: number) => (mode().isHistory ? history.buffer(id) : null) ?? live.buffer(id);
  return {
    buffer: drawn,
    // The newest value comes from live samples, even where the chart shows long columns; a device that is away has none.
    newest(id) {
      const now = mode().following ? live.buffer(id) : null;
      return now && now.end > now.start ? now : drawn(id);
    },
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
