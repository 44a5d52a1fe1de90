import { DEVICE_ID, type HelloMessage } from '@shared/protocol/agent-messages';
import type { Device } from '../devices/device';

/** Stores what an admitted full agent reports about its device. */
export function describeAgent(device: Device, hello: HelloMessage, address: string): void {
  const { name, kind, os, arch, model, tags } = hello.device;
  device.describe({
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
  // One that was a full agent before stays what it said then, and one seen before what its series told.
  const { agent, simple } = device.description;
  if (agent === null && !simple) device.describe({ simple: true, kind: 'board' });
  device.describe({ ...(name !== null && { ownName: name }), address });
}

/** The id that a simple device gives, or one made from its address. */
export function simpleDeviceId(id: string | null, address: string): string {
  if (id !== null && DEVICE_ID.test(id)) return id;
  return (id ?? `ip:${address}`).replace(/[^A-Za-z0-9._:-]/g, '-').slice(0, 64);
}
