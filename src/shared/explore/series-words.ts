import { describeMetric } from '../metrics/catalogue';
import { titleOf, wordsOf } from '../metrics/words';
import type { Labels } from '../model';

/** Returns a metric's title: the device's own, else the catalogue's, else one made from the words of its name. */
export function metricTitle(metric: string, title: string | null = null): string {
  const known = title ?? describeMetric(metric)?.title;
  if (known !== undefined && known !== '') return known.slice(0, 80);
  const words = wordsOf(metric);
  return words.length === 0 ? metric.slice(0, 80) : titleOf(words.slice(-3)).slice(0, 80);
}

/** Joins label values in the order of their names, such as `eth0 · receive`; empty if there are none. */
export function labelWords(labels: Labels): string {
  return Object.keys(labels)
    .sort()
    .flatMap((name) => labels[name] || [])
    .join(' · ');
}
