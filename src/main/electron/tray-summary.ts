import type { DeviceInfo } from '@shared/model';
import type { TopicMessages } from '@shared/hub-api';

/** Counts devices by the states that the tray shows. */
export interface FleetSummary {
  /** Returns whether the text changed. */
  apply(message: TopicMessages['devices']): boolean;
  readonly text: string;
}

type Bucket = 'online' | 'waiting' | 'offline';

export function createFleetSummary(): FleetSummary {
  let buckets = new Map<string, Bucket>();
  let text = describe(buckets);
  return {
    get text() {
      return text;
    },
    apply({ full, changed, removed }) {
      if (full) buckets = new Map();
      for (const device of changed) {
        const bucket = bucketOf(device);
        if (bucket) buckets.set(device.id, bucket);
        else buckets.delete(device.id);
      }
      for (const id of removed) buckets.delete(id);
      const before = text;
      text = describe(buckets);
      return text !== before;
    },
  };
}

function bucketOf(device: DeviceInfo): Bucket | null {
  if (device.approval === 'pending') return 'waiting';
  if (device.approval === 'rejected') return null;
  return device.state === 'online' ? 'online' : 'offline';
}

function describe(buckets: ReadonlyMap<string, Bucket>): string {
  const count = { online: 0, waiting: 0, offline: 0 };
  for (const bucket of buckets.values()) count[bucket]++;
  const parts = [`${count.online} online`];
  if (count.offline > 0) parts.push(`${count.offline} not reporting`);
  if (count.waiting > 0) parts.push(`${count.waiting} waiting for approval`);
  return parts.join(', ');
}
