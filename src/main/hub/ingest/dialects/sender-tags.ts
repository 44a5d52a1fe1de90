import { displayText } from '@shared/display-text';
import type { Sender } from './dialect';

/** The tags that identify a device, in order of preference. */
const DEVICE_TAGS = ['host', 'hostname', 'device', 'mqtt_topic', 'node'] as const;

/** The most characters of a displayed name. */
const NAME_CHARS = 256;

/**
 * Returns the sender with this name; null if none of it is visible. Its id contains all characters, because two senders
 * with long names could otherwise become one.
 */
export function senderNamed(said: string, name = said): Sender | null {
  const id = displayText(said);
  return id === '' ? null : { id, name: displayText(name, NAME_CHARS) || id.slice(0, NAME_CHARS) };
}

/** Splits the tags of a point into the one that identifies its device, and the labels. */
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
