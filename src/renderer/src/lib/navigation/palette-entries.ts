import Cable from '@lucide/svelte/icons/cable';
import ChartSpline from '@lucide/svelte/icons/chart-spline';
import Check from '@lucide/svelte/icons/check';
import Download from '@lucide/svelte/icons/download';
import HardDrive from '@lucide/svelte/icons/hard-drive';
import History from '@lucide/svelte/icons/history';
import Keyboard from '@lucide/svelte/icons/keyboard';
import LayoutDashboard from '@lucide/svelte/icons/layout-dashboard';
import LayoutGrid from '@lucide/svelte/icons/layout-grid';
import Moon from '@lucide/svelte/icons/moon';
import Pause from '@lucide/svelte/icons/pause';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import Plus from '@lucide/svelte/icons/plus';
import PanelLeft from '@lucide/svelte/icons/panel-left';
import Rows2 from '@lucide/svelte/icons/rows-2';
import Rows4 from '@lucide/svelte/icons/rows-4';
import Settings from '@lucide/svelte/icons/settings';
import ShieldCheck from '@lucide/svelte/icons/shield-check';
import Tag from '@lucide/svelte/icons/tag';
import Trash from '@lucide/svelte/icons/trash-2';
import Share2 from '@lucide/svelte/icons/share-2';
import Sun from '@lucide/svelte/icons/sun';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import Users from '@lucide/svelte/icons/users';
import X from '@lucide/svelte/icons/x';
import { EMPTY_VIEW, type ExploreView } from '@shared/explore/explore-view';
import { groupRefs } from '@shared/explore/selection';
import { groupCode } from '@shared/group-code';
import type { Theme } from '@shared/model';
import { showFault, type IconComponent } from '../components';
import type { DeviceActions } from '../device-actions/device-actions.svelte';
import type { Device } from '../hub/device.svelte';
import type { HubState } from '../hub/hub-state.svelte';
import { EMPTY_STATE } from '../explore/explore-link';
import { hasAsked } from '../trust/code-words';
import type { TrustActions } from '../trust/trust-actions.svelte';
import { theme } from '../theme/theme.svelte';
import { router } from '../routes/router.svelte';
import { density } from '../components/density.svelte';
import { railFold } from './rail-fold.svelte';
import { ui } from './ui.svelte';

/** One line of the command palette. */
export interface PaletteEntry {
  id: string;
  label: string;
  group: 'Waiting for approval' | 'Go to' | 'Boards' | 'Actions' | 'Devices' | 'Series';
  icon?: IconComponent;
  /** Shown with its state instead of an icon. */
  device?: Device;
  keys?: string;
  /** Additional words that find the entry. */
  also?: string;
  run: () => void;
}

/** The most pending devices listed, so that they do not hide the other entries. */
const MOST_DECISIONS = 10;

/** Lists all entries that the palette currently offers. */
export function listPaletteEntries(
  hub: HubState,
  actions: DeviceActions,
  trust: TrustActions,
): PaletteEntry[] {
  return [
    ...(hub.viewOnly ? [] : decisions(hub, trust)),
    ...pages(),
    ...boards(hub),
    ...deviceActions(hub, actions),
    ...generalActions(hub),
    ...devices(hub),
  ];
}

function decisions(hub: HubState, trust: TrustActions): PaletteEntry[] {
  return hub.devices.pending
    .filter(hasAsked)
    .slice(0, MOST_DECISIONS)
    .flatMap((device): PaletteEntry[] => [
      {
        id: `approve ${device.id}`,
        label: `Approve ${device.name}…${device.code === null ? '' : ` code ${groupCode(device.code)}`}`,
        group: 'Waiting for approval',
        icon: Check,
        run: () => (trust.question = { kind: 'approve', device }),
      },
      {
        id: `reject ${device.id}`,
        label: `Reject ${device.name}`,
        group: 'Waiting for approval',
        icon: X,
        run: () => void trust.reject(device),
      },
    ]);
}

