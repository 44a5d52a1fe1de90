import * as v from 'valibot';
import { deviceKeySchema } from './device-key';
import { Device } from './device';
import { NEWCOMER, UNDESCRIBED } from './known-device';

/**
 * The stored form of a device. `devices.json` of earlier versions has a list of them. Its version 1 had no keys and no
 * blocking, and did not store waiting devices.
 */

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
const savedFile = v.object({ version: v.picklist([1, 2]), devices: v.array(v.unknown()) });

export type SavedDevice = v.InferOutput<typeof savedDevice>;

/** Parses the text of one device; null when it cannot be understood. */
export function parseDevice(text: string): SavedDevice | null {
  try {
    const parsed = v.safeParse(savedDevice, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

/** Parses `devices.json`, leaving out what is no device; null when it cannot be understood at all. */
export function parseDevices(json: unknown): { devices: SavedDevice[]; leftOut: number } | null {
  const file = v.safeParse(savedFile, json);
  if (!file.success) return null;
  const parsed = file.output.devices.map((one) => v.safeParse(savedDevice, one));
  const devices = parsed.flatMap((one) => (one.success ? [one.output] : []));
  return { devices, leftOut: parsed.length - devices.length };
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

/** The text of a device; null for one that never did more than wait, which is not kept. */
export function formatDevice(device: Device): string | null {
  if (device.approval === 'pending' && !device.wasApproved) return null;
  return JSON.stringify(saveDevice(device));
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
