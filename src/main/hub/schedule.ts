import type { Clock } from '@shared/clock';
import { DisposableStore, type Disposable } from '@shared/disposable';
import type { UiConnections } from './api/ui-connections';
import type { DeviceRegistry } from './devices/device-registry';
import type { HubServer } from './port/hub-server';
import { RING_WINDOW_MS, type RingMemory } from './series/ring-memory';
import type { Timings } from './timings';

const MAINTAIN_EVERY_MS = 5_000;

export interface ScheduledWork {
  clock: Clock;
  timings: Pick<Timings, 'ackEveryMs' | 'deviceChangesEveryMs' | 'feedTickMs'>;
  server: HubServer;
  devices: DeviceRegistry;
  uis: UiConnections;
  memory: RingMemory;
}

/** Starts everything that a running hub does periodically. */
export function startSchedule(work: ScheduledWork): Disposable {
  const { clock, timings, server, devices, uis, memory } = work;
  const timers = new DisposableStore();
  timers.add(clock.every(1_000, () => server.second()));
  timers.add(clock.every(timings.ackEveryMs, () => server.flushAcks()));
  timers.add(clock.every(timings.deviceChangesEveryMs, () => devices.flush()));
  timers.add(clock.every(timings.feedTickMs, () => uis.tick(clock.monotonic(), clock.now())));
  timers.add(
    clock.every(MAINTAIN_EVERY_MS, () => {
      devices.maintain();
      memory.dropOlderThan(clock.now() - RING_WINDOW_MS);
    }),
  );
  return timers;
}
