import type { ChartSpec } from '@shared/metrics/chart-spec';
import { describeMetric } from '@shared/metrics/catalogue';

/**
 * Returns a chart's heading for when it stands alone: includes the family's name unless the catalogue knows the metric.
 */
export function chartTitle({ title, group, series }: Pick<ChartSpec, 'title' | 'group' | 'series'>): string {
  const [first] = series;
  if (!first?.metric.includes('.') || describeMetric(first.metric)) return title;
  if (title.toLowerCase().startsWith(group.toLowerCase())) return title;
  // `CPU` stays unchanged, `Speed` becomes `speed`.
  const inside = /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
  return `${group} ${inside}`;
}
