import { createHash } from 'node:crypto';
import { DEVICE_ID, type HelloMessage } from '@shared/protocol/agent-messages';
import type { Device } from '../devices/device';
import type { Sender } from '../ingest/dialects/dialect';

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

/**
 * The id of a simple device: what it calls itself where that is a valid id, or one made from its address where it calls
 * itself nothing. A name in other letters, or one that is too long, keeps the letters that fit and gets a digest of all
 * of it, so that two names never become one device. A device that was known by the letters alone, as earlier versions
 * named it, stays that: `ownNameOf` gives the name of a known device.
 */
export function simpleDeviceId(
  sender: Sender | null,
  address: string,
  ownNameOf: (id: string) => string | null = () => null,
): string {
  const said = sender?.id ?? `ip:${address}`;
  if (DEVICE_ID.test(said)) return said;
  const letters = said.replace(/[^A-Za-z0-9._:-]/g, '-').slice(0, 64);
  // An address has no name to be mixed up with another.
  if (sender === null || ownNameOf(letters) === sender.name) return letters;
  const readable = letters.replace(/-+/g, '-').replace(/^-|-$/g, '').slice(0, 47);
  const mark = createHash('sha256').update(said).digest('hex').slice(0, 16);
  return readable === '' ? mark : `${readable}-${mark}`;
}
