import { getContext, setContext } from 'svelte';
import Activity from '@lucide/svelte/icons/activity';
import ArrowUpRight from '@lucide/svelte/icons/arrow-up-right';
import Copy from '@lucide/svelte/icons/copy';
import Download from '@lucide/svelte/icons/download';
import Eraser from '@lucide/svelte/icons/eraser';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import Tag from '@lucide/svelte/icons/tag';
import Timer from '@lucide/svelte/icons/timer';
import Trash from '@lucide/svelte/icons/trash-2';
import { formatDuration } from '@shared/metrics/units';
import type { Device } from '../hub/device.svelte';
import type { HubState } from '../hub/hub-state.svelte';
import { copyText } from '../components/copy';
import type { MenuEntry } from '../components/menu';
import { showFault, showToast } from '../components/toast';
import { router } from '../navigation/router.svelte';
import { OFFERED_INTERVALS } from './intervals';

/** Which dialog about which device is open. */
export type DeviceDialog = { kind: 'rename' | 'tags' | 'remove' | 'delete-data' | 'export'; device: Device };

const KEY = Symbol('device actions');

/** What a person can do with a device, the same wherever the device is shown. */
export class DeviceActions {
  dialog = $state.raw<DeviceDialog | null>(null);
  /** Rises when a device's data was deleted: what shows it has to look again. */
  deletions = $state(0);
  readonly #hub: HubState;

  constructor(hub: HubState) {
    this.#hub = hub;
  }

  async approve(device: Device): Promise<void> {
    await this.#try(`${device.name} could not be approved`, () =>
      this.#hub.api.call('approveDevice', { device: device.id }),
    );
  }

  async reject(device: Device): Promise<void> {
    const done = await this.#try(`${device.name} could not be rejected`, () =>
      this.#hub.api.call('rejectDevice', { device: device.id }),
    );
    if (!done) return;
    showToast({
      title: `${device.name} was rejected`,
      text: 'It may not send anything. To find it again, filter for state:rejected.',
      actions: [{ label: 'Approve instead', onselect: () => void this.approve(device) }],
    });
  }

  async rename(device: Device, name: string): Promise<void> {
    const before = device.name === device.ownName ? '' : device.name;
    if (name.trim() === before) return;
    const done = await this.#try('The name could not be changed', () =>
      this.#hub.api.call('renameDevice', { device: device.id, name: name.trim() }),
    );
    if (!done) return;
    showToast({
      title: name.trim() === '' ? `Its own name again: ${device.ownName}` : `Renamed to ${name.trim()}`,
      actions: [{ label: 'Undo', onselect: () => void this.rename(device, before) }],
    });
  }

  async setTags(device: Device, tags: string[]): Promise<void> {
    await this.#try('The tags could not be changed', () =>
      this.#hub.api.call('setDeviceTags', { device: device.id, tags }),
    );
  }

  async setInterval(device: Device, intervalMs: number | null): Promise<void> {
    await this.#try('The interval could not be changed', () =>
      this.#hub.api.call('setDeviceInterval', { device: device.id, intervalMs }),
    );
  }

  async remove(device: Device): Promise<void> {
    const { name } = device;
    const done = await this.#try(`${name} could not be removed`, () =>
      this.#hub.api.call('removeDevice', { device: device.id }),
    );
    if (done) showToast({ title: `${name} was removed` });
  }

  async deleteData(device: Device): Promise<void> {
    const done = await this.#try(`The data of ${device.name} could not be deleted`, () =>
      this.#hub.api.call('deleteDeviceData', { device: device.id }),
    );
    if (!done) return;
    this.deletions++;
    showToast({ title: `The data of ${device.name} was deleted` });
  }

  /** Opens the dialog that writes a device's samples to a file. */
  export(device: Device): void {
    this.#open('export', device);
  }

  /** The entries of a device's menu. `open` adds one that leads to its page. */
  menuFor(device: Device, options: { open?: boolean } = {}): MenuEntry[] {
    const entries: MenuEntry[] = [];
    if (options.open) {
      entries.push({
        type: 'item',
        label: 'Open',
        icon: ArrowUpRight,
        keys: 'Enter',
        onselect: () => router.go({ page: 'device', id: device.id }),
      });
    }
    const { session, address } = device;
    if (session !== null) {
      entries.push({
        type: 'item',
        label: 'Show the connection',
        icon: Activity,
        onselect: () => router.go({ page: 'connections', session }),
      });
    }
    if (address !== null) {
      entries.push({
        type: 'item',
        label: 'Copy the address',
        icon: Copy,
        onselect: () => void copyText(address),
      });
    }
    if (entries.length > 0) entries.push({ type: 'separator' });
    entries.push(
      { type: 'item', label: 'Rename…', icon: PencilLine, onselect: () => this.#open('rename', device) },
      { type: 'item', label: 'Tags…', icon: Tag, onselect: () => this.#open('tags', device) },
      { type: 'submenu', label: 'Interval', icon: Timer, items: this.#intervalEntries(device) },
    );
    if (device.approval === 'rejected') {
      entries.push({ type: 'item', label: 'Approve', onselect: () => void this.approve(device) });
    }
    if (device.approval === 'approved') {
      entries.push(
        { type: 'separator' },
        { type: 'item', label: 'Export…', icon: Download, onselect: () => this.export(device) },
        {
          type: 'item',
          label: 'Delete its data…',
          icon: Eraser,
          onselect: () => this.#open('delete-data', device),
        },
      );
    }
    if (!device.local) {
      entries.push(
        { type: 'separator' },
        {
          type: 'item',
          label: 'Remove…',
          icon: Trash,
          tone: 'danger',
          onselect: () => this.#open('remove', device),
        },
      );
    }
    return entries;
  }

  #intervalEntries(device: Device): MenuEntry[] {
    const chosen = device.chosenIntervalMs;
    const common = this.#hub.settings?.intervalMs;
    return [
      {
        type: 'item',
        label: common === undefined ? 'As in Settings' : `As in Settings (${formatDuration(common)})`,
        checked: chosen === null,
        onselect: () => void this.setInterval(device, null),
      },
      { type: 'separator' },
      ...OFFERED_INTERVALS.map((value): MenuEntry => ({
        type: 'item',
        label: formatDuration(value),
        checked: chosen === value,
        onselect: () => void this.setInterval(device, value),
      })),
    ];
  }

  #open(kind: DeviceDialog['kind'], device: Device): void {
    this.dialog = { kind, device };
  }

  async #try(title: string, action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      showFault(title, error);
      return false;
    }
  }
}

export function setDeviceActions(actions: DeviceActions): void {
  setContext(KEY, actions);
}

/** The actions of this app. Throws outside of a component below {@link setDeviceActions}. */
export function useDeviceActions(): DeviceActions {
  const actions = getContext<DeviceActions | undefined>(KEY);
  if (!actions) throw new Error('useDeviceActions() was called outside of the app.');
  return actions;
}
