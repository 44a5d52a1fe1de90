import { getContext, setContext } from 'svelte';
import { unitText } from '@shared/metrics/unit-styles';
import type { SeriesInfo } from '@shared/model';
import type { Device } from '../hub/device.svelte';
import type { HubState } from '../hub/hub-state.svelte';
import type { MenuEntry } from '../components/menu';
import { showFault, showToast } from '../components/toast';
import type { TrustActions } from '../trust/trust-actions.svelte';
import { deviceMenu, type DeviceMenuActions } from './device-menu';

/** The open dialog and the device it is about. */
export type DeviceDialog = { kind: 'rename' | 'tags' | 'remove' | 'delete-data' | 'export'; device: Device };

const KEY = Symbol('device actions');

/** The actions on a device, the same everywhere in the app. */
export class DeviceActions implements DeviceMenuActions {
  dialog = $state.raw<DeviceDialog | null>(null);
  /** Increases when a device's data was deleted, so that views reload. */
  deletions = $state(0);
  readonly #hub: HubState;
  readonly #trust: TrustActions;

  constructor(hub: HubState, trust: TrustActions) {
    this.#hub = hub;
    this.#trust = trust;
  }

  async rename(device: Device, name: string): Promise<void> {
    const before = device.name === device.ownName ? '' : device.name;
    if (name.trim() === before) return;
    const done = await this.#try('The name could not be changed', () =>
      this.#hub.api.call('renameDevice', { device: device.id, name: name.trim() }),
    );
    if (!done) return;
    showToast({
      title: name.trim() === '' ? `Now using its own name: ${device.ownName}` : `Renamed to ${name.trim()}`,
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

  /** Chooses the unit of series for good; null goes back to their own. */
  async setUnit(device: Device, series: readonly SeriesInfo[], unit: string | null): Promise<void> {
    const after = await this.#chooseUnit(device, series, unit);
    if (!after) return;
    const shown = unitText(after[0]?.unit ?? '') || 'none';
    const undo = async (): Promise<void> => {
      for (const before of new Set(series.map(chosenUnit))) {
        const part = series.filter((one) => chosenUnit(one) === before);
        if (!(await this.#chooseUnit(device, part, before))) return;
      }
    };
    showToast({
      title: unit === null ? `The unit is automatic again: ${shown}` : `The unit is now ${shown}`,
      actions: [{ label: 'Undo', onselect: () => void undo() }],
    });
  }

  async #chooseUnit(
    device: Device,
    series: readonly SeriesInfo[],
    unit: string | null,
  ): Promise<SeriesInfo[] | null> {
    const refs = series.map(({ metric, labels }) => ({ metric, labels: { ...labels } }));
    try {
      return await this.#hub.api.call('setSeriesUnit', { device: device.id, series: refs, unit });
    } catch (error) {
      showFault('The unit could not be changed', error);
      return null;
    }
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
    this.ask('export', device);
  }

  /** Opens a dialog about a device. */
  ask(kind: DeviceDialog['kind'], device: Device): void {
    this.dialog = { kind, device };
  }

  /** Returns the entries of a device's menu. `open` adds an entry that opens its page. */
  menuFor(device: Device, { open = false }: { open?: boolean } = {}): MenuEntry[] {
    return deviceMenu(device, { hub: this.#hub, actions: this, trust: this.#trust, open });
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

function chosenUnit({ unit, unitSource }: SeriesInfo): string | null {
  return unitSource === 'chosen' ? unit : null;
}

export function setDeviceActions(actions: DeviceActions): void {
  setContext(KEY, actions);
}

/** Returns the actions of this app. Throws outside of a component below {@link setDeviceActions}. */
export function useDeviceActions(): DeviceActions {
  const actions = getContext<DeviceActions | undefined>(KEY);
  if (!actions) throw new Error('useDeviceActions() was called outside of the app.');
  return actions;
}
