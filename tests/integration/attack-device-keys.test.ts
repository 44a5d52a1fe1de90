import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { EventInfo, FrameInfo } from '@shared/model';
import { readJournal } from '../../src/main/hub/records/record-lines';
import { ask, keyOf, pair, refusal, send } from '../fakes/admission';
import { startHub, type TestClient, type TestHub } from '../fakes/hub-harness';
import { eventually } from '../patience';

/** Somebody on the network who knows the id of a device, and wants to be that device. */

/** Below the WebSocket. */
const socketOf = (agent: TestClient): Socket => (agent.socket as unknown as { _socket: Socket })._socket;
/** As when a machine dies: what it was sent is not read any more. */
const cut = (agent: TestClient): void => void socketOf(agent).resetAndDestroy();

describe('a device with a key', () => {
  let test: TestHub;
  afterEach(() => test.dispose());

  const device = async (id: string) =>
    (await test.api.call('listDevices', {})).find((one) => one.id === id) ?? expect.fail(`no device ${id}`);
  const events = async (kind: EventInfo['kind'], id: string) =>
    (await test.api.call('listEvents', { device: id })).filter((event) => event.kind === kind);

  it('is nobody without it: not without any, not with a wrong one, not as a simple device', async () => {
    test = await startHub();
    const key = await pair(test, 'nas');
    const real = await ask(test, 'nas', { more: { key } });
    expect(await real.message('welcome')).toMatchObject({ state: 'approved' });
    const before = await device('nas');
    const wrong = `wwk_${'A'.repeat(43)}`;
    const name = { device: { id: 'nas', name: 'I am in', kind: 'board' } };
    const attempts = [
      [await ask(test, 'nas', { more: name }), 'KEY_NEEDED'],
      [await ask(test, 'nas', { more: { ...name, key: wrong } }), 'WRONG_KEY'],
      [await ask(test, 'nas', { more: { ...name, key: key.slice(0, -1) } }), 'WRONG_KEY'],
      [await ask(test, 'nas', { headers: { Authorization: `Bearer ${wrong}` } }), 'WRONG_KEY'],
      [await send(test, { id: 'nas', temp: 1 }), 'KEY_NEEDED'],
      [await send(test, { id: 'nas', key: wrong, temp: 1 }), 'WRONG_KEY'],
      [await send(test, 'cpu,host=nas usage=1'), 'KEY_NEEDED'],
    ] as const;
    for (const [agent, error] of attempts) expect(await refusal(agent)).toEqual({ close: 4001, error });
    expect(real.closed).toBeNull();
    expect(await device('nas')).toMatchObject({
      name: before.name,
      kind: before.kind,
      address: before.address,
      session: before.session,
      seriesCount: 0,
      state: 'online',
    });
    real.end();
  });

  it('has its owner told of impostors, once a minute and not a hundred times', async () => {
    test = await startHub();
    await pair(test, 'nas');
    for (let i = 0; i < 5; i++) await refusal(await ask(test, 'nas', { from: '127.0.0.66' }));
    const told = await events('impostor', 'nas');
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ level: 'warning' });
    expect(told[0]?.text).toContain('127.0.0.66');
    expect(told[0]?.text).toContain('revoke the key');
  });

  it('makes an address wait that shows too many wrong keys, before anything it sends is looked at', async () => {
    test = await startHub({ limits: { failuresPerAddress: 3 } });
    await pair(test, 'nas');
    for (let i = 0; i < 3; i++) await refusal(await ask(test, 'nas', { from: '127.0.0.66' }));
    await expect(ask(test, 'nas', { from: '127.0.0.66' })).rejects.toThrow('429');
    expect((await test.api.call('getRefused', {}))['TOO_MANY_FAILURES']).toBe(1);
    const other = await ask(test, 'other', { from: '127.0.0.67' });
    expect(await other.message('welcome')).toMatchObject({ state: 'pending' });
    other.end();
  });

  it('shows its key in hello, in the upgrade, or in the first message of a simple device', async () => {
    test = await startHub();
    const key = await pair(test, 'nas');
    const inHello = await ask(test, 'nas', { more: { key } });
    expect(await inHello.message('welcome')).toMatchObject({ state: 'approved' });
    const inHeader = await ask(test, 'nas', { headers: { authorization: `bearer ${key}` } });
    expect(await inHeader.message('welcome')).toMatchObject({ state: 'approved' });
    const simple = await send(test, { id: 'nas', key, temp: 21 }, { from: '127.0.0.9' });
    const telegraf = await send(test, 'cpu,host=nas usage=5', {
      headers: { Authorization: `Bearer ${key}` },
    });
    await eventually(
      () => test.api.call('listSeries', { device: 'nas' }),
      (list) => list.length === 2,
    );
    for (const agent of [inHeader, simple, telegraf]) agent.end();
  });

  it('cannot show it in a URL: there it counts for nothing and is not shown to anybody', async () => {
    test = await startHub();
    const key = await pair(test, 'nas');
    const agent = await ask(test, 'nas', { path: `/agent?key=${key}` });
    const sessions: string[] = [];
    const stop = test.api.subscribe('sessions', {}, ({ changed }) =>
      sessions.push(...changed.map(({ id }) => id)),
    );
    expect(await refusal(agent)).toEqual({ close: 4001, error: 'KEY_NEEDED' });
    stop();
    const details = await Promise.all(sessions.map((session) => test.api.call('getSession', { session })));
    expect(JSON.stringify(details)).toContain('GET /agent?key=(hidden)');
    expect(JSON.stringify(details)).not.toContain(key);
  });

  it('keeps the key out of the inspector, the events and the file of devices, which only its owner may read', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'wirewatch-'));
    test = await startHub({ dataDir });
    const agent = await ask(test, 'nas');
    const { session } = await agent.message('welcome');
    const frames: FrameInfo[] = [];
    test.api.subscribe('frames', { session: String(session) }, (message) => frames.push(...message.frames));
    await test.api.call('approveDevice', { device: 'nas' });
    const key = await keyOf(agent);
    agent.send({ type: 'event', level: 'info', text: `my key is ${key}` });
    const board = await send(test, { id: 'nas', key, note: 'no numbers' });
    await eventually(
      () => frames.filter(({ preview }) => preview.includes('(hidden)')).length,
      (count) => count >= 2,
    );
    await eventually(
      () => events('text', 'nas'),
      (list) => list.length === 2,
    );
    const everything = [
      frames,
      await test.api.call('listEvents', {}),
      await test.api.call('listDevices', {}),
      await test.api.call('getSession', { session: String(session) }),
    ];
    expect(JSON.stringify(everything)).not.toContain(key);
    agent.end();
    board.end();
    await test.dispose();
    expect(readFileSync(join(dataDir, 'devices.journal'), 'utf8')).not.toContain(key.slice(4));
    if (process.platform !== 'win32') {
      expect(statSync(join(dataDir, 'devices.journal')).mode & 0o777).toBe(0o600);
    }
  });

  it('keeps it over a restart of the hub, and goes on being the only one who has it', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'wirewatch-'));
    test = await startHub({ dataDir });
    const key = await pair(test, 'nas');
    await test.dispose();
    test = await startHub({ dataDir });
    expect((await refusal(await ask(test, 'nas'))).error).toBe('KEY_NEEDED');
    const back = await ask(test, 'nas', { more: { key } });
    expect(await back.message('welcome')).toMatchObject({ state: 'approved' });
    expect((await device('nas')).keyIssuedAt).toBeGreaterThan(0);
    back.end();
  });

  it('is on disk before its agent hears the key, so that a crash leaves no device with a key that nobody knows', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'wirewatch-'));
    test = await startHub({ dataDir });
    const agent = await ask(test, 'nas');
    await agent.message('welcome');
    await test.api.call('approveDevice', { device: 'nas' });
    await keyOf(agent);
    const { records } = readJournal(join(dataDir, 'devices.journal'));
    const body = records.get('device\nnas')?.body ?? 'null';
    expect(JSON.parse(body)).toMatchObject({
      key: { hash: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) as string },
    });
    agent.end();
  });

  it('gets its key at its next hello when it was approved after it left, but only where it asked from', async () => {
    test = await startHub();
    const gone = await ask(test, 'nas', { from: '127.0.0.5' });
    await gone.message('welcome');
    gone.end();
    await gone.close();
    await test.api.call('approveDevice', { device: 'nas' });
    const thief = await ask(test, 'nas', { from: '127.0.0.66' });
    expect(await thief.message('welcome')).toMatchObject({ state: 'pending' });
    const back = await ask(test, 'nas', { from: '127.0.0.5' });
    expect(await back.message('welcome')).toMatchObject({ state: 'approved' });
    expect(await keyOf(back)).toMatch(/^wwk_[A-Za-z0-9_-]{43}$/);
    expect(thief.heard.join()).not.toContain('wwk_');
    back.end();
    thief.end();
  });

  it('gets another key when the connection broke before the first one arrived, from its own address only', async () => {
    test = await startHub();
    const agent = await ask(test, 'nas', { from: '127.0.0.5' });
    await agent.message('welcome');
    // It neither reads nor answers any more.
    agent.socket.pause();
    await test.api.call('approveDevice', { device: 'nas' });
    await eventually(
      () => device('nas'),
      (one) => one.keyIssuedAt !== null,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    cut(agent);
    await eventually(
      () => device('nas'),
      (one) => one.state === 'offline',
    );
    expect((await refusal(await ask(test, 'nas', { from: '127.0.0.66' }))).error).toBe('KEY_NEEDED');
    const back = await ask(test, 'nas', { from: '127.0.0.5' });
    const key = await keyOf(back);
    back.end();
    await back.close();
    expect((await refusal(await ask(test, 'nas', { from: '127.0.0.5' }))).error).toBe('KEY_NEEDED');
    const again = await ask(test, 'nas', { from: '127.0.0.5', more: { key } });
    expect(await again.message('welcome')).toMatchObject({ state: 'approved' });
    again.end();
  });

  it('has its key for good when its agent dies with it, even without a word', async () => {
    test = await startHub();
    const agent = await ask(test, 'nas');
    await agent.message('welcome');
    agent.socket.once('message', () => socketOf(agent).destroy());
    await test.api.call('approveDevice', { device: 'nas' });
    await eventually(
      () => device('nas'),
      (one) => one.state === 'offline',
    );
    expect((await refusal(await ask(test, 'nas'))).error).toBe('KEY_NEEDED');
  });

  it('was approved before there were keys: gets its own at its next hello', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'wirewatch-'));
    const old = {
      id: 'nas', name: 'nas', chosenName: 'My NAS', kind: 'computer', approval: 'approved', approvedBy: 'user',
      local: false, simple: false, os: null, arch: null, model: null, tags: [], chosenTags: ['home'],
      chosenIntervalMs: null, firstSeenAt: 1, lastSeenAt: 2,
    }; // prettier-ignore
    writeFileSync(join(dataDir, 'devices.json'), JSON.stringify({ version: 1, devices: [old] }));
    test = await startHub({ dataDir });
    expect(await device('nas')).toMatchObject({ name: 'My NAS', tags: ['home'], keyIssuedAt: null });
    const agent = await ask(test, 'nas');
    const key = await keyOf(agent);
    agent.end();
    await agent.close();
    expect((await refusal(await ask(test, 'nas'))).error).toBe('KEY_NEEDED');
    const back = await ask(test, 'nas', { more: { key } });
    expect(await back.message('welcome')).toMatchObject({ state: 'approved' });
    back.end();
  });

  it('gets a new key while it is online, and the one before ends', async () => {
    test = await startHub();
    const first = await pair(test, 'nas');
    const agent = await ask(test, 'nas', { more: { key: first } });
    await agent.message('welcome');
    expect(await test.api.call('issueDeviceKey', { device: 'nas' })).toEqual({ key: null });
    const second = await keyOf(agent);
    expect(second).not.toBe(first);
    agent.end();
    await agent.close();
    expect((await refusal(await ask(test, 'nas', { more: { key: first } }))).error).toBe('WRONG_KEY');
    const back = await ask(test, 'nas', { more: { key: second } });
    expect(await back.message('welcome')).toMatchObject({ state: 'approved' });
    back.end();
  });

  it('is not locked out when the connection breaks while it gets a new key', async () => {
    test = await startHub();
    const first = await pair(test, 'nas');
    const agent = await ask(test, 'nas', { more: { key: first } });
    await agent.message('welcome');
    agent.socket.pause();
    await test.api.call('issueDeviceKey', { device: 'nas' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    cut(agent);
    const back = await ask(test, 'nas', { more: { key: first } });
    const second = await keyOf(back);
    back.end();
    await back.close();
    expect((await refusal(await ask(test, 'nas', { more: { key: first } }))).error).toBe('WRONG_KEY');
    const last = await ask(test, 'nas', { more: { key: second } });
    expect(await last.message('welcome')).toMatchObject({ state: 'approved' });
    last.end();
  });

  it('gets a new key while it is offline: the user carries it over', async () => {
    test = await startHub();
    const first = await pair(test, 'nas');
    const { key } = await test.api.call('issueDeviceKey', { device: 'nas' });
    expect((await refusal(await ask(test, 'nas', { more: { key: first } }))).error).toBe('WRONG_KEY');
    const back = await ask(test, 'nas', { more: { key } });
    expect(await back.message('welcome')).toMatchObject({ state: 'approved' });
    expect(back.heard.join()).not.toContain('wwk_');
    back.end();
  });

  it('waits for approval anew, with a code, once its key is revoked', async () => {
    test = await startHub();
    const first = await pair(test, 'nas');
    const agent = await ask(test, 'nas', { more: { key: first } });
    await agent.message('welcome');
    await test.api.call('revokeDeviceKey', { device: 'nas' });
    expect((await agent.close()).code).toBe(4001);
    // Nobody asks now, so nobody can be approved.
    await expect(test.api.call('approveDevice', { device: 'nas' })).rejects.toMatchObject({
      code: 'NOT_ASKED',
    });
    const back = await ask(test, 'nas', { more: { key: first } });
    expect(await back.message('welcome')).toMatchObject({ state: 'pending' });
    const { code } = await device('nas');
    expect(code).toMatch(/^\d{6}$/);
    expect(await back.message('admission')).toMatchObject({ state: 'pending', code });
    await test.api.call('approveDevice', { device: 'nas', code: code ?? '' });
    expect(await keyOf(back)).not.toBe(first);
    back.end();
  });

  it('is remembered while it waits to be approved anew, over a restart too', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'wirewatch-'));
    test = await startHub({ dataDir });
    const key = await pair(test, 'nas');
    await test.api.call('renameDevice', { device: 'nas', name: 'My NAS' });
    await test.api.call('revokeDeviceKey', { device: 'nas' });
    await test.dispose();
    test = await startHub({ dataDir });
    expect(await device('nas')).toMatchObject({ name: 'My NAS', approval: 'pending', keyIssuedAt: null });
    const back = await ask(test, 'nas', { more: { key } });
    expect(await back.message('welcome')).toMatchObject({ state: 'pending' });
    back.end();
  });

  it('has to show it under the policy "open" too, which pairs nobody else', async () => {
    test = await startHub();
    const key = await pair(test, 'nas');
    await test.api.call('updateSettings', { admit: 'open' });
    expect((await refusal(await ask(test, 'nas'))).error).toBe('KEY_NEEDED');
    const real = await ask(test, 'nas', { more: { key } });
    expect(await real.message('welcome')).toMatchObject({ state: 'approved' });
    const guest = await ask(test, 'guest');
    expect(await guest.message('welcome')).toMatchObject({ state: 'approved' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(guest.heard.join()).not.toContain('wwk_');
    expect((await device('guest')).approvedBy).toBe('open');
    real.end();
    guest.end();
  });

  it('that is part of Wirewatch itself is nobody without the token of this run', async () => {
    test = await startHub();
    const local = await ask(test, 'local', { more: { token: test.hub.internalToken } });
    expect(await local.message('welcome')).toMatchObject({ state: 'approved' });
    expect(await refusal(await ask(test, 'local'))).toEqual({ close: 4001, error: 'KEY_NEEDED' });
    expect(local.closed).toBeNull();
    expect(await events('impostor', 'local')).toHaveLength(1);
    await expect(test.api.call('revokeDeviceKey', { device: 'local' })).rejects.toMatchObject({
      code: 'PART_OF_WIREWATCH',
    });
    local.end();
  });
});
