import ArrowUpRight from '@lucide/svelte/icons/arrow-up-right';
import ChartSpline from '@lucide/svelte/icons/chart-spline';
import Copy from '@lucide/svelte/icons/copy';
import LayoutDashboard from '@lucide/svelte/icons/layout-dashboard';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import Plus from '@lucide/svelte/icons/plus';
import Trash from '@lucide/svelte/icons/trash-2';
import { MAX_PANELS, type BoardPanel } from '@shared/boards/board';
import { AGGREGATES, COMPARISONS, LAYOUTS, type ExploreView } from '@shared/explore/explore-view';
import { boardActions } from '../../lib/boards/board-actions.svelte';
import { newId } from '../../lib/boards/board-drafts';
import type { OpenBoard } from '../../lib/boards/open-board.svelte';
import { showToast, type IconComponent } from '../../lib/components';
import type { MenuEntry } from '../../lib/components/menu';
import { EMPTY_STATE } from '../../lib/explore/explore-link';
import { AGGREGATE_WORDS } from '../../lib/explore/lines';
import { router } from '../../lib/routes/router.svelte';
import type { TimeView } from '../../lib/time/time-view';

const LAYOUT_WORDS = {
  together: 'Together',
  device: 'By device',
  metric: 'By metric',
  series: 'One per line',
} as const;
const COMPARE_WORDS = {
  before: 'Previous period',
  day: 'One day earlier',
  week: 'One week earlier',
} as const;

export interface PanelMenuOptions {
  viewOnly: boolean;
  /** The panel's current title. */
  title: () => string;
  /** The time that the board currently shows. */
  time: () => TimeView;
  onpick: () => void;
  onrename: () => void;
}

/** Returns the actions for a panel of an open board; view-only users get only those that change nothing. */
export function panelMenu(
  open: OpenBoard,
  panel: BoardPanel,
  { viewOnly, title, time, onpick, onrename }: PanelMenuOptions,
): MenuEntry[] {
  const item = (label: string, icon: IconComponent, onselect: () => void): MenuEntry => ({
    type: 'item',
    label,
    icon,
    onselect,
  });
  const explore = item('Open in Explore', ArrowUpRight, () =>
    router.go({ page: 'explore', state: { ...EMPTY_STATE, view: panel.view, time: time() } }),
  );
  if (viewOnly) return [explore];
  const isFull = panelsOf(open).length >= MAX_PANELS;
  return [
    explore,
    item('Choose series', Plus, onpick),
    viewMenu(panel.view, (patch) => open.changePanel(panel.id, { view: { ...panel.view, ...patch } })),
    item('Rename', PencilLine, onrename),
    ...(isFull ? [] : [item('Duplicate', Copy, () => duplicate(open, panel))]),
    item('Add to another board…', LayoutDashboard, () =>
      boardActions.add({ view: panel.view, title: title() }),
    ),
    { type: 'separator' },
    {
      type: 'item',
      label: 'Remove',
      icon: Trash,
      tone: 'danger',
      onselect: () => remove(open, panel, title()),
    },
  ];
}

function panelsOf({ board }: OpenBoard): readonly BoardPanel[] {
  return board?.panels ?? [];
}

function duplicate(open: OpenBoard, panel: BoardPanel): void {
  const panels = panelsOf(open);
  const at = panels.findIndex(({ id }) => id === panel.id);
  open.change({ panels: panels.toSpliced(at + 1, 0, { ...panel, id: newId() }) });
}

function remove(open: OpenBoard, panel: BoardPanel, title: string): void {
  const panels = panelsOf(open);
  const at = panels.findIndex(({ id }) => id === panel.id);
  open.change({ panels: panels.filter(({ id }) => id !== panel.id) });
  showToast({
    title: `“${title}” was removed`,
    actions: [
      {
        label: 'Undo',
        onselect: () => open.change({ panels: panelsOf(open).toSpliced(at, 0, panel) }),
      },
    ],
  });
}

/** Changes how a panel displays its series, without leaving the board. */
function viewMenu(view: ExploreView, onchange: (patch: Partial<ExploreView>) => void): MenuEntry {
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
