import { afterEach, describe, expect, it, vi } from 'vitest';
import { FaultError } from '@shared/errors';
import { createFakeHub, type FakeHub } from '../../../../../tests/fakes/fake-hub-api';
import type { Device } from '../hub/device.svelte';
import { HubState } from '../hub/hub-state.svelte';
import { TrustActions } from './trust-actions.svelte';

let api: FakeHub;
let hub: HubState;

/** Starts a hub with pending devices, and returns the commands sent to it. */
async function start(pending: number) {
  api = createFakeHub({ devices: 1, pending });
  hub = new HubState(api);
  await expect.poll(() => hub.devices.pending.length).toBe(pending);
  return { call: vi.spyOn(api, 'call'), trust: new TrustActions(hub) };
}

afterEach(() => {
  hub.dispose();
  api.dispose();
});

describe('deciding about devices', () => {
  it('approves with the digits that were compared', async () => {
    const { call, trust } = await start(1);
    const [device] = hub.devices.pending as [Device];
    await trust.approve(device, '123456');
    expect(call).toHaveBeenCalledWith('approveDevice', { device: device.id, code: '123456' });
  });

  it('rejects all that waited when it was asked, and nobody who came later', async () => {
    const { trust } = await start(3);
    const asked = hub.devices.pending;
    api.arrive();
    await trust.rejectAll(asked);
    await expect.poll(() => hub.devices.pending.length).toBe(1);
    expect(asked.map(({ approval }) => approval)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(trust.rejecting).toBe(0);
  });

  it('stops at the first that could not be rejected', async () => {
    const { call, trust } = await start(3);
    call.mockRejectedValueOnce(new FaultError('DISCONNECTED', 'There is no connection to the hub.'));
    await trust.rejectAll(hub.devices.pending);
    expect(call).toHaveBeenCalledTimes(1);
    expect(trust.rejecting).toBe(0);
  });

  it('hands out the key of a device that has to be given it by hand, and no other', async () => {
    const { trust } = await start(1);
    const agent = hub.devices.byId('fake-0') as Device;
    expect(await trust.issueKey(agent)).toEqual({ key: null });
    api.changeDevice('fake-0', { simple: true });
    expect((await trust.issueKey(agent))?.key).toMatch(/^wwk_/);
  });
});

describe('what a UI may do', () => {
  it('is asked of the hub, and anew when the link is back', async () => {
    api = createFakeHub({ devices: 0, role: 'viewer' });
    hub = new HubState(api);
    await expect.poll(() => hub.viewOnly).toBe(true);
    const call = vi.spyOn(api, 'call');
    api.restart();
    expect(call).toHaveBeenCalledWith('getCaller', {});
  });
});
