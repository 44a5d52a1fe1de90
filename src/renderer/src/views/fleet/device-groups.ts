import type { AttentionCause } from '@shared/attention';
import type { DeviceInfo } from '@shared/model';
import { STATE_ORDER, STATE_WORDS } from '../../lib/components/connection-state';
import type { Grouping } from '../../lib/routes/fleet-link';
import { KIND_WORDS } from '../../lib/trust/describe-device';

/** Devices under one heading. */
export interface DeviceGroup<T> {
  /** Identifies the group among the others. */
  key: string;
  /** Null: it needs no heading. */
  title: string | null;
  devices: readonly T[];
}

export const GROUPING_LABELS: Record<Grouping, string> = {
  none: 'No groups',
  state: 'By state',
  tag: 'By tag',
  kind: 'By kind',
  place: 'By place',
  parent: 'By parent',
};

/** The most groups; the devices of further ones share the last. */
const MAX_GROUPS = 60;
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
const WELL = 'well';
const REST = '￿';

/**
 * Parts devices into groups, which keep their order. A device is in one group: that of its first tag, or of the first
 * tag `place:…` or `parent:…`. With `isAttentionFirst`, devices without other groups are parted by whether they need a
 * person.
 */
export function groupDevices<T extends DeviceInfo>(
  devices: readonly T[],
  by: Grouping,
  causes: ReadonlyMap<string, AttentionCause>,
  isAttentionFirst: boolean,
): DeviceGroup<T>[] {
  if (by === 'none' && (!isAttentionFirst || causes.size === 0)) {
    // The same key as that of the devices that are well, so that their grid stays when the first one needs a person.
    return [{ key: WELL, title: null, devices }];
  }
  const groups = new Map<string, { title: string; order: number; devices: T[] }>();
  for (const device of devices) {
    const { key, title, order = 0 } = groupOf(device, by, causes);
    const wanted = groups.has(key) || groups.size < MAX_GROUPS ? key : REST;
    const group = groups.get(wanted);
    if (group) group.devices.push(device);
    else groups.set(wanted, { title: wanted === key ? title : 'Others', order, devices: [device] });
  }
  return [...groups]
    .sort(
      ([keyA, a], [keyB, b]) =>
        a.order - b.order ||
        Number(keyA === REST) - Number(keyB === REST) ||
        collator.compare(a.title, b.title),
    )
    .map(([key, { title, devices: members }]) => ({ key, title, devices: members }));
}

function groupOf(
  device: DeviceInfo,
  by: Grouping,
  causes: ReadonlyMap<string, AttentionCause>,
): { key: string; title: string; order?: number } {
  switch (by) {
    case 'none':
      return causes.has(device.id)
        ? { key: 'attention', title: 'Needs attention', order: 0 }
        : { key: WELL, title: 'Everything else', order: 1 };
    case 'state':
      return { key: device.state, title: STATE_WORDS[device.state], order: STATE_ORDER[device.state] };
    case 'kind': {
      const title = KIND_WORDS[device.kind];
      return { key: device.kind, title };
    }
    case 'tag': {
      const tag = device.tags.find((one) => !/^(place|parent):/i.test(one));
      return tag === undefined
        ? { key: REST, title: 'Without a tag' }
        : { key: tag.toLowerCase(), title: tag };
    }
    case 'place':
    case 'parent': {
      const value = tagValue(device.tags, by);
      return value === null
        ? { key: REST, title: `Without a ${by}` }
        : { key: value.toLowerCase(), title: value };
    }
  }
}

/** Returns the value of the first tag `name:value`; null if there is none. */
export function tagValue(tags: readonly string[], name: string): string | null {
  const start = `${name}:`;
  const tag = tags.find((one) => one.toLowerCase().startsWith(start));
  const value = tag?.slice(start.length).trim() ?? '';
  return value === '' ? null : value;
}
