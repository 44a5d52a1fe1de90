import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { keyOf } from '../fakes/admission';
import { hello, startHub, TestClient, type Json, type TestHub } from '../fakes/hub-harness';
import { eventually } from '../patience';

describe('admission', () => {
  let test: TestHub;
  afterEach(() => test.dispose());

  async function ask(id: string, more: Json = {}): Promise<TestClient> {
    const agent = await TestClient.open(`${test.url}/agent`, ['wirewatch.v1']);
    agent.send(hello(id, more));
    return agent;
  }

  it('lets an unknown device wait, stores nothing of it, and tells it when it is approved', async () => {
    test = await startHub();
    const agent = await ask('new');
    expect(await agent.message('welcome')).toMatchObject({ state: 'pending' });
    agent.send({ type: 'schema', version: 1, series: [{ name: 'x' }] });
    agent.send({ type: 'rows', seq: 1, schema: 1, rows: [[Date.now(), 1]] });
    expect(await agent.message('notice')).toMatchObject({ code: 'PENDING_APPROVAL', seq: 1 });
    expect(await test.api.call('listSeries', { device: 'new' })).toEqual([]);
    await test.api.call('approveDevice', { device: 'new' });
    await eventually(
      () => agent.heard.some((text) => text.includes('"admission"') && text.includes('approved')),
      Boolean,
    );
    agent.send({ type: 'rows', seq: 1, schema: 1, rows: [[Date.now(), 1]] });
    expect(await agent.message('ack')).toEqual({ type: 'ack', seq: 1 });
    const [device] = await test.api.call('listDevices', {});
    expect(device).toMatchObject({ id: 'new', state: 'online', seriesCount: 1 });
    agent.end();
  });

  it('turns a rejected device away, now and when it comes back', async () => {
    test = await startHub();
    const agent = await ask('unwanted');
    await agent.message('welcome');
    await test.api.call('rejectDevice', { device: 'unwanted' });
    expect((await agent.close()).code).toBe(1008);
    const again = await ask('unwanted');
    expect(await again.message('admission')).toMatchObject({ state: 'rejected' });
    expect((await again.close()).code).toBe(1008);
  });

  it('forgets a removed device and closes its connection with 4005', async () => {
    test = await startHub({ admit: 'open' });
    const agent = await ask('old');
    await agent.message('welcome');
    await test.api.call('removeDevice', { device: 'old' });
    expect((await agent.close()).code).toBe(4005);
    await eventually(
      () => test.api.call('listDevices', {}),
      (devices) => devices.length === 0,
    );
  });

  it('remembers approval, name and tags over a restart, and not who only waited', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'wirewatch-'));
    test = await startHub({ dataDir });
    const kept = await ask('kept');
    const waiting = await ask('waiting');
    await kept.message('welcome');
    await waiting.message('welcome');
    await test.api.call('approveDevice', { device: 'kept' });
    const key = await keyOf(kept);
    await test.api.call('renameDevice', { device: 'kept', name: 'Front door' });
    await test.api.call('setDeviceTags', { device: 'kept', tags: ['home', 'home'] });
    await test.dispose();
    expect(readFileSync(join(dataDir, 'devices.journal'), 'utf8')).toContain('Front door');
    test = await startHub({ dataDir });
    const devices = await test.api.call('listDevices', {});
    expect(devices).toHaveLength(1);
    expect(devices[0]).toMatchObject({ id: 'kept', name: 'Front door', tags: ['home'], state: 'offline' });
    const back = await ask('kept', { key });
    expect(await back.message('welcome')).toMatchObject({ state: 'approved' });
    back.end();
  });

  it('sets a damaged list of devices aside instead of overwriting it', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'wirewatch-'));
    const { writeFileSync, readdirSync } = await import('node:fs');
    writeFileSync(join(dataDir, 'devices.json'), '{"version":1,"devices":[{"id":');
    test = await startHub({ dataDir });
    expect(await test.api.call('listDevices', {})).toEqual([]);
    expect(readdirSync(dataDir).some((name) => name.startsWith('devices.json.damaged-'))).toBe(true);
  });

  it('approves who brings the internal token without asking', async () => {
    test = await startHub();
    const agent = await TestClient.open(`${test.url}/agent`, ['wirewatch.v1']);
    agent.send(hello('local', { token: test.hub.internalToken }));
    expect(await agent.message('welcome')).toMatchObject({ state: 'approved' });
    agent.end();
  });
});