function pages(): PaletteEntry[] {
  return [
    {
      id: 'fleet',
      label: 'Fleet',
      group: 'Go to',
      icon: LayoutGrid,
      keys: 'G F',
      also: 'devices home overview',
      run: () => router.go({ page: 'fleet' }),
    },
    {
      id: 'explore',
      label: 'Explore',
      group: 'Go to',
      icon: ChartSpline,
      keys: 'G E',
      also: 'charts compare series metrics query',
      run: () => router.go({ page: 'explore' }),
    },
    {
      id: 'boards',
      label: 'Boards',
      group: 'Go to',
      icon: LayoutDashboard,
      keys: 'G B',
      also: 'dashboards wall panels',
      run: () => router.go({ page: 'boards' }),
    },
    {
      id: 'connections',
      label: 'Connections',
      group: 'Go to',
      icon: Cable,
      keys: 'G C',
      also: 'sessions frames sockets',
      run: () => router.go({ page: 'connections', session: null }),
    },
    {
      id: 'settings',
      label: 'Settings',
      group: 'Go to',
      icon: Settings,
      keys: 'G S',
      also: 'preferences port theme interval',
      run: () => router.go({ page: 'settings' }),
    },
    {
      id: 'trust',
      label: 'Devices & trust',
      group: 'Go to',
      icon: ShieldCheck,
      also: 'settings admission approval join tokens keys blocked encryption tls fingerprint discovery',
      run: () => router.go({ page: 'settings', section: 'trust' }),
    },
    {
      id: 'access',
      label: 'Access',
      group: 'Go to',
      icon: Users,
      also: 'settings who may open this app sharing browsers link viewer admin sign out',
      run: () => router.go({ page: 'settings', section: 'access' }),
    },
    {
      id: 'storage',
      label: 'Storage',
      group: 'Go to',
      icon: HardDrive,
      also: 'settings disk history retention budget',
      run: () => router.go({ page: 'settings', section: 'storage' }),
    },
    {
      id: 'audit',
      label: 'Audit log',
      group: 'Go to',
      icon: History,
      also: 'settings who changed approved removed what when',
      run: () => router.go({ page: 'settings', section: 'audit' }),
    },
  ];
}

function boards(hub: HubState): PaletteEntry[] {
  return hub.boards.list.map(({ id, name }) => ({
    id: `board ${id}`,
    label: name,
    group: 'Boards',
    icon: LayoutDashboard,
    also: 'board dashboard wall',
    run: () => router.go({ page: 'board', id }),
  }));
}

/** Returns the actions for the device whose page is open. */
/** The verbs that may be typed before the name of a device. */
const VERBS = ['export', 'explore', 'rename', 'tag', 'remove'] as const;

/** What can be done with each device, once a verb was typed: `export nas`. */
export function namedActions(hub: HubState, actions: DeviceActions, typed: string): PaletteEntry[] {
  const first = typed.trim().toLowerCase().split(/\s+/)[0] ?? '';
  const verb =
    first.length < 3 ? undefined : VERBS.find((one) => one.startsWith(first) || first === `${one}s`);
  if (verb === undefined || (hub.viewOnly && verb !== 'export' && verb !== 'explore')) return [];
  return hub.devices.approved
    .filter((device) => verb !== 'remove' || !device.local)
    .map((device) => ({
      id: `${verb} ${device.id}`,
      label: `${verb.charAt(0).toUpperCase()}${verb.slice(1)} ${device.name}${verb === 'explore' ? '' : '…'}`,
      group: 'Actions',
      icon: { export: Download, explore: ChartSpline, rename: PencilLine, tag: Tag, remove: Trash }[verb],
      run: () => runVerb(verb, device, actions),
    }));
}

function runVerb(verb: (typeof VERBS)[number], device: Device, actions: DeviceActions): void {
  if (verb === 'export') actions.export(device);
  else if (verb === 'explore') {
    router.go({ page: 'explore', state: { ...EMPTY_STATE, view: headlineView(device) } });
  } else actions.ask(verb === 'tag' ? 'tags' : verb, device);
}

