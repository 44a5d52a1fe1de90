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
 * is on disk before it returns, since a crash must not undo it. What cannot be decided throws a `FaultError`.
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
  approve(device: Device, code: string | undefined): void {
    const { devices } = this.#options;
    if (device.approval === 'approved') return;
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
      this.#approveClaim(device, claimed, chosen);
      return;
    }
    if (device.claims !== null) {
      throw new FaultError(
        'CLAIM_OVER',
        'The device that this one claims to be now has a key, or is no longer approved.',
      );
    }
    forgetClaims(devices, device.id);
    turnOthersAway(device, chosen);
    device.approve('user');
    device.askers.setHeir(chosen);
    this.#tell(device, 'approved', 'Approved in the app.');
    this.#enforce(device);
  }

  reject(device: Device): void {
    if (device.approval === 'rejected') return;
    device.reject();
    forgetClaims(this.#options.devices, device.id);
    this.#tell(device, 'rejected', 'Rejected in the app.');
    this.#enforce(device);
  }

  /** Throws `PART_OF_WIREWATCH` or `TOO_MANY_BLOCKED`. */
  block(device: Device): void {
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
    this.#enforce(device);
  }

  /** Throws `NOT_BLOCKED`. */
  unblock(device: Device): void {
    const { devices, events } = this.#options;
    if (device.approval !== 'blocked') throw new FaultError('NOT_BLOCKED', 'This device is not blocked.');
    if (device.wasApproved) {
      // There may be samples of it: it waits until it is approved again, or removed.
      device.unblock();
      this.#tell(device, 'waiting', 'Unblocked in the app; it can ask to join again.');
      this.#enforce(device);
      return;
    }
    devices.remove(device);
    events.forgetDevice(device.id);
    devices.save();
  }

  /**
   * Makes a new key. Null when it is handed over the device's own connection; otherwise the key, to be shown this once.
   * Throws `NOT_APPROVED` or `PART_OF_WIREWATCH`.
   */
  issueKey(device: Device): string | null {
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
    device.giveKey(takeKey(key));
    this.#tell(device, 'approved', 'A key was issued in the app. The device now needs it to connect.');
    devices.touchAndSave(device);
    devices.save();
    return secret;
  }

  /** Throws `NOT_APPROVED` or `PART_OF_WIREWATCH`. */
  revokeKey(device: Device): void {
    const { devices } = this.#options;
    if (device.approval !== 'approved') {
      throw new FaultError('NOT_APPROVED', 'This device is not approved, so it has no key.');
    }
    refuseOwn(device);
    const lost = device.key === null ? 'approval' : 'key';
    device.revoke();
    this.#tell(device, 'waiting', `Its ${lost} was revoked in the app; it has to be approved again.`);
    devices.touchAndSave(device);
    devices.save();
    device.close(CLOSE.unauthorised, 'its key was revoked');
  }

  /** It has moved: the device it says it is takes its address, and the claim is over. */
  #approveClaim(claim: Device, device: Device, chosen: Asker | null): void {
    const { devices } = this.#options;
    device.close(CLOSE.superseded, 'another connection was approved as this device');
    // Its agent says hello anew, and is that device then.
    claim.close(CLOSE.tryLater, 'approved: connect again');
    devices.remove(claim);
    forgetClaims(devices, device.id);
    device.approve('user', claim.boundTo);
    device.forgetUntakenKey();
    device.askers.setHeir(chosen);
    this.#tell(device, 'approved', `Approved in the app at its new address ${claim.boundTo ?? ''}.`);
    this.#enforce(device);
  }

  /** On disk at once, and known to the device's presences. */
  #enforce(device: Device): void {
    const { devices } = this.#options;
    devices.touchAndSave(device);
    devices.save();
    for (const presence of device.presences) presence.admissionChanged();
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
