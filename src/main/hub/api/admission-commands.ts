import { FaultError, type Result } from '@shared/errors';
import type { EventKind } from '@shared/model';
import { CLOSE } from '@shared/protocol/close-codes';
import { forgetClaims } from '../admission/claims';
import { createDeviceKey, takeKey } from '../devices/device-key';
import type { Core } from '../core';
import type { Device } from '../devices/device';
import type { Handlers } from './commands';

/** The commands about admission: decisions on devices, their keys, and join tokens. */
export function createAdmissionCommands(core: Core, deviceOf: (id: string) => Device) {
  const { devices, events, admission } = core;
  const { tokens } = admission;

  function tell(device: Device, kind: EventKind, text: string): void {
    events.add({ at: core.clock.now(), kind, level: 'info', device: device.id, text });
  }

  /** Applies a decision, saving it at once, because a crash must not undo it. */
  function decided(device: Device): void {
    devices.touchAndSave(device);
    devices.save();
    for (const session of [...device.sessions]) session.admissionChanged();
  }

  /** The device has moved: the device that was claimed takes the new address, and the claim ends. */
  function approveClaim(claim: Device, of: Device): void {
    for (const session of [...of.sessions]) {
      session.close(CLOSE.superseded, 'another connection was approved as this device');
    }
    // Its agent sends a new hello, and is then that device.
    for (const session of [...claim.sessions]) session.close(CLOSE.tryLater, 'approved: connect again');
    devices.remove(claim);
    forgetClaims(devices, of.id);
    Object.assign(of, {
      approval: 'approved',
      approvedBy: 'user',
      boundTo: claim.boundTo,
      wasApproved: true,
      code: null,
    });
    tell(of, 'approved', `Approved in the app at its new address ${claim.boundTo ?? ''}.`);
    decided(of);
  }

  function approve(device: Device, code: string | undefined): void {
    if (device.approval === 'approved') return;
    if (code !== undefined && device.approval === 'pending' && code !== device.code) {
      throw new FaultError('CODE_CHANGED', 'The device now shows a different code. Compare again.');
    }
    if (device.approval === 'pending' && device.boundTo === null) {
      // If it were approved now, the first client to claim it would be admitted.
      throw new FaultError(
        'NOT_ASKED',
        'The device has not asked to join since then. Approve it when it does.',
      );
    }
    const claimed = device.claims === null ? undefined : devices.get(device.claims);
    if (
      claimed &&
      claimed.key === null &&
      (claimed.approval === 'approved' || claimed.approval === 'pending')
    ) {
      approveClaim(device, claimed);
      return;
    }
    if (device.claims !== null) {
      throw new FaultError(
        'CLAIM_OVER',
        'The device that this one claims to be now has a key, or is no longer approved.',
      );
    }
    forgetClaims(devices, device.id);
    Object.assign(device, { approval: 'approved', approvedBy: 'user', wasApproved: true, code: null });
    tell(device, 'approved', 'Approved in the app.');
    decided(device);
  }

  function reject(device: Device): void {
    if (device.approval === 'rejected') return;
    Object.assign(device, { approval: 'rejected', approvedBy: null, code: null });
    forgetClaims(devices, device.id);
    tell(device, 'rejected', 'Rejected in the app.');
    decided(device);
  }

  function block(device: Device): void {
    if (device.approval === 'blocked') return;
    refuseOwn(device);
    let blocked = 0;
    for (const { approval } of devices.all()) if (approval === 'blocked') blocked++;
    if (blocked >= core.limits.blockedDevices) {
      throw new FaultError(
        'TOO_MANY_BLOCKED',
        'The limit on blocked devices is reached. Unblock some first.',
      );
    }
    const address = device.mainSession?.address ?? device.boundTo ?? device.address;
    Object.assign(device, { approval: 'blocked', approvedBy: null, key: null, code: null, boundTo: address });
    forgetClaims(devices, device.id);
    if (address !== null) devices.forgetPendingFrom(address);
    const others = address === null ? '' : `, together with new devices from ${address}`;
    tell(device, 'blocked', `Blocked in the app${others}.`);
    decided(device);
  }

  function unblock(device: Device): void {
    if (device.approval !== 'blocked') throw new FaultError('NOT_BLOCKED', 'This device is not blocked.');
    if (device.wasApproved) {
      // It may have samples, so it waits until it is approved again or removed.
      Object.assign(device, { approval: 'pending', boundTo: null });
      tell(device, 'waiting', 'Unblocked in the app; it can ask to join again.');
      decided(device);
      return;
    }
    devices.remove(device);
    events.forgetDevice(device.id);
    devices.save();
  }

  function issueKey(device: Device): { key: string | null } {
    if (device.approval !== 'approved') {
      throw new FaultError('NOT_APPROVED', 'Only an approved device can have a key.');
    }
    refuseOwn(device);
    if (device.approvedBy === 'open' || device.approvedBy === 'import') device.approvedBy = 'user';
    forgetClaims(devices, device.id);
    const agent = [...device.sessions].find((session) => session.takesKeys);
    if (agent) {
      agent.handKey();
      devices.touchAndSave(device);
      return { key: null };
    }
    const { secret, key } = createDeviceKey(core.clock.now(), null);
    device.key = takeKey(key);
    tell(device, 'approved', 'A key was issued in the app. The device now needs it to connect.');
    devices.touchAndSave(device);
    devices.save();
    return { key: secret };
  }

  function revokeKey(device: Device): void {
    if (device.approval !== 'approved') {
      throw new FaultError('NOT_APPROVED', 'This device is not approved, so it has no key.');
    }
    refuseOwn(device);
    const hadKey = device.key !== null;
    Object.assign(device, {
      approval: 'pending',
      approvedBy: null,
      key: null,
      boundTo: null,
      joinedWith: null,
    });
    tell(
      device,
      'waiting',
      hadKey
        ? 'Its key was revoked in the app. It must be approved again.'
        : 'Its approval was revoked in the app. It must be approved again.',
    );
    devices.touchAndSave(device);
    devices.save();
    for (const session of [...device.sessions]) session.close(CLOSE.unauthorised, 'its key was revoked');
  }

  function refuseOwn({ approvedBy }: Device): void {
    if (approvedBy !== 'internal') return;
    throw new FaultError(
      'PART_OF_WIREWATCH',
      'This device is part of Wirewatch itself and always has access.',
    );
  }

  const handlers = {
    approveDevice({ device, code }) {
      approve(deviceOf(device), code);
      return null;
    },
    rejectDevice({ device }) {
      reject(deviceOf(device));
      return null;
    },
    blockDevice({ device }) {
      block(deviceOf(device));
      return null;
    },
    unblockDevice({ device }) {
      unblock(deviceOf(device));
      return null;
    },
    issueDeviceKey: ({ device }) => issueKey(deviceOf(device)),
    revokeDeviceKey({ device }) {
      revokeKey(deviceOf(device));
      return null;
    },
    listJoinTokens: () => tokens.list(),
    createJoinToken: (token) => valueOf(tokens.create(token)),
    revokeJoinToken: ({ token }) => valueOf(tokens.revoke(token)),
  } satisfies Handlers;
  return handlers;
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new FaultError(result.error.code, result.error.message);
  return result.value;
}
