import ChartSpline from '@lucide/svelte/icons/chart-spline';
import { AGGREGATES, COMPARISONS, LAYOUTS, type ExploreView } from '@shared/explore/explore-view';
import type { MenuEntry } from '../../lib/components/menu';
import { AGGREGATE_WORDS } from '../../lib/explore/lines';

const LAYOUT_WORDS = {
  together: 'Together',
  device: 'By device',
  metric: 'By metric',
  series: 'One each',
} as const;
const COMPARE_WORDS = {
  before: 'The time before',
  day: 'A day before',
  week: 'A week before',
} as const;

/** How a panel shows what it shows, to change it where it stands. */
export function viewMenu(view: ExploreView, onchange: (patch: Partial<ExploreView>) => void): MenuEntry {
  const choice = (label: string, checked: boolean, patch: Partial<ExploreView>): MenuEntry => ({
    type: 'item',
    label,
    checked,
    onselect: () => onchange(patch),
  });
  return {
    type: 'submenu',
    label: 'Show as',
    icon: ChartSpline,
    items: [
      { type: 'heading', label: 'Charts' },
      ...LAYOUTS.map((layout) => choice(LAYOUT_WORDS[layout], view.layout === layout, { layout })),
      { type: 'heading', label: 'Style' },
      choice('Lines', view.style === 'line', { style: 'line' }),
      choice('Steps', view.style === 'step', { style: 'step' }),
      choice('Stacked', view.style === 'stack', { style: 'stack', compare: null }),
      { type: 'heading', label: 'Across devices' },
      choice('Every device', view.aggregate === null, { aggregate: null }),
      ...AGGREGATES.map((aggregate) =>
        choice(AGGREGATE_WORDS[aggregate], view.aggregate === aggregate, { aggregate }),
      ),
      { type: 'heading', label: 'Compared with' },
      choice('Nothing', view.compare === null, { compare: null }),
      ...COMPARISONS.map((compare) =>
        choice(COMPARE_WORDS[compare], view.compare === compare, {
          compare,
          ...(view.style === 'stack' && { style: 'line' as const }),
        }),
      ),
    ],
  };
}
