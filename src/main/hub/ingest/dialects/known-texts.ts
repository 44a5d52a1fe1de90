/**
 * Whether a text field of a point is a state, such as `door=open`. Some texts that well-known programs send by default
 * are not states and would only fill the event log.
 */
export function isState(
  measurement: string,
  field: string,
  text: string,
  tags: Readonly<Record<string, string>>,
): boolean {
  // Telegraf's uptime in words, new every minute; `system.uptime` has the same as a number.
  if (measurement === 'system' && field === 'uptime_format') return false;
  // Glances' clock, which always changes.
  if (measurement === 'now' && (field === 'iso' || field === 'custom')) return false;
  // Glances adds to each point the name of the tag that identifies the item.
  return field !== 'key' || !Object.hasOwn(tags, text);
}
