import Activity from '@lucide/svelte/icons/activity';
import ArrowUpRight from '@lucide/svelte/icons/arrow-up-right';
import Ban from '@lucide/svelte/icons/ban';
import Check from '@lucide/svelte/icons/check';
import Copy from '@lucide/svelte/icons/copy';
import Download from '@lucide/svelte/icons/download';
import Eraser from '@lucide/svelte/icons/eraser';
import KeyRound from '@lucide/svelte/icons/key-round';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import RotateCcwKey from '@lucide/svelte/icons/rotate-ccw-key';
import ShieldCheck from '@lucide/svelte/icons/shield-check';
import Tag from '@lucide/svelte/icons/tag';
import Timer from '@lucide/svelte/icons/timer';
import Trash from '@lucide/svelte/icons/trash-2';
import X from '@lucide/svelte/icons/x';
import { formatDuration } from '@shared/metrics/units';
import { copyText } from '../components/copy';
import type { MenuEntry } from '../components/menu';
import type { Device } from '../hub/device.svelte';
import type { HubState } from '../hub/hub-state.svelte';
import { router } from '../routes/router.svelte';
import type { TrustActions } from '../trust/trust-actions.svelte';
import { hasAsked } from '../trust/code-words';
import { isOwn } from '../trust/trust-facts';
import { OFFERED_INTERVALS } from './intervals';

/** The actions behind a device's menu. */
export interface DeviceMenuActions {
  ask(kind: 'rename' | 'tags' | 'remove' | 'delete-data', device: Device): void;
  export(device: Device): void;
  setInterval(device: Device, intervalMs: number | null): Promise<void>;
}

export interface DeviceMenuParts {
  hub: HubState;
  actions: DeviceMenuActions;
  trust: TrustActions;
  /** Adds an entry that opens the device's page. */
  open: boolean;
}

/** Returns the entries of a device's menu: first views, then changes, then irreversible actions. */
export function deviceMenu(device: Device, parts: DeviceMenuParts): MenuEntry[] {
  const groups = [lookEntries(device, parts)];
  if (!parts.hub.viewOnly) {
    groups.push(
      decisionEntries(device, parts),
      device.approval === 'approved' ? changeEntries(device, parts) : [],
      trustEntries(device, parts),
    );
  }
  groups.push(dataEntries(device, parts));
  if (!parts.hub.viewOnly && !device.local) groups.push(endEntries(device, parts));
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, i): MenuEntry[] => (i === 0 ? group : [{ type: 'separator' }, ...group]));
}

function lookEntries(device: Device, { open }: DeviceMenuParts): MenuEntry[] {
  const { session, address } = device;
  const entries: MenuEntry[] = [];
  if (open) {
    entries.push({
      type: 'item',
      label: 'Open',
      icon: ArrowUpRight,
      keys: 'Enter',
      onselect: () => router.go({ page: 'device', id: device.id }),
    });
  }
  if (session !== null) {
    entries.push({
      type: 'item',
      label: 'Show connection',
      icon: Activity,
      onselect: () => router.go({ page: 'connections', session }),
    });
  }
  if (address !== null) {
    entries.push({
      type: 'item',
      label: 'Copy address',
      icon: Copy,
      onselect: () => void copyText(address),
    });
  }
  return entries;
}

function decisionEntries(device: Device, { trust }: DeviceMenuParts): MenuEntry[] {
  const approve: MenuEntry = {
    type: 'item',
    label: 'Approve',
    icon: Check,
    disabled: !hasAsked(device),
    onselect: () => void trust.approve(device),
  };
  if (device.approval === 'rejected') return [approve];
  if (device.approval !== 'pending') return [];
  return [approve, { type: 'item', label: 'Reject', icon: X, onselect: () => void trust.reject(device) }];
}

function changeEntries(device: Device, { hub, actions }: DeviceMenuParts): MenuEntry[] {
  return [
    { type: 'item', label: 'Rename…', icon: PencilLine, onselect: () => actions.ask('rename', device) },
    { type: 'item', label: 'Tags…', icon: Tag, onselect: () => actions.ask('tags', device) },
    { type: 'submenu', label: 'Interval', icon: Timer, items: intervalEntries(device, hub, actions) },
  ];
}

function trustEntries(device: Device, { trust }: DeviceMenuParts): MenuEntry[] {
  // Parts of this program are always approved and need no key.
  if (device.approval !== 'approved' || isOwn(device)) return [];
  return [
    {
      type: 'item',
      label: device.keyIssuedAt === null ? 'Issue a key…' : 'Issue a new key…',
      icon: KeyRound,
      onselect: () => (trust.question = { kind: 'new-key', device }),
    },
    {
      type: 'item',
      label: device.keyIssuedAt === null ? 'Revoke approval…' : 'Revoke key…',
      icon: RotateCcwKey,
      onselect: () => (trust.question = { kind: 'revoke-key', device }),
    },
  ];
}

function dataEntries(device: Device, { hub, actions }: DeviceMenuParts): MenuEntry[] {
  if (device.approval !== 'approved') return [];
  const entries: MenuEntry[] = [
    { type: 'item', label: 'Export…', icon: Download, onselect: () => actions.export(device) },
  ];
  if (!hub.viewOnly) {
    entries.push({
      type: 'item',
      label: 'Delete data…',
      icon: Eraser,
      onselect: () => actions.ask('delete-data', device),
    });
  }
  return entries;
}

function endEntries(device: Device, { actions, trust }: DeviceMenuParts): MenuEntry[] {
  const block: MenuEntry =
    device.approval === 'blocked'
      ? { type: 'item', label: 'Unblock', icon: ShieldCheck, onselect: () => void trust.unblock(device) }
      : {
          type: 'item',
          label: 'Block…',
          icon: Ban,
          tone: 'danger',
          onselect: () => (trust.question = { kind: 'block', device }),
        };
  return [
    ...(isOwn(device) ? [] : [block]),
    {
      type: 'item',
      label: 'Remove…',
      icon: Trash,
      tone: 'danger',
      onselect: () => actions.ask('remove', device),
    },
  ];
}

function intervalEntries(device: Device, hub: HubState, actions: DeviceMenuActions): MenuEntry[] {
  const chosen = device.chosenIntervalMs;
  const common = hub.settings?.intervalMs;
  return [
    {
      type: 'item',
      label: common === undefined ? 'Default' : `Default (${formatDuration(common)})`,
      checked: chosen === null,
      onselect: () => void actions.setInterval(device, null),
    },
    { type: 'separator' },
    ...OFFERED_INTERVALS.map((value): MenuEntry => ({
      type: 'item',
      label: formatDuration(value),
      checked: chosen === value,
      onselect: () => void actions.setInterval(device, value),
    })),
  ];
}
