import ArrowUpRight from '@lucide/svelte/icons/arrow-up-right';
import LayoutDashboard from '@lucide/svelte/icons/layout-dashboard';
import { EMPTY_VIEW, type ExploreView } from '@shared/explore/explore-view';
import { groupRefs } from '@shared/explore/selection';
import type { ChartSpec } from '@shared/metrics/chart-spec';
import { boardActions } from './board-actions.svelte';
import { chartTitle } from '../charts/text/chart-title';
import type { MenuEntry } from '../components/menu';
import { router } from '../routes/router.svelte';
import type { TimeView } from '../time/time-view';
import { EMPTY_STATE } from '../explore/explore-link';

/** Makes a view of its own from a chart of a device's page. */
export function viewOfChart(
  device: string,
  spec: Pick<ChartSpec, 'series' | 'style' | 'stepped'>,
): ExploreView {
  const refs = spec.series.map(({ metric, labels }) => ({ device, metric, labels }));
  return { ...EMPTY_VIEW, groups: groupRefs(refs), style: spec.stepped ? 'step' : spec.style };
}

/** Returns the menu actions that take a chart of a device's page elsewhere. */
export function chartActions(
  device: { id: string; name: string },
  spec: ChartSpec,
  time: () => TimeView,
  viewOnly: boolean,
): MenuEntry[] {
  const view = viewOfChart(device.id, spec);
  const part = spec.subtitle !== null && spec.series.length > 1 ? ` ${spec.subtitle}` : '';
  const title = `${chartTitle(spec)}${part} · ${device.name}`.slice(0, 128);
  const explore: MenuEntry = {
    type: 'item',
    label: 'Open in Explore',
    icon: ArrowUpRight,
    onselect: () => router.go({ page: 'explore', state: { ...EMPTY_STATE, view, time: time() } }),
  };
  if (viewOnly) return [explore];
  return [
    explore,
    {
      type: 'item',
      label: 'Add to board…',
      icon: LayoutDashboard,
      onselect: () => boardActions.add({ view, title }),
    },
  ];
}
