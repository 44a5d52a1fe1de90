import { getContext, setContext } from 'svelte';
import type { CommandName, CommandParams, CommandResult } from '@shared/hub-api';
import type { Device } from '../hub/device.svelte';
import type { HubState } from '../hub/hub-state.svelte';
import { showFault, showToast } from '../components/toast';

/** The open question about one device, or about all pending ones. */
export type TrustQuestion =
  | { kind: 'approve' | 'block' | 'revoke-key' | 'new-key'; device: Device }
  | { kind: 'reject-all'; devices: readonly Device[] };

const KEY = Symbol('trust actions');

/** The decisions about devices, the same wherever a device is shown. */
export class TrustActions {
  question = $state.raw<TrustQuestion | null>(null);
  /** The number of devices still to be rejected in a bulk rejection. */
  rejecting = $state(0);
  readonly #hub: HubState;

  constructor(hub: HubState) {
    this.#hub = hub;
  }

  /** `code` is the one the user compared; the hub refuses to approve the device if it shows another by now. */
  async approve(device: Device, code: string | null = device.code): Promise<void> {
    await this.#try(`${device.name} could not be approved`, 'approveDevice', {
      device: device.id,
      ...(code === null ? {} : { code }),
    });
  }

  async reject(device: Device): Promise<void> {
    const done = await this.#try(`${device.name} could not be rejected`, 'rejectDevice', {
      device: device.id,
    });
    if (!done) return;
    showToast({
      title: `${device.name} was rejected`,
      text: 'Nothing it sends is stored. To find it again, filter the fleet by state:rejected.',
      actions: [{ label: 'Approve instead', onselect: () => void this.approve(device) }],
    });
  }

  /** Rejects devices one after another, so that many devices do not cause a burst of commands. */
  async rejectAll(devices: readonly Device[]): Promise<void> {
    const waiting = devices.filter((device) => device.approval === 'pending');
    let rejected = 0;
    this.rejecting = waiting.length;
    for (const device of waiting) {
      const done = await this.#try('Not all devices could be rejected', 'rejectDevice', {
        device: device.id,
      });
      if (!done) break;
      rejected++;
      this.rejecting--;
    }
    this.rejecting = 0;
    if (rejected === 0) return;
    showToast({
      title: rejected === 1 ? '1 device was rejected' : `${rejected} devices were rejected`,
      text: 'To find them again, filter the fleet by state:rejected.',
    });
  }

  async block(device: Device): Promise<void> {
    const { name, address } = device;
    const done = await this.#try(`${name} could not be blocked`, 'blockDevice', { device: device.id });
    if (!done) return;
    showToast({
      title: `${name} was blocked`,
      text:
        address === null
          ? 'The hub refuses it without explanation.'
          : `The hub refuses it without explanation, and new devices from ${address} too.`,
      actions: [{ label: 'Unblock', onselect: () => void this.unblock(device) }],
    });
  }

  async unblock(device: Device): Promise<void> {
    const { name } = device;
    const done = await this.#try(`${name} could not be unblocked`, 'unblockDevice', { device: device.id });
    if (done) showToast({ title: `${name} was unblocked`, text: 'It can ask to join again.' });
  }

  /**
   * Issues a new key. Resolves with the key if it has to be put into the device by hand, and with null for the key if
   * its agent has it already.
   */
  async issueKey(device: Device): Promise<{ key: string | null } | null> {
    const answer = await this.#try(`${device.name} could not be given a new key`, 'issueDeviceKey', {
      device: device.id,
    });
    if (answer && answer.value.key === null) {
      showToast({
        title: `${device.name} has a new key`,
        text: 'Its agent received it over the connection. There is nothing else to do.',
      });
    }
    return answer?.value ?? null;
  }

  async revokeKey(device: Device): Promise<void> {
    const { name, keyIssuedAt } = device;
    const what = keyIssuedAt === null ? 'approval' : 'key';
    const done = await this.#try(`The ${what} of ${name} could not be revoked`, 'revokeDeviceKey', {
      device: device.id,
    });
    if (done) {
      showToast({
        title: `The ${what} of ${name} was revoked`,
        text: 'It will wait for your approval when it connects again.',
      });
    }
  }

  async #try<K extends CommandName>(
    title: string,
    name: K,
    params: CommandParams<K>,
  ): Promise<{ value: CommandResult<K> } | null> {
    try {
      return { value: await this.#hub.api.call(name, params) };
    } catch (error) {
      showFault(title, error);
      return null;
    }
  }
}

export function setTrustActions(actions: TrustActions): void {
  setContext(KEY, actions);
}

/** Returns the decisions of this app. Throws outside of a component below {@link setTrustActions}. */
export function useTrustActions(): TrustActions {
  const actions = getContext<TrustActions | undefined>(KEY);
  if (!actions) throw new Error('useTrustActions() was called outside of the app.');
  return actions;
}
