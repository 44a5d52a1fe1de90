import { displayText } from '@shared/display-text';
import type { Sender } from './dialect';

/** The tags that name a device, in the order in which they are believed. */
const DEVICE_TAGS = ['host', 'hostname', 'device', 'mqtt_topic', 'node'] as const;

/** A shown name has room for this many characters. */
const NAME_CHARS = 256;

/**
 * The sender that calls itself `said`; null if nothing of it is visible. All letters count as its id, or two senders with
 * long names would be one.
 */
export function senderNamed(said: string, name = said): Sender | null {
  const id = displayText(said);
  return id === '' ? null : { id, name: displayText(name, NAME_CHARS) || id.slice(0, NAME_CHARS) };
}

/** Which tag of a point names its device, and the labels that are left. */
export function senderOfTags(tags: Readonly<Record<string, string>>): {
  sender: Sender | null;
  labels: Record<string, string>;
} {
  const labels: Record<string, string> = { ...tags };
  for (const tag of DEVICE_TAGS) {
    const sender = senderNamed(tags[tag] ?? '');
    if (!sender) continue;
    delete labels[tag];
    return { sender, labels };
  }
  return { sender: null, labels };
}
