import type { TimeSpan } from '../time/time-view';

/** What the page in front shows, for what opens over it: an export begins with it. */
class ShownSpan {
  current = $state.raw<{ device: string; span: () => TimeSpan } | null>(null);
}

export const shownSpan = new ShownSpan();
