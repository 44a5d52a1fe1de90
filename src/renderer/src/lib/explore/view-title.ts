import type { ExploreView } from '@shared/explore/explore-view';
import { devicesOf } from '@shared/explore/selection';
import { AGGREGATE_WORDS, fullName, type Line, type NameOf } from './lines';

const MOST_NAMED = 2;

function listed(words: readonly string[], plural: string): string {
  return words.length <= MOST_NAMED ? words.join(' and ') : `${words.length} ${plural}`;
}

/** Describes a view in a few words: `CPU of nas and desk`, `Network of 12 devices, sum`. */
export function viewTitle(view: ExploreView, lines: readonly Line[], nameOf: NameOf): string {
  const [first, second] = lines;
  if (!first) return 'Nothing selected';
  if (!second && first.device !== null) return fullName(first, nameOf);
  const metrics = [...new Set(lines.map(({ title }) => title))];
  const devices = devicesOf(view.groups);
  const how = view.aggregate === null ? '' : `, ${AGGREGATE_WORDS[view.aggregate].toLowerCase()}`;
  return `${listed(metrics, 'metrics')} of ${listed(devices.map(nameOf), 'devices')}${how}`;
}
