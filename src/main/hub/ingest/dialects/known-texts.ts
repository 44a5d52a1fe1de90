/**
 * Whether a text field of a point is a state of something, as `door=open` is. Some that well-known senders write by
 * themselves are none, and would only fill the event log.
 */
export function isState(
  measurement: string,
  field: string,
  text: string,
  tags: Readonly<Record<string, string>>,
): boolean {
  // Telegraf's uptime in words, new every minute; `system.uptime` says the same as a number.
  if (measurement === 'system' && field === 'uptime_format') return false;
  // Glances' clock, new each time.
  if (measurement === 'now' && (field === 'iso' || field === 'custom')) return false;
  // Glances says in each point which of its tags names the item.
  return field !== 'key' || !Object.hasOwn(tags, text);
}
