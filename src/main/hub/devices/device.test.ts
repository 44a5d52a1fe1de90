import { describe, expect, it } from 'vitest';
import type { Approval, ConnectionState } from '@shared/model';
import { Device } from './device';
import { createDeviceKey } from './device-key';
import { bestOf, type DeviceSession, type Presence } from './presence';

function presence(state: ConnectionState, more: Partial<Presence> = {}): Presence {
  return {
    kind: 'push',
    address: '10.0.0.7',
    isSecure: false,
    openedAt: 1_000,
    lastHeardAt: 2_000,
    rttMs: null,
    clockOffsetMs: null,
    intervalMs: null,
    backlog: null,
    state,
    reason: state === 'online' ? null : { code: state, text: `It is ${state}.` },
    admissionChanged: () => {},
    close: () => {},
    ...more,
  };
}

function session(state: ConnectionState, id: string): DeviceSession {
  return {
    ...presence(state),
    kind: 'session',
    rttMs: 3,
    id,
    takesKeys: true,
    instance: null,
    code: null,
    wasLeft: false,
    turnAway: () => {},
    handKey: () => {},
    intervalChanged: () => {},
    request: () => Promise.resolve(null),
  };
}

describe('a device', () => {
  it('has one of four approvals, which only its methods change', () => {
    const device = new Device('pump', 'Pump', 0);
    const check = (): unknown[] => {
      // @ts-expect-error A misspelt approval.
      const misspelt: Approval = 'aproved';
      // @ts-expect-error Nobody sets it from outside.
      device.approval = 'approved';
      // @ts-expect-error Nor what it says of itself.
      device.description.ownName = 'Pump 2';
      // @ts-expect-error It is approved by one of those that `ApprovedBy` names.
      device.approve('somebody');
      // @ts-expect-error There is no such approval to compare with.
      return [misspelt, device.approval === 'aproved'];
    };
    expect(check).toBeTypeOf('function');
    const approvals: Approval[] = [device.approval];
    device.approve('user');
    approvals.push(device.approval);
    device.reject();
    approvals.push(device.approval);
    device.block('10.0.0.7');
    approvals.push(device.approval);
    expect(approvals).toEqual(['pending', 'approved', 'rejected', 'blocked']);
  });

  it('keeps neither key nor approval nor address when it is revoked, but that it was let in', () => {
    const device = new Device('pump', 'Pump', 0);
    device.approve('token', '10.0.0.7');
    device.joinWith('c0ffee');
    device.giveKey(createDeviceKey(1, null).key);
    device.revoke();
    expect(device.standing).toMatchObject({
      approval: 'pending',
      approvedBy: null,
      key: null,
      boundTo: null,
      joinedWith: null,
      wasApproved: true,
    });
    expect(device.reason?.code).toBe('NOT_ASKED');
  });

  it('shows the digits it waits with only as long as it waits', () => {
    const device = new Device('pump', 'Pump', 0);
    device.wait('10.0.0.7', '123456', false);
    expect(device.info(1_000).code).toBe('123456');
    device.approve('user');
    expect(device.info(1_000).code).toBeNull();
    expect(device.boundTo).toBe('10.0.0.7');
  });

  it('is shown as the device that it claims to be, whatever it calls itself', () => {
    const pump = new Device('pump', 'Pump', 0);
    pump.describe({ kind: 'board', simple: true });
    const claim = new Device('claim:1', 'x', 0);
    claim.claim(pump);
    claim.describe({ ownName: 'Totally another' });
    expect(claim).toMatchObject({ name: 'Pump', kind: 'board', simple: true, claims: 'pump' });
    expect(claim.requestText('10.0.0.9')).toBe('Says at 10.0.0.9 that it is "Pump".');
  });

  it('goes back to its own name when the user takes theirs away', () => {
    const device = new Device('pump', 'Pump', 0);
    device.rename('Cellar');
    expect(device.name).toBe('Cellar');
    device.rename('');
    expect(device.name).toBe('Pump');
    device.rename('Pump');
    expect(device.choices.name).toBeNull();
  });
});

