import { describe, expect, it } from 'vitest';
import type { DeviceInfo, UiRole } from '@shared/model';
import { createFakeHub } from '../../../../../tests/fakes/fake-hub-api';
import { Device } from '../hub/device.svelte';
import { HubState } from '../hub/hub-state.svelte';
import { deviceInfo } from '../hub/testing/device-info';
import { TrustActions } from '../trust/trust-actions.svelte';
import { DeviceActions } from './device-actions.svelte';

function labels(info: Partial<DeviceInfo>, role: UiRole = 'admin'): string[] {
  const api = createFakeHub({ devices: 0 });
  const hub = new HubState(api);
  hub.role = role;
  const actions = new DeviceActions(hub, new TrustActions(hub));
  const entries = actions.menuFor(new Device(deviceInfo(info)));
  hub.dispose();
  api.dispose();
  return entries.flatMap((entry) => ('label' in entry ? [entry.label] : []));
}

describe('the menu of a device', () => {
  const approved = { approval: 'approved', approvedBy: 'user', keyIssuedAt: 1, session: 's' } as const;

  it('offers what can be done with an approved one', () => {
    expect(labels(approved)).toEqual(
      expect.arrayContaining(['Rename…', 'Issue a new key…', 'Revoke key…', 'Export…', 'Block…', 'Remove…']),
    );
  });

  it('lets those who may only look do just that', () => {
    const offered = labels(approved, 'viewer');
    expect(offered).toEqual(expect.arrayContaining(['Show connection', 'Export…']));
    expect(offered.filter((label) => /Rename|Tags|Interval|key|Delete|Block|Remove/.test(label))).toEqual([]);
    expect(labels({ approval: 'pending' }, 'viewer').filter((label) => /Approve|Reject/.test(label))).toEqual(
      [],
    );
  });

  it('decides about one that waits, and brings a blocked one back', () => {
    expect(labels({ approval: 'pending' })).toEqual(expect.arrayContaining(['Approve', 'Reject', 'Block…']));
    expect(labels({ approval: 'pending' })).not.toContain('Rename…');
    expect(labels({ approval: 'blocked' })).toContain('Unblock');
  });

  it('offers no keys for what is part of the program itself', () => {
    const offered = labels({ ...approved, approvedBy: 'internal' });
    expect(offered.filter((label) => /key|Block/.test(label))).toEqual([]);
  });
});
