import type { SampleColumns } from '../../hub/sample-source';
import type { TimeSpan } from '../../time/time-view';

/** A stretch of time during which a series was beyond a bar. */
export interface Stretch extends TimeSpan {
  /** The value that was furthest beyond. */
  extreme: number;
}

export interface TimeBeyond {
  /** The longest first if there are too many to list, otherwise in order of time. */
  stretches: Stretch[];
  /** The number of stretches, also of those that are not listed. */
  count: number;
  totalMs: number;
  /** The time for which there are samples at all. */
  observedMs: number;
}

const MOST_STRETCHES = 100;

/**
 * Returns when a series was above or below `bar` within a span. A sample holds until the next one; nothing is said about
 * gaps. Summarised samples count by their mean.
 */
export function timeBeyond(
  columns: SampleColumns,
  span: TimeSpan,
  bar: number,
  side: 'above' | 'below',
): TimeBeyond {
  const { t, v } = columns;
  const end = columns.lowerBound(span.to);
  const usualMs = columns.intervalMs();
  const stretches: Stretch[] = [];
  let open: Stretch | null = null;
  let observedMs = 0;
  let totalMs = 0;
  const close = () => {
    if (open) stretches.push(open);
    open = null;
  };
  for (let i = columns.lowerBound(span.from); i < end; i++) {
    const value = v[i] as number;
    const from = t[i] as number;
    if (columns.isGapBefore(i)) close();
    if (Number.isNaN(value)) {
      close();
      continue;
    }
    const holds = i + 1 >= columns.end || columns.isGapBefore(i + 1);
    const to = Math.min(span.to, holds ? from + usualMs : (t[i + 1] as number));
    observedMs += to - from;
    if (side === 'above' ? value > bar : value < bar) {
      totalMs += to - from;
      if (open === null) open = { from, to, extreme: value };
      else {
        open.to = to;
        open.extreme = side === 'above' ? Math.max(open.extreme, value) : Math.min(open.extreme, value);
      }
    } else close();
  }
  close();
  const count = stretches.length;
  if (count > MOST_STRETCHES) {
    stretches.sort((a, b) => b.to - b.from - (a.to - a.from));
    stretches.splice(MOST_STRETCHES);
  }
  return { stretches, count, totalMs, observedMs };
}
