import type { TimeSpan } from '../time/time-view';

/** The span that the current page shows, used as the initial range of an export. */
class ShownSpan {
  current = $state.raw<{ device: string; span: () => TimeSpan } | null>(null);
}

export const shownSpan = new ShownSpan();
