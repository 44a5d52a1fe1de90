import { formatSeriesKey } from '@shared/protocol/series-key';
import type { ConnectionSpan, EventInfo, QuerySeries, StorageInfo } from '@shared/model';
import type { FakeDevice, FakeSeries } from './fake-devices';
import { noise, valueOf } from './fake-signals';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How far back the made-up history reaches. */
export const PAST_MS = 40 * DAY;
/** Samples evaluated in each bucket; enough for a realistic band. */
const LOOKS_PER_BUCKET = 8;
/** The period in which at most one outage begins. */
const OUTAGE_EVERY_MS = 6 * HOUR;

/** Returns the outage of a device at a time, the same in every run: sometimes minutes, rarely most of a day. */
export function outageAt(seed: number, time: number): ConnectionSpan | null {
  for (const block of [Math.floor(time / OUTAGE_EVERY_MS), Math.floor(time / OUTAGE_EVERY_MS) - 1]) {
    const chance = noise(seed + 31, block);
    if (chance < 0.86) continue;
    const from = block * OUTAGE_EVERY_MS + noise(seed + 32, block) * OUTAGE_EVERY_MS;
    const length = chance > 0.985 ? 9 * HOUR : 4 * MINUTE + noise(seed + 33, block) * 55 * MINUTE;
    if (time >= from && time < from + length) return { from, to: from + length };
  }
  return null;
}

/** Returns all outages that overlap `[from, to)`, in order. */
export function outagesWithin(seed: number, from: number, to: number): ConnectionSpan[] {
  const found: ConnectionSpan[] = [];
  for (let time = from; time < to; time += MINUTE) {
    const outage = outageAt(seed, time);
    if (!outage) continue;
    found.push(outage);
    time = outage.to;
  }
  return found;
}

/** Returns the start and end of a device's made-up history. */
export function extentOf(device: FakeDevice, now: number): { oldest: number; newest: number } | null {
  if (device.series.length === 0) return null;
  return { oldest: now - PAST_MS, newest: device.info.lastSeenAt ?? now };
}

export function querySeries(
  device: FakeDevice,
  series: FakeSeries,
  seed: number,
  { from, to, points }: { from: number; to: number; points?: number | undefined },
): QuerySeries {
  const { metric, labels, unit, kind } = series;
  const head = { device: device.info.id, metric, labels, unit, kind };
  const now = Date.now();
  const extent = extentOf(device, now);
  const known = (time: number) =>
    extent !== null && time >= extent.oldest && time <= extent.newest && !outageAt(seed, time);
  if (points === undefined) {
    const every = Math.max(1_000, (to - from) / 100_000);
    const t: number[] = [];
    for (let time = Math.ceil(from / every) * every; time < to; time += every) if (known(time)) t.push(time);
    return { ...head, t, v: t.map((time) => valueOf(series.signal, time)) };
  }
  const width = (to - from) / points;
  const t = Array.from({ length: points }, (_, i) => from + i * width);
  const min: (number | null)[] = [];
  const max: (number | null)[] = [];
  const avg: (number | null)[] = [];
  for (const begin of t) {
    const values: number[] = [];
    for (let i = 0; i < LOOKS_PER_BUCKET; i++) {
      const time = begin + ((i + 0.5) / LOOKS_PER_BUCKET) * width;
      if (known(time)) values.push(valueOf(series.signal, time));
    }
    min.push(values.length === 0 ? null : Math.min(...values));
    max.push(values.length === 0 ? null : Math.max(...values));
    avg.push(values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length);
  }
  return { ...head, t, min, max, avg };
}

/** Returns the events of a device in the made-up history, oldest first; ids start at `firstId`. */
export function pastEvents(device: FakeDevice, seed: number, now: number, firstId: number): EventInfo[] {
  const events: Omit<EventInfo, 'id'>[] = [];
  const id = device.info.id;
  for (const { from, to } of outagesWithin(seed, now - PAST_MS, now - 10 * MINUTE)) {
    events.push(
      {
        at: from,
        kind: 'lost',
        level: 'warning',
        device: id,
        text: 'The device stopped answering heartbeats.',
      },
      { at: to, kind: 'connected', level: 'info', device: id, text: 'It connected again.' },
    );
  }
  for (let day = 1; day < 30; day += 3) {
    const at = now - day * DAY + noise(seed + 40, day) * 6 * HOUR;
    events.push(
      { at, kind: 'text', level: 'info', device: id, text: `Backup of ${day * 3 + 7} GB finished.` },
      { at: at - HOUR, kind: 'text', level: 'error', device: id, text: 'Disk sdb answered slowly.' },
    );
  }
  events.push(
    { at: now - 4 * DAY, kind: 'note', level: 'info', device: id, text: 'Replaced the fan.' },
    { at: now - 5 * HOUR, kind: 'note', level: 'info', device: id, text: 'Moved to the other switch.' },
  );
  return events.sort((a, b) => a.at - b.at).map((event, i) => ({ ...event, id: firstId + i }));
}

/** Returns the periods within `[from, to)` in which a device was connected. */
export function spansOf(device: FakeDevice, seed: number, from: number, to: number): ConnectionSpan[] {
  const end = device.info.state === 'offline' ? (device.info.lastSeenAt ?? from) : to;
  const spans: ConnectionSpan[] = [];
  let since = from;
  for (const outage of outagesWithin(seed, from, end)) {
    if (outage.from > since) spans.push({ from: since, to: outage.from });
    since = outage.to;
  }
  if (since < end) spans.push({ from: since, to: end });
  return spans;
}

/** Returns a seed for a device's history that does not depend on series ids. */
export function seedOf(device: FakeDevice): number {
  let seed = 7;
  for (const character of device.info.id) seed = (seed * 31 + character.charCodeAt(0)) | 0;
  return Math.abs(seed % 10_000);
}

export function storageOf(
  devices: Iterable<FakeDevice>,
  store: StorageInfo['store'],
  budgetBytes: number,
  problem: StorageInfo['problem'],
): StorageInfo {
  const now = Date.now();
  const names = new Set<string>();
  for (const device of devices) {
    for (const { metric, labels } of device.series) {
      names.add(`${device.info.id} ${formatSeriesKey(metric, labels)}`);
    }
  }
  const memoryBytes = names.size * 900 * 16;
  const common = { store, dataDir: '/var/lib/wirewatch', budgetBytes, seriesCount: names.size, memoryBytes };
  if (store === 'memory') return { ...common, fileBytes: 0, tiers: [], problem };
  const tiers: StorageInfo['tiers'] = [
    { tier: 'journal', bytes: 6_300_000, samples: 214_000, oldest: now - 4 * MINUTE, newest: now },
    { tier: 'raw', bytes: 148_000_000, samples: 410_000_000, oldest: now - 7 * DAY, newest: now - MINUTE },
    { tier: 'minute', bytes: 91_000_000, samples: 36_000_000, oldest: now - PAST_MS, newest: now - MINUTE },
    { tier: 'hour', bytes: 4_200_000, samples: 610_000, oldest: now - PAST_MS, newest: now - HOUR },
  ];
  const fileBytes = tiers.reduce((sum, tier) => sum + tier.bytes, 0) + 5_100_000;
  return { ...common, fileBytes, tiers, problem };
}