describe('the presences of a device', () => {
  it('make it online when any of them is, and give it the state and reason of the best', () => {
    const device = new Device('pump', 'Pump', 0);
    device.approve('user');
    device.explainAbsence({ code: 'NOT_SEEN', text: 'Not yet.' });
    expect([device.state, device.reason?.code]).toEqual(['offline', 'NOT_SEEN']);
    const stale = session('stale', 's1');
    device.join(stale);
    expect([device.state, device.reason?.code]).toEqual(['stale', 'stale']);
    const online = presence('online');
    device.join(online);
    device.join(session('stale', 's2'));
    expect([device.state, device.reason]).toEqual(['online', null]);
    device.leave(online, { code: 'PUSHES_ENDED', text: 'Over.' });
    expect(device.state).toBe('stale');
  });

  it('leave the reason of the last one that went, and when it was heard', () => {
    const device = new Device('pump', 'Pump', 0);
    device.approve('user');
    const first = presence('online', { lastHeardAt: 9_000 });
    const second = presence('online', { lastHeardAt: 5_000 });
    device.join(first);
    device.join(second);
    expect(device.leave(first, { code: 1, text: 'first' })).toBe(true);
    expect(device.leave(first, { code: 1, text: 'first again' })).toBe(false);
    device.leave(second, { code: 2, text: 'second' });
    expect(device.reason).toEqual({ code: 2, text: 'second' });
    expect(device.lastSeenAt).toBe(9_000);
  });

  it('are seen as long ago as they were when the clock is set, unless that was before this run', () => {
    const device = new Device('pump', 'Pump', 8_000);
    device.approve('user');
    const before = new Device('old', 'Old', 100, {
      standing: device.standing,
      description: device.description,
      choices: device.choices,
      local: false,
      lastSeenAt: 7_000,
    });
    for (const one of [device, before]) one.clockSet(1_000);
    expect([device.firstSeenAt, before.firstSeenAt, before.lastSeenAt]).toEqual([9_000, 100, 7_000]);
    for (const one of [device, before]) {
      const visit = presence('online', { lastHeardAt: 5_000 });
      one.join(visit);
      one.leave(visit, { code: 1, text: 'gone' });
      // Even where an earlier run, whose clock was ahead, had seen it later.
      expect(one.lastSeenAt).toBe(5_000);
      one.clockSet(-2_000);
      expect(one.lastSeenAt).toBe(3_000);
    }
  });

  it('are asked over a connection only, though another speaks for the device', () => {
    const device = new Device('pump', 'Pump', 0);
    device.approve('user');
    device.join(session('stale', 's1'));
    device.join(presence('online', { address: '10.0.0.9', isSecure: true }));
    expect(device.mainSession?.id).toBe('s1');
    expect(device.info(1_000)).toMatchObject({
      state: 'online',
      address: '10.0.0.9',
      secure: true,
      session: 's1',
      rttMs: 3,
    });
  });

  it('may end themselves while all of them are closed', () => {
    const device = new Device('pump', 'Pump', 0);
    const closed: string[] = [];
    for (const address of ['a', 'b', 'c']) {
      const one: Presence = presence('online', {
        address,
        close(code, text) {
          closed.push(address);
          device.leave(one, { code, text });
        },
      });
      device.join(one);
    }
    device.close(4005, 'removed');
    expect(closed).toEqual(['a', 'b', 'c']);
    expect(device.isPresent).toBe(false);
  });

  it.each([
    [['stale', 'online', 'stale'], 1],
    [['online', 'online'], 1],
    [['authenticating', 'stale', 'pending'], 1],
  ] as const)('of the states %j the best is at %i', (states, best) => {
    const presences = states.map((state) => presence(state));
    expect(bestOf(presences)).toBe(presences[best]);
  });
});
