import { refKey } from '@shared/explore/selection';
import { labelWords, metricTitle } from '@shared/explore/series-words';
import { isUnitGuessed, unitOf } from '@shared/metrics/chart-spec';
import { styleOf } from '@shared/metrics/unit-styles';
import type { SeriesInfo, SeriesSearch } from '@shared/model';
import type { Suggestion } from '../../lib/explore/suggestions';
import { groupKey, type GroupBy } from '../../lib/explore/series-search.svelte';

/** One line of the picker. */
export type PickerRow =
  | { kind: 'suggestion'; key: string; suggestion: Suggestion }
  | {
      kind: 'group';
      key: string;
      group: string;
      title: string;
      detail: string;
      count: number;
      series: SeriesInfo[];
    }
  | {
      kind: 'series';
      key: string;
      ref: SeriesInfo;
      title: string;
      detail: string;
      unit: string;
      unitGuessed: boolean;
    };

/**
 * Lists the rows: suggestions, which are passed only while nothing is typed; then groups, each followed by its first
 * series.
 */
export function pickerRows(
  suggestions: readonly Suggestion[],
  found: SeriesSearch | null,
  by: GroupBy,
  nameOf: (device: string) => string,
): PickerRow[] {
  const rows: PickerRow[] = suggestions.map((suggestion) => ({
    kind: 'suggestion',
    key: `suggestion ${suggestion.title}`,
    suggestion,
  }));
  for (const { count, series } of found?.groups ?? []) {
    const [first] = series;
    if (!first) continue;
    const group = groupKey(series, by);
    const title = by === 'device' ? nameOf(first.device) : metricTitle(first.metric, first.title);
    const detail =
      by === 'device' ? '' : [labelWords(first.labels), first.metric].filter(Boolean).join(' · ');
    rows.push({ kind: 'group', key: `group ${group}`, group, title, detail, count, series });
    for (const ref of series) {
      const what = [metricTitle(ref.metric, ref.title), labelWords(ref.labels)].filter(Boolean).join(' · ');
      rows.push({
        kind: 'series',
        key: `series ${refKey(ref)}`,
        ref,
        title: by === 'device' ? what : nameOf(ref.device),
        detail: by === 'device' ? ref.metric : '',
        unit: unitWords(ref),
        unitGuessed: isUnitGuessed(ref),
      });
    }
  }
  return rows;
}

function unitWords(series: SeriesInfo): string {
  const style = styleOf(unitOf(series), series.kind);
  return (style.steps.find(({ divisor }) => divisor === 1) ?? style.steps[0])?.suffix ?? '';
}
