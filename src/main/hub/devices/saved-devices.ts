import * as v from 'valibot';
import { deviceKeySchema } from './device-key';
import { Device } from './device';
import { NEWCOMER, UNDESCRIBED } from './known-device';

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
  chosenUnits: v.optional(v.array(v.tuple([v.string(), v.string()])), []),
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
  const { approval, approvedBy, key, boundTo, claims, joinedWith, local, lastSeenAt } = saved;
  const { kind, simple, os, arch, model, address } = saved;
  const { wasApproved = approval === 'approved' } = saved;
  return new Device(saved.id, saved.name, saved.firstSeenAt, {
    standing: { ...NEWCOMER, approval, approvedBy, key, boundTo, claims, joinedWith, wasApproved },
    description: {
      ...UNDESCRIBED,
      ownName: saved.name,
      kind,
      simple,
      os,
      arch,
      model,
      ownTags: saved.tags,
      address,
    },
    choices: {
      name: saved.chosenName,
      tags: saved.chosenTags,
      intervalMs: saved.chosenIntervalMs,
      units: new Map(saved.chosenUnits),
    },
    local,
    lastSeenAt,
  });
}

/** Devices that never did more than wait are not kept. */
export function toSaved(devices: Iterable<Device>): v.InferInput<typeof savedFile> {
  const kept = [...devices].filter((device) => device.approval !== 'pending' || device.wasApproved);
  return { version: 2, devices: kept.map(saveDevice) };
}

function saveDevice(device: Device): SavedDevice {
  const { standing, description, choices } = device;
  const { approval, approvedBy, key, boundTo, claims, joinedWith, wasApproved } = standing;
  const { kind, simple, os, arch, model, address } = description;
  return {
    id: device.id,
    name: description.ownName,
    chosenName: choices.name,
    kind,
    approval,
    approvedBy,
    local: device.local,
    simple,
    os,
    arch,
    model,
    tags: [...description.ownTags],
    chosenTags: choices.tags && [...choices.tags],
    chosenIntervalMs: choices.intervalMs,
    chosenUnits: [...choices.units],
    firstSeenAt: device.firstSeenAt,
    lastSeenAt: device.lastSeenAt,
    address,
    key,
    boundTo,
    claims,
    joinedWith,
    wasApproved,
  };
}
