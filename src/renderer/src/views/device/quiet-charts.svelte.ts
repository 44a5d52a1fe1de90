import type { ChartSpec } from '@shared/metrics/chart-spec';
import type { SampleSource } from '../../lib/hub/sample-source';
import type { ChartSection } from './chart-sections';

/** How often charts are examined, ms. */
const EVERY_MS = 2_000;
/** A chart is quiet only if it has been seen for so many samples. */
const LEAST_SAMPLES = 5;

/**
 * The charts that show nothing but zeros: dropped packets, errors, unused swap. Once one of them has shown another value,
 * it stays, so that a page does not change again and again.
 */
export class QuietCharts {
  ids = $state.raw<ReadonlySet<string>>(new Set());
  readonly #loud = new Set<string>();

  /** Examines the charts from time to time, until the returned function is called. */
  follow(source: SampleSource, sections: readonly ChartSection[]): () => void {
    const charts = sections.flatMap((section) => section.charts);
    const examine = (): void => {
      const quiet = new Set<string>();
      for (const chart of charts) {
        if (this.#loud.has(chart.id)) continue;
        const state = stateOf(chart, source);
        if (state === 'loud') this.#loud.add(chart.id);
        else if (state === 'quiet') quiet.add(chart.id);
      }
      if (quiet.size !== this.ids.size || [...quiet].some((id) => !this.ids.has(id))) this.ids = quiet;
    };
    const first = setTimeout(examine, EVERY_MS / 4);
    const timer = setInterval(examine, EVERY_MS);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }
}

function stateOf({ series }: ChartSpec, source: SampleSource): 'quiet' | 'loud' | 'unknown' {
  let samples = 0;
  for (const { id } of series) {
    const columns = source.buffer(id);
    if (!columns) continue;
    const { v, max = v, start, end } = columns;
    for (let i = start; i < end; i++) {
      if ((v[i] ?? 0) !== 0 || (max[i] ?? 0) !== 0) return 'loud';
    }
    samples = Math.max(samples, end - start);
  }
  return samples >= LEAST_SAMPLES ? 'quiet' : 'unknown';
}
