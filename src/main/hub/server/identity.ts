import type { Result } from '@shared/errors';
import { DEVICE_ID, type HelloMessage } from '@shared/protocol/agent-messages';
import type { Core } from '../core';
import type { ApprovedBy } from '@shared/model';
import type { Device } from '../registry/device';

/** Finds or makes the device that a hello speaks for, and takes over what it says of itself. */
export function identifyAgent(core: Core, hello: HelloMessage, address: string): Result<Device> {
  const known = core.devices.get(hello.device.id);
  const found = known
    ? ({ ok: true, value: known } as const)
    : core.devices.add(hello.device.id, hello.device.name);
  if (!found.ok) return found;
  const device = found.value;
  const { name, kind, os, arch, model, tags } = hello.device;
  Object.assign(device, {
    ownName: name,
    kind,
    os: os ?? null,
    arch: arch ?? null,
    model: model ?? null,
    ownTags: tags ?? [],
    agent: hello.agent,
    address,
    simple: false,
    minIntervalMs: hello.minIntervalMs ?? 0,
  });
  admit(core, device, hello.token !== undefined && hello.token === core.internalToken);
  return found;
}

/** Finds or makes the device of a client that just sends values: by the id it gives, or by its address. */
export function identifySimple(
  core: Core,
  id: string | null,
  name: string | null,
  address: string,
): Result<Device> {
  const deviceId = simpleDeviceId(id, address);
  const known = core.devices.get(deviceId);
  const found = known
    ? ({ ok: true, value: known } as const)
    : core.devices.add(deviceId, name ?? id ?? address);
  if (!found.ok) return found;
  const device = found.value;
  if (!known) Object.assign(device, { simple: true, kind: 'board' });
  if (name !== null) device.ownName = name;
  device.address = address;
  admit(core, device, false);
  return found;
}

export function simpleDeviceId(id: string | null, address: string): string {
  if (id !== null && DEVICE_ID.test(id)) return id;
  return (id ?? `ip:${address}`).replace(/[^A-Za-z0-9._:-]/g, '-').slice(0, 64);
}

function admit(core: Core, device: Device, isInternal: boolean): void {
  const { admit: policy } = core.settings.current;
  const approve = (by: ApprovedBy): void => {
    device.approval = 'approved';
    device.approvedBy = by;
  };
  if (isInternal && device.approval !== 'rejected') approve('internal');
  else if (device.approval === 'pending' && policy === 'open') approve('open');
  else if (device.approval === 'approved' && device.approvedBy === 'open' && policy === 'ask') {
    device.approval = 'pending';
    device.approvedBy = null;
  }
  core.devices.touchAndSave(device);
}
