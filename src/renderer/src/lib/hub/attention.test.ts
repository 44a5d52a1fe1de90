import { describe, expect, it } from 'vitest';
import type { DeviceInfo } from '@shared/model';
import { ManualClock } from '../../../../../tests/fakes/manual-clock';
import { hubNow } from '../time/hub-time';
import { AttentionList } from './attention.svelte';
import { Device } from './device.svelte';
import { deviceInfo } from './testing/device-info';

function start(...patches: Partial<DeviceInfo>[]) {
  const clock = new ManualClock();
  const devices = patches.map((patch, i) => new Device(deviceInfo({ id: `d${i}`, ...patch })));
  const list = new AttentionList(() => devices, clock);
  const set = (index: number, patch: Partial<DeviceInfo>): void => {
    const device = devices[index];
    if (device) device.info = { ...device.info, ...patch };
    list.changed(false);
  };
  return { clock, list, set, shown: () => Object.fromEntries(list.causes) };
}

describe('the devices that need a person', () => {
  it('are listed at once when the page opens', () => {
    const { list, shown } = start({ state: 'offline', lastSeenAt: hubNow() }, {});
    list.changed(true);
    expect(shown()).toEqual({ d0: 'offline' });
  });

  it('are listed only when they stay so for a moment', () => {
    const { clock, list, set, shown } = start({});
    list.changed(true);
    set(0, { state: 'stale', lastSeenAt: hubNow() });
    clock.advance(3_000);
    expect(shown()).toEqual({});
    set(0, { state: 'online' });
    clock.advance(3_000);
    set(0, { state: 'stale' });
    clock.advance(3_000);
    expect(shown()).toEqual({});
    clock.advance(3_000);
    expect(shown()).toEqual({ d0: 'stale' });
    set(0, { state: 'online' });
    clock.advance(1_000);
    expect(shown()).toEqual({});
  });

  it('are the same map while nothing changes, so that no list is sorted again', () => {
    const { clock, list } = start({ state: 'offline', lastSeenAt: hubNow() });
    list.changed(true);
    const before = list.causes;
    clock.advance(10_000);
    expect(list.causes).toBe(before);
  });
});
