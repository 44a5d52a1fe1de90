import type { Clock } from '@shared/clock';
import { FaultError } from '@shared/errors';
import type { EventKind } from '@shared/model';
import { CLOSE } from '@shared/protocol/close-codes';
import type { Limits } from '@shared/protocol/limits';
import type { Asker } from '../devices/askers';
import type { Device } from '../devices/device';
import { createDeviceKey, isUntaken, takeKey } from '../devices/device-key';
import type { DeviceRegistry } from '../devices/device-registry';
import { isSession, type DeviceSession } from '../devices/presence';
import type { EventLog } from '../events/event-log';
import { forgetClaims } from './claims';

export interface DecisionsOptions {
  devices: DeviceRegistry;
  events: Pick<EventLog, 'add' | 'forgetDevice'>;
  clock: Pick<Clock, 'now'>;
  limits: Pick<Limits, 'blockedDevices'>;
}

/**
 * What the user decides about devices: who is let in, who is turned away, and who has to show another key. Each decision
 * is on disk when its promise resolves, since a crash must not undo it. What cannot be decided rejects with a
 * `FaultError`. So does what cannot be saved: then nobody is let in, but who is turned away stays out.
 */
export class Decisions {
  readonly #options: DecisionsOptions;

  constructor(options: DecisionsOptions) {
    this.#options = options;
  }

