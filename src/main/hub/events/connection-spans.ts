import type { ConnectionSpan, EventInfo } from '@shared/model';

/**
 * Returns when each device was connected within `[from, to)`, from its `connected` and `lost` events in time order. A
 * device that is connected now and has no earlier event counts as connected since `from`.
 */
export function connectionSpans(
  events: readonly EventInfo[],
  from: number,
  to: number,
  connectedNow: ReadonlySet<string>,
): Record<string, ConnectionSpan[]> {
  const spans = Object.create(null) as Record<string, ConnectionSpan[]>;
  const openSince = new Map<string, number>();
  const seen = new Set<string>();
  for (const { device, kind, at } of events) {
    if (device === null || (kind !== 'connected' && kind !== 'lost')) continue;
    const isFirst = !seen.has(device);
    seen.add(device);
    if (kind === 'connected') {
      if (!openSince.has(device)) openSince.set(device, at);
      continue;
    }
    const since = openSince.get(device) ?? (isFirst ? from : undefined);
    openSince.delete(device);
    if (since !== undefined) (spans[device] ??= []).push({ from: Math.max(from, since), to: at });
  }
  for (const device of connectedNow) {
    if (!seen.has(device)) openSince.set(device, from);
  }
  for (const [device, since] of openSince) {
    if (connectedNow.has(device)) (spans[device] ??= []).push({ from: Math.max(from, since), to });
  }
  return spans;
}
