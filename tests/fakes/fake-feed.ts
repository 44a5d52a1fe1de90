import type { FeedBlock, FeedFrame, FeedHandle, FeedSpec } from '@shared/hub-api';
import type { FakeDevice, FakeSeries } from './fake-devices';
import { valueOf } from './fake-signals';

export interface FakeFeed extends FeedHandle {
  spec: Required<FeedSpec>;
  /** Sends the frames that are due. */
  tick(now: number): void;
}

export interface FakeFeedOptions {
  spec: FeedSpec;
  listener: (frame: FeedFrame) => void;
  bootId: () => string;
  deviceOf: (series: number) => { device: FakeDevice; series: FakeSeries } | undefined;
  onUpdate: () => void;
  onClose: () => void;
}

/** A period of 14 s without samples in every hour of every device, so that gaps are visible. */
const GAP_FROM_MS = 90_000;
const GAP_LENGTH_MS = 14_000;

export function createFakeFeed(options: FakeFeedOptions): FakeFeed {
  const spec: Required<FeedSpec> = { focus: [], ...options.spec };
  let fresh = new Set(spec.series);
  let dueAt = 0;
  let sentTo = 0;
  const openedAt = Date.now();

  function blockFor(device: FakeDevice, series: FakeSeries[], from: number, to: number): FeedBlock | null {
    const every = device.info.intervalMs;
    const last = Math.min(to, device.info.state === 'online' ? to : (device.info.lastSeenAt ?? to));
    const times: number[] = [];
    for (let time = Math.ceil((from + 1) / every) * every; time <= last; time += every) {
      const ago = openedAt - time;
      if (ago > GAP_FROM_MS && ago < GAP_FROM_MS + GAP_LENGTH_MS) continue;
      times.push(time);
    }
    if (times.length === 0) return null;
    return {
      series: Uint32Array.from(series, (one) => one.id),
      t: Float64Array.from(times),
      v: Float64Array.from(series.flatMap((one) => times.map((time) => valueOf(one.signal, time)))),
    };
  }

  function blocks(ids: Iterable<number>, from: number, to: number): FeedBlock[] {
    const byDevice = new Map<FakeDevice, FakeSeries[]>();
    for (const id of ids) {
      const found = options.deviceOf(id);
      if (found) byDevice.set(found.device, [...(byDevice.get(found.device) ?? []), found.series]);
    }
    return [...byDevice].map(([device, list]) => blockFor(device, list, from, to)).filter((b) => b !== null);
  }

  return {
    spec,
    tick(now) {
      if (now < dueAt) return;
      dueAt = now + spec.flushMs;
      const base = { bootId: options.bootId(), hubTime: now };
      if (fresh.size > 0) {
        options.listener({ ...base, kind: 'snapshot', blocks: blocks(fresh, now - spec.windowMs, now) });
      }
      const rest = spec.series.filter((id) => !fresh.has(id));
      fresh = new Set();
      const append = sentTo === 0 ? [] : blocks(rest, sentTo, now);
      sentTo = now;
      if (append.length > 0) options.listener({ ...base, kind: 'append', blocks: append });
    },
    update(patch) {
      if (patch.series) {
        const before = new Set(spec.series);
        for (const id of patch.series) if (!before.has(id)) fresh.add(id);
      }
      if (patch.windowMs !== undefined && patch.windowMs > spec.windowMs)
        fresh = new Set(patch.series ?? spec.series);
      Object.assign(spec, patch);
      dueAt = 0;
      options.onUpdate();
    },
    close: options.onClose,
  };
}