function deviceActions(hub: HubState, actions: DeviceActions): PaletteEntry[] {
  const { route } = router;
  const device = route.page === 'device' ? hub.devices.byId(route.id) : null;
  if (device?.approval !== 'approved') return [];
  return [
    {
      id: 'export',
      label: `Export ${device.name}`,
      group: 'Actions',
      icon: Download,
      also: 'data csv ndjson download save file samples',
      run: () => actions.export(device),
    },
    {
      id: 'explore device',
      label: `Explore ${device.name}`,
      group: 'Actions',
      icon: ChartSpline,
      also: 'charts compare series',
      run: () => router.go({ page: 'explore', state: { ...EMPTY_STATE, view: headlineView(device) } }),
    },
  ];
}

/** Returns a first view of a device: the series of its headline. */
function headlineView(device: Device): ExploreView {
  const refs = device.headline.map(({ metric, labels }) => ({ device: device.id, metric, labels }));
  return { ...EMPTY_VIEW, groups: groupRefs(refs) };
}

function foldEntry(): PaletteEntry {
  return {
    id: 'fold',
    label: railFold.folded ? 'Unfold the sidebar' : 'Fold the sidebar',
    group: 'Actions',
    icon: PanelLeft,
    keys: 'Mod B',
    also: 'rail menu navigation hide show collapse expand',
    run: () => railFold.toggle(),
  };
}

function generalActions(hub: HubState): PaletteEntry[] {
  const add: PaletteEntry = {
    id: 'add',
    label: 'Add device',
    group: 'Actions',
    icon: Plus,
    keys: 'A',
    also: 'connect agent new join token',
    run: () => ui.show('add-device'),
  };
  const share: PaletteEntry = {
    id: 'share',
    label: 'Share with a colleague…',
    group: 'Actions',
    icon: Share2,
    also: 'link viewer read-only access invite browser remote phone qr',
    run: () => ui.show('share'),
  };
  return [
    ...(hub.viewOnly ? [] : [add]),
    ...(hub.viewOnly ? [] : [share]),
    {
      id: 'pause',
      label: hub.paused ? 'Resume' : 'Pause',
      group: 'Actions',
      icon: Pause,
      keys: 'Space',
      also: 'freeze stop live',
      run: () => (hub.paused = !hub.paused),
    },
    themeEntry(hub, 'dark', 'Dark theme', Moon),
    themeEntry(hub, 'light', 'Light theme', Sun),
    themeEntry(hub, 'system', 'System theme', SunMoon),
    {
      id: 'density',
      label: density.value === 'compact' ? 'Comfortable density' : 'Compact density',
      group: 'Actions',
      icon: density.value === 'compact' ? Rows2 : Rows4,
      also: 'dense spacing larger smaller size appearance settings',
      run: () => density.toggle(),
    },
    ...(railFold.offered ? [foldEntry()] : []),
    {
      id: 'keys',
      label: 'Keyboard shortcuts',
      group: 'Actions',
      icon: Keyboard,
      keys: '?',
      also: 'keys help',
      run: () => ui.show('keys'),
    },
  ];
}

function themeEntry(hub: HubState, choice: Theme, label: string, icon: IconComponent): PaletteEntry {
  return {
    id: `theme ${choice}`,
    label,
    group: 'Actions',
    icon,
    also: 'appearance colours mode',
    run: () => void chooseTheme(hub, choice),
  };
}

/**
 * Applies a theme at once and saves it in the hub's settings; without the hub it applies to this browser only.
 */
export async function chooseTheme(hub: HubState, choice: Theme): Promise<void> {
  theme.apply(choice);
  // View-only users change the theme of their own screen only.
  if (hub.viewOnly) return;
  try {
    await hub.api.call('updateSettings', { theme: choice });
  } catch (error) {
    showFault('The theme could not be saved', error);
  }
}

function devices(hub: HubState): PaletteEntry[] {
  return hub.devices.approved.map((device) => ({
    id: `device ${device.id}`,
    label: device.name,
    group: 'Devices',
    device,
    run: () => router.go({ page: 'device', id: device.id }),
  }));
}
