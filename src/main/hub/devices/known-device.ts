import type { Approval, ApprovedBy, DeviceKind } from '@shared/model';
import type { DeviceKey } from './device-key';

/** Whether the device is let in, and what it has to show. Only the methods of its `Device` change it. */
export interface Standing {
  readonly approval: Approval;
  readonly approvedBy: ApprovedBy | null;
  /** The digits to compare while it waits. */
  readonly code: string | null;
  /** Whether the digits follow from an encrypted connection. */
  readonly isCodeDerived: boolean;
  /** Once it has one, nobody without it is this device. */
  readonly key: DeviceKey | null;
  /** The address that asked, and the only one that it is known from while it has no key; null: any. */
  readonly boundTo: string | null;
  /** The device that this one says it is, from another address than that is bound to. Waits for approval of its own. */
  readonly claims: string | null;
  /** The join token that let it in. */
  readonly joinedWith: string | null;
  /** It was let in at some time, so that there may be samples of it: it is not forgotten while it waits. */
  readonly wasApproved: boolean;
}

/** What the device says of itself. */
export interface DeviceDescription {
  readonly ownName: string;
  readonly kind: DeviceKind;
  /** A full agent speaks wirewatch.v1; a simple device just sends values. */
  readonly simple: boolean;
  readonly os: string | null;
  readonly arch: string | null;
  readonly model: string | null;
  readonly ownTags: readonly string[];
  readonly agent: string | null;
  readonly address: string | null;
  readonly minIntervalMs: number;
}

/** What the user chose for the device; null leaves it to the device or the hub's settings. */
export interface DeviceChoices {
  readonly name: string | null;
  readonly tags: readonly string[] | null;
  readonly intervalMs: number | null;
  /** Units of its series, by their keys. */
  readonly units: ReadonlyMap<string, string>;
}

export const NO_CHOICES: DeviceChoices = { name: null, tags: null, intervalMs: null, units: new Map() };

/** What is known of a device that the hub has met before. */
export interface KnownDevice {
  standing: Standing;
  description: DeviceDescription;
  choices: DeviceChoices;
  local: boolean;
  lastSeenAt: number | null;
}

export const NEWCOMER: Standing = {
  approval: 'pending',
  approvedBy: null,
  code: null,
  isCodeDerived: false,
  key: null,
  boundTo: null,
  claims: null,
  joinedWith: null,
  wasApproved: false,
};

export const UNDESCRIBED: Omit<DeviceDescription, 'ownName'> = {
  kind: 'program',
  simple: false,
  os: null,
  arch: null,
  model: null,
  ownTags: [],
  agent: null,
  address: null,
  minIntervalMs: 0,
};
