import type { Sender } from './dialect';

/** The tags that name a device, in the order in which they are believed. */
const DEVICE_TAGS = ['host', 'hostname', 'device', 'mqtt_topic', 'node'] as const;

/** Which tag of a point names its device, and the labels that are left. */
export function senderOfTags(tags: Readonly<Record<string, string>>): {
  sender: Sender | null;
  labels: Record<string, string>;
} {
  const labels: Record<string, string> = { ...tags };
  for (const tag of DEVICE_TAGS) {
    const name = tags[tag];
    if (name === undefined || name === '') continue;
    delete labels[tag];
    return { sender: { id: name, name }, labels };
  }
  return { sender: null, labels };
}
