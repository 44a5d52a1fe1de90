import { attentionCause, type AttentionCause } from '@shared/attention';
import type { TopicMessages } from '@shared/hub-api';
import type { DeviceInfo } from '@shared/model';

/** Counts devices by what the tray shows, those that need a person first. */
export interface FleetSummary {
  /** Returns whether the text changed. `now` is the hub's time, ms since the epoch. */
  apply(message: TopicMessages['devices'], now: number): boolean;
  readonly text: string;
}

type Bucket = AttentionCause | 'online' | 'waiting' | 'away';

export function createFleetSummary(): FleetSummary {
  let buckets = new Map<string, Bucket>();
  let text = describe(buckets);
  return {
    get text() {
      return text;
    },
    apply({ full, changed, removed }, now) {
      if (full) buckets = new Map();
      for (const device of changed) {
        const bucket = bucketOf(device, now);
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

function bucketOf(device: DeviceInfo, now: number): Bucket | null {
  if (device.approval === 'pending') return 'waiting';
  if (device.approval !== 'approved') return null;
  return attentionCause(device, now) ?? (device.state === 'online' ? 'online' : 'away');
}

const WORDS: readonly [Bucket, string][] = [
  ['waiting', 'waiting for approval'],
  ['offline', 'offline'],
  ['flapping', 'losing their connection'],
  ['stale', 'stale'],
];

function describe(buckets: ReadonlyMap<string, Bucket>): string {
  const count = (wanted: Bucket) => [...buckets.values()].filter((bucket) => bucket === wanted).length;
  const parts = WORDS.flatMap(([bucket, words]) => (count(bucket) > 0 ? [`${count(bucket)} ${words}`] : []));
  return [...parts, `${count('online')} online`].join(', ');
}
