import type { ApiSeries } from './hub-process';
import { addSample, seriesName, type Samples } from './telegraf-process';

/** How many differences of each kind are listed. */
const NAMED = 5;

export interface Differences {
  /** Sent but not stored at their times. */
  missing: string[];
  /** Stored at a time or in a series that was never sent. */
  elsewhere: string[];
  /** Stored with a different value. */
  changed: string[];
}

export const NO_DIFFERENCES: Differences = { missing: [], elsewhere: [], changed: [] };

export function storedAs(series: readonly ApiSeries[]): Samples {
  const samples: Samples = new Map();
  for (const { metric, labels, t, v } of series) {
    t.forEach((time, i) => {
      const value = v[i];
      if (typeof value === 'number') addSample(samples, seriesName(metric, labels), time, value);
    });
  }
  return samples;
}

/** Returns the differences between sent and stored samples; the first few of each kind. */
export function compareSamples(sent: Samples, stored: Samples): Differences {
  const differences: Differences = { missing: [], elsewhere: [], changed: [] };
  for (const [series, samples] of sent) {
    for (const [time, value] of samples) {
      const kept = stored.get(series)?.get(time);
      if (kept === undefined) differences.missing.push(shown(series, time, value));
      else if (kept !== value) differences.changed.push(`${shown(series, time, value)} became ${kept}`);
    }
  }
  for (const [series, samples] of stored) {
    for (const [time, value] of samples) {
      if (sent.get(series)?.get(time) === undefined) differences.elsewhere.push(shown(series, time, value));
    }
  }
  const { missing, elsewhere, changed } = differences;
  return { missing: firstOf(missing), elsewhere: firstOf(elsewhere), changed: firstOf(changed) };
}

function shown(series: string, time: number, value: number): string {
  return `${series} ${new Date(time).toISOString()} ${value}`;
}

function firstOf(texts: string[]): string[] {
  const more = texts.length - NAMED;
  return more > 0 ? [...texts.slice(0, NAMED), `and ${more} more`] : texts;
}
