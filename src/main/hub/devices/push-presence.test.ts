import { describe, expect, it } from 'vitest';
import type { EventInfo } from '@shared/model';
import { ManualClock } from '../../../../tests/fakes/manual-clock';
import { DEFAULT_TIMINGS } from '../timings';
import { Device } from './device';
import { PushPresence, type PushContext } from './push-presence';

function setup() {
  const clock = new ManualClock();
  const device = new Device('pump', 'Pump', clock.now());
  device.approve('token', '10.0.0.7');
  const events: Omit<EventInfo, 'id'>[] = [];
  let touched = 0;
  const context: PushContext = {
    clock,
    timings: DEFAULT_TIMINGS,
    devices: { touch: () => touched++, touchAndSave: () => touched++ },
    events: { report: (event) => events.push(event) > 0 },
  };
  const presence = new PushPresence(device, context, { address: '10.0.0.7', isSecure: false });
  const push = (): void => presence.pushed(clock.now());
  /** Lets seconds pass as the hub does, pushing as often as `everyMs` says; 0: not at all. */
  const pass = (seconds: number, everyMs = 0): void => {
    for (let second = 1; second <= seconds; second++) {
      clock.advance(1_000);
      if (everyMs > 0 && (second * 1_000) % everyMs === 0) push();
      presence.second(clock.now());
    }
  };
  return { clock, device, events, presence, push, pass, touches: () => touched };
}

const kinds = (events: Omit<EventInfo, 'id'>[]) => events.map(({ kind, level }) => `${kind} ${level}`);

describe('a device that pushes', () => {
  it('is there from its first push on, and not before', () => {
    const { device, push, events, presence } = setup();
    expect([device.state, presence.state, presence.isPresent]).toEqual(['offline', 'offline', false]);
    push();
    expect([device.state, device.reason, presence.isPresent]).toEqual(['online', null, true]);
    expect(events).toMatchObject([{ kind: 'connected', text: 'Sends data from 10.0.0.7.' }]);
    expect(device.info(1_000)).toMatchObject({ address: '10.0.0.7', secure: false, session: null });
  });

  it('stays online while its pushes come in the cadence seen, whatever that is', () => {
    for (const everyMs of [1_000, 10_000, 300_000]) {
      const { device, push, pass, presence, events } = setup();
      push();
      pass((everyMs / 1_000) * 8, everyMs);
      expect([everyMs, device.state]).toEqual([everyMs, 'online']);
      expect(presence.intervalMs).toBe(everyMs);
      expect(kinds(events)).toEqual(['connected info']);
    }
  });

  it('is stale when the next push is late, and online again when it comes', () => {
    const { device, push, pass, touches, events } = setup();
    push();
    pass(50, 10_000);
    pass(30);
    expect(device.state).toBe('online');
    const before = touches();
    pass(1);
    expect(device).toMatchObject({ state: 'stale', reason: { code: 'LATE_DATA' } });
    expect(touches()).toBe(before + 1);
    push();
    expect([device.state, device.reason]).toEqual(['online', null]);
    expect(kinds(events)).toEqual(['connected info']);
  });

  it('is lost when it is very late, with when it was last heard, and back with its next push', () => {
    const { clock, device, push, pass, events } = setup();
    push();
    pass(50, 10_000);
    const lastPushAt = clock.now();
    pass(60);
    expect(device.state).toBe('stale');
    pass(1);
    expect(device).toMatchObject({
      state: 'offline',
      reason: { code: 'PUSHES_ENDED' },
      lastSeenAt: lastPushAt,
      isPresent: false,
    });
    expect(kinds(events)).toEqual(['connected info', 'lost warning']);
    pass(3_600);
    expect(events).toHaveLength(2);
    push();
    expect(device.state).toBe('online');
    expect(kinds(events)).toEqual(['connected info', 'lost warning', 'connected info']);
  });

  it('does not learn its cadence from an outage', () => {
    const { device, push, pass, presence } = setup();
    push();
    pass(50, 10_000);
    pass(3_600);
    push();
    expect(presence.intervalMs).toBe(10_000);
    pass(31);
    expect(device.state).toBe('stale');
  });

  it('is not called late soon after its first push, when nobody knows how often it pushes', () => {
    const { device, push, pass } = setup();
    push();
    pass(180);
    expect(device.state).toBe('online');
    pass(1);
    expect(device.state).toBe('stale');
    pass(180);
    expect(device.state).toBe('offline');
  });

  it('waits for approval like a connection, and is online once it is approved', () => {
    const { device, push, presence, events } = setup();
    device.wait('10.0.0.7', '123456', false);
    push();
    expect([device.state, presence.state]).toEqual(['pending', 'pending']);
    expect(device.reason?.code).toBe('PENDING_APPROVAL');
    device.approve('user');
    presence.admissionChanged();
    expect(device.state).toBe('online');
    expect(kinds(events)).toEqual(['waiting info', 'connected info']);
  });

  it('says where its last push came from', () => {
    const { clock, device, presence, push } = setup();
    push();
    presence.pushed(clock.now(), { address: '10.0.0.9', isSecure: true });
    expect(device.info(1_000)).toMatchObject({ address: '10.0.0.9', secure: true });
  });

  it('tells UIs of itself no more often than a connection does', () => {
    const { push, pass, touches } = setup();
    push();
    const before = touches();
    pass(60, 1_000);
    expect(touches() - before).toBe(6);
  });

  it('does not take the device with it while it is connected too', () => {
    const { device, push, pass, presence, events } = setup();
    push();
    const connection = new PushPresence(device, contextOf(presence), { address: '10.0.0.8', isSecure: true });
    connection.pushed(presence.openedAt + 1);
    pass(400);
    expect([device.state, presence.isPresent]).toEqual(['online', false]);
    expect(kinds(events)).toEqual(['connected info']);
  });

  it('is gone once the hub takes no more pushes, and ends only once', () => {
    const { device, push, presence, events } = setup();
    push();
    presence.dispose();
    presence.dispose();
    presence.close(4005, 'removed');
    expect(device).toMatchObject({ state: 'offline', reason: { code: 'STOPPED' } });
    expect(kinds(events)).toEqual(['connected info', 'lost info']);
  });
});

/** A context that shares the clock of another presence and tells nobody. */
function contextOf(other: PushPresence): PushContext {
  return {
    clock: new ManualClock(other.openedAt),
    timings: DEFAULT_TIMINGS,
    devices: { touch: () => {}, touchAndSave: () => {} },
    events: { report: () => true },
  };
}
