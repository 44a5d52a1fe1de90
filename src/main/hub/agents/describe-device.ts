import { DEVICE_ID, type HelloMessage } from '@shared/protocol/agent-messages';
import type { Device } from '../devices/device';

/** Stores what an admitted full agent reports about its device. */
export function describeAgent(device: Device, hello: HelloMessage, address: string): void {
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
}

/** Stores what is known about a client that just sends values. */
export function describeSimple(device: Device, name: string | null, address: string): void {
  // A device that was a full agent before keeps its description from then.
  if (device.agent === null) Object.assign(device, { simple: true, kind: 'board' });
  if (name !== null) device.ownName = name;
  device.address = address;
}

/** The id that a simple device gives, or one made from its address. */
export function simpleDeviceId(id: string | null, address: string): string {
  if (id !== null && DEVICE_ID.test(id)) return id;
  return (id ?? `ip:${address}`).replace(/[^A-Za-z0-9._:-]/g, '-').slice(0, 64);
}
