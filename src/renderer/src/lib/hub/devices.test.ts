import { describe, expect, it } from 'vitest';
import type { Clock } from '@shared/clock';
import type { HubApi, TopicMessages } from '@shared/hub-api';
import type { DeviceInfo } from '@shared/model';
import { DeviceStore } from './devices.svelte';
import { deviceInfo } from './testing/device-info';

type Message = TopicMessages['devices'];

const device = (id: string, patch: Partial<DeviceInfo> = {}): DeviceInfo =>
  deviceInfo({ id, name: id, ...patch });

function start() {
  let send: (message: Message) => void = () => {};
  let flush: (() => void) | null = null;
  const api = {
    subscribe: (_topic: string, _params: object, listener: (message: Message) => void) => {
      send = listener;
      return () => {};
    },
  } as unknown as HubApi;
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    steppedMs: 0,
    every: () => () => {},
    after: (_delay, run) => {
      flush = run;
      return () => (flush = null);
    },
  };
  const store = new DeviceStore(api, clock);
  return {
    store,
    send: (changed: DeviceInfo[], removed: string[] = [], full = false) => send({ full, changed, removed }),
    flush: () => flush?.(),
    waits: () => flush !== null,
    names: () => store.list.map(({ id }) => id),
  };
}

describe('DeviceStore', () => {
  it('puts this computer first and sorts the others as people count', () => {
    const { send, names } = start();
    send([device('pi-10'), device('pi-2'), device('Attic'), device('zz', { local: true })], [], true);
    expect(names()).toEqual(['zz', 'Attic', 'pi-2', 'pi-10']);
  });

  it('applies a burst of changes at once and keeps the lists when no order changed', () => {
    const { store, send, flush, waits } = start();
    send([device('a'), device('b')], [], true);
    const { list } = store;
    send([device('a', { rttMs: 1 })]);
    send([device('a', { rttMs: 2, state: 'stale' })]);
    expect(store.byId('a')?.rttMs).toBeNull();
    flush();
    expect(waits()).toBe(false);
    expect(store.byId('a')?.rttMs).toBe(2);
    expect(store.list).toBe(list);
    expect(store.counts).toMatchObject({ online: 1, stale: 1, offline: 0, pending: 0, total: 2 });
  });

  it('keeps a device the same object while it changes', () => {
    const { store, send, flush } = start();
    send([device('a')], [], true);
    const a = store.byId('a');
    send([device('a', { name: 'renamed' })]);
    flush();
    expect(store.byId('a')).toBe(a);
    expect(a?.name).toBe('renamed');
  });

  it('parts what is approved from what waits, latest first', () => {
    const { store, send } = start();
    send(
      [
        device('a'),
        device('p', { approval: 'pending', state: 'pending', firstSeenAt: 1 }),
        device('q', { approval: 'pending', state: 'pending', firstSeenAt: 2 }),
        device('r', { approval: 'rejected', state: 'rejected' }),
      ],
      [],
      true,
    );
    expect(store.approved.map(({ id }) => id)).toEqual(['a']);
    expect(store.pending.map(({ id }) => id)).toEqual(['q', 'p']);
    expect(store.counts).toMatchObject({ total: 1, pending: 2 });
  });

  it('forgets what is removed and what a full list does not name', () => {
    const { send, flush, names } = start();
    send([device('a'), device('b'), device('c')], [], true);
    send([], ['b']);
    flush();
    expect(names()).toEqual(['a', 'c']);
    send([device('d')]);
    send([device('c')], [], true);
    expect(names()).toEqual(['c']);
  });
});
