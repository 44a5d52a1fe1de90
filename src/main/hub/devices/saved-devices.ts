import * as v from 'valibot';
import { deviceKeySchema } from './device-key';
import { Device } from './device';

/** `devices.json`. Version 1 had no keys and no blocking, and did not store waiting devices. */

const savedDevice = v.object({
  id: v.string(),
  name: v.string(),
  chosenName: v.nullable(v.string()),
  kind: v.picklist(['computer', 'board', 'program']),
  approval: v.picklist(['approved', 'pending', 'rejected', 'blocked']),
  approvedBy: v.nullable(v.picklist(['user', 'token', 'open', 'internal', 'import'])),
  local: v.boolean(),
  simple: v.boolean(),
  os: v.nullable(v.string()),
  arch: v.nullable(v.string()),
  model: v.nullable(v.string()),
  tags: v.array(v.string()),
  chosenTags: v.nullable(v.array(v.string())),
  chosenIntervalMs: v.nullable(v.number()),
  firstSeenAt: v.number(),
  lastSeenAt: v.nullable(v.number()),
  address: v.optional(v.nullable(v.string()), null),
  key: v.optional(v.nullable(deviceKeySchema), null),
  boundTo: v.optional(v.nullable(v.string()), null),
  claims: v.optional(v.nullable(v.string()), null),
  joinedWith: v.optional(v.nullable(v.string()), null),
  /** In version 1: whether it is approved now. */
  wasApproved: v.optional(v.boolean()),
});
const savedFile = v.object({ version: v.picklist([1, 2]), devices: v.array(savedDevice) });

export type SavedDevice = v.InferOutput<typeof savedDevice>;

/** Parses the file; null when it cannot be understood. */
export function parseDevices(json: unknown): SavedDevice[] | null {
  const parsed = v.safeParse(savedFile, json);
  return parsed.success ? parsed.output.devices : null;
}

export function restoreDevice(saved: SavedDevice): Device {
  const { name, tags, wasApproved = saved.approval === 'approved', ...rest } = saved;
  const device = new Device(saved.id, name, saved.firstSeenAt);
  return Object.assign(device, { ...rest, ownName: name, ownTags: tags, wasApproved });
}

export function toSaved(devices: Iterable<Device>): v.InferInput<typeof savedFile> {
  const kept = [...devices].filter((device) => device.approval !== 'pending' || device.wasApproved);
  return {
    version: 2,
    devices: kept.map((device) => ({
      id: device.id,
      name: device.ownName,
      chosenName: device.chosenName,
      kind: device.kind,
      approval: device.approval,
      approvedBy: device.approvedBy,
      local: device.local,
      simple: device.simple,
      os: device.os,
      arch: device.arch,
      model: device.model,
      tags: device.ownTags,
      chosenTags: device.chosenTags,
      chosenIntervalMs: device.chosenIntervalMs,
      firstSeenAt: device.firstSeenAt,
      lastSeenAt: device.mainSession?.lastFrameAt ?? device.lastSeenAt,
      address: device.address,
      key: device.key,
      boundTo: device.boundTo,
      claims: device.claims,
      joinedWith: device.joinedWith,
      wasApproved: device.wasApproved,
    })),
  };
}