  /**
   * `code` are the digits that the user compared: whoever shows them is let in, and nobody else who asks to be the same
   * device. Throws `CODE_CHANGED` when nobody shows them any more, `NOT_ASKED` when it has not asked since it was turned
   * away, `CLAIM_OVER` when what it says it is cannot be taken over any more.
   */
  async approve(device: Device, code: string | undefined): Promise<void> {
    const { devices } = this.#options;
    // Perhaps somebody else approves it just now: then it is done when that is on disk.
    if (device.approval === 'approved') return devices.saved();
    const chosen = chooseAsker(device, code);
    if (device.approval === 'pending' && device.boundTo === null) {
      // Approved now, it would be whoever asks first.
      throw new FaultError(
        'NOT_ASKED',
        'The device has not asked to join since then. Approve it when it does.',
      );
    }
    const claimed = device.claims === null ? undefined : devices.get(device.claims);
    if (
      claimed &&
      (claimed.key === null || isUntaken(claimed.key)) &&
      (claimed.approval === 'approved' || claimed.approval === 'pending')
    ) {
      await this.#approveClaim(device, claimed, chosen);
      return;
    }
    if (device.claims !== null) {
      throw new FaultError(
        'CLAIM_OVER',
        'The device that this one claims to be now has a key, or is no longer approved.',
      );
    }
    await this.#letIn(device, () => {
      // Before anybody else can ask, so that the key goes to nobody else.
      turnOthersAway(device, chosen);
      device.approve('user');
      device.askers.setHeir(chosen);
    });
    forgetClaims(devices, device.id);
    this.#tell(device, 'approved', 'Approved in the app.');
    for (const presence of device.presences) presence.admissionChanged();
  }

  async reject(device: Device): Promise<void> {
    if (device.approval === 'rejected') return;
    device.reject();
    forgetClaims(this.#options.devices, device.id);
    this.#tell(device, 'rejected', 'Rejected in the app.');
    await this.#enforce(device);
  }

  /** Throws `PART_OF_WIREWATCH` or `TOO_MANY_BLOCKED`. */
  async block(device: Device): Promise<void> {
    const { devices, limits } = this.#options;
    if (device.approval === 'blocked') return;
    refuseOwn(device);
    let blocked = 0;
    for (const { approval } of devices.all()) if (approval === 'blocked') blocked++;
    if (blocked >= limits.blockedDevices) {
      throw new FaultError(
        'TOO_MANY_BLOCKED',
        'The limit on blocked devices is reached. Unblock some first.',
      );
    }
    const address = device.mainPresence?.address ?? device.boundTo ?? device.description.address;
    device.block(address);
    forgetClaims(devices, device.id);
    if (address !== null) devices.forgetPendingFrom(address);
    const others = address === null ? '' : `, together with new devices from ${address}`;
    this.#tell(device, 'blocked', `Blocked in the app${others}.`);
    await this.#enforce(device);
  }

  /** Throws `NOT_BLOCKED`. */
  async unblock(device: Device): Promise<void> {
    const { devices, events } = this.#options;
    if (device.approval !== 'blocked') throw new FaultError('NOT_BLOCKED', 'This device is not blocked.');
    if (device.wasApproved) {
      // There may be samples of it: it waits until it is approved again, or removed.
      device.unblock();
      this.#tell(device, 'waiting', 'Unblocked in the app; it can ask to join again.');
      await this.#enforce(device);
      return;
    }
    devices.remove(device);
    events.forgetDevice(device.id);
    await devices.saved();
  }

  /**
   * Makes a new key. Null when it is handed over the device's own connection; otherwise the key, to be shown this once.
   * Throws `NOT_APPROVED` or `PART_OF_WIREWATCH`.
   */
  async issueKey(device: Device): Promise<string | null> {
    const { devices, clock } = this.#options;
    if (device.approval !== 'approved') {
      throw new FaultError('NOT_APPROVED', 'Only an approved device can have a key.');
    }
    refuseOwn(device);
    device.vouchFor();
    forgetClaims(devices, device.id);
    const agent = device.sessions.find((session) => session.takesKeys);
    if (agent) {
      agent.handKey();
      devices.touchAndSave(device);
      return null;
    }
    const { secret, key } = createDeviceKey(clock.now(), null);
    await this.#letIn(device, () => device.giveKey(takeKey(key)));
    this.#tell(device, 'approved', 'A key was issued in the app. The device now needs it to connect.');
    return secret;
  }

  /** Throws `NOT_APPROVED` or `PART_OF_WIREWATCH`. */
  async revokeKey(device: Device): Promise<void> {
    const { devices } = this.#options;
    if (device.approval !== 'approved') {
      throw new FaultError('NOT_APPROVED', 'This device is not approved, so it has no key.');
    }
    refuseOwn(device);
    const lost = device.key === null ? 'approval' : 'key';
    device.revoke();
    this.#tell(device, 'waiting', `Its ${lost} was revoked in the app; it has to be approved again.`);
    devices.touchAndSave(device);
    device.close(CLOSE.unauthorised, 'its key was revoked');
    await devices.saved();
  }

  /** It has moved: the device it says it is takes its address, and the claim is over. */
  async #approveClaim(claim: Device, device: Device, chosen: Asker | null): Promise<void> {
    const { devices } = this.#options;
    const { boundTo } = claim;
    await this.#letIn(device, () => {
      device.approve('user', boundTo);
      device.forgetUntakenKey();
      device.askers.setHeir(chosen);
    });
    device.close(CLOSE.superseded, 'another connection was approved as this device');
    // Its agent says hello anew, and is that device then.
    claim.close(CLOSE.tryLater, 'approved: connect again');
    devices.remove(claim);
    forgetClaims(devices, device.id);
    this.#tell(device, 'approved', `Approved in the app at its new address ${boundTo ?? ''}.`);
    for (const presence of device.presences) presence.admissionChanged();
  }

  /** Changes how a device stands, for the better: only once it is on disk does anybody hear of it. */
  async #letIn(device: Device, change: () => void): Promise<void> {
    const { devices } = this.#options;
    const before = device.standing;
    change();
    const after = device.standing;
    devices.touchAndSave(device);
    try {
      await devices.saved();
    } catch (error) {
      if (device.standing === after) device.standAgain(before);
      devices.touchAndSave(device);
      throw error;
    }
  }

  /** Known to the device's presences at once, and on disk when it resolves. */
  async #enforce(device: Device): Promise<void> {
    const { devices } = this.#options;
    devices.touchAndSave(device);
    for (const presence of device.presences) presence.admissionChanged();
    await devices.saved();
  }

  #tell(device: Device, kind: EventKind, text: string): void {
    const at = this.#options.clock.now();
    this.#options.events.add({ at, kind, level: 'info', device: device.id, text });
  }
}

/** Who shows these digits, or the digits that the app shows; null for a simple device. Throws `CODE_CHANGED`. */
function chooseAsker(device: Device, code: string | undefined): DeviceSession | Asker | null {
  const { agents, askers, shownAgent } = device;
  if (device.approval !== 'pending') return null;
  const left = agents.length === 0 ? askers.left : null;
  if (code === undefined) return shownAgent ?? left;
  const chosen = agents.find((agent) => agent.code === code);
  if (chosen) return chosen;
  if (code === device.ownCode) return null;
  if (left !== null && code === left.code) return left;
  throw new FaultError('CODE_CHANGED', 'The device now shows a different code. Compare again.');
}

/** Ends the connections of others that asked to be the device. They may ask again, and show digits of their own then. */
function turnOthersAway(device: Device, chosen: DeviceSession | Asker | null): void {
  const isAgent = chosen !== null;
  for (const presence of device.presences) {
    if (presence === chosen || (!isAgent && !(isSession(presence) && presence.takesKeys))) continue;
    presence.close(CLOSE.superseded, 'another one was approved as this device');
  }
}

function refuseOwn({ approvedBy }: Device): void {
  if (approvedBy !== 'internal') return;
  throw new FaultError('PART_OF_WIREWATCH', 'This device is part of Wirewatch itself and always has access.');
}
