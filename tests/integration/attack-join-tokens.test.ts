import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, keyOf, refusal, send } from '../fakes/admission';
import { ManualClock } from '../fakes/manual-clock';
import { startHub, type TestHub } from '../fakes/hub-harness';
import { eventually } from '../patience';
import { systemClock } from '@shared/clock';

/** Somebody on the network who has no join token, or one that is good no more. */

describe('a join token', () => {
  let test: TestHub;
  afterEach(() => test.dispose());

  const create = (name = 'garage', maxUses: number | null = null, lifetimeMs: number | null = null) =>
    test.api.call('createJoinToken', { name, maxUses, lifetimeMs });
  const devices = () => test.api.call('listDevices', {});

  it('lets a new device in, gives it a key, and says so; the same device does not count twice', async () => {
    test = await startHub({ admit: 'token' });
    const { token, secret } = await create('garage', 1);
    expect(secret).toMatch(/^wwt_[A-Za-z0-9_-]{32}$/);
    const agent = await ask(test, 'nas', { more: { token: secret } });
    expect(await agent.message('welcome')).toMatchObject({ state: 'approved' });
    const key = await keyOf(agent);
    agent.end();
    await agent.close();
    const again = await ask(test, 'nas', { more: { token: secret, key } });
    expect(await again.message('welcome')).toMatchObject({ state: 'approved' });
    expect(await test.api.call('listJoinTokens', {})).toMatchObject([
      { id: token.id, name: 'garage', uses: 1 },
    ]);
    expect((await devices())[0]).toMatchObject({ approvedBy: 'token' });
    const events = await test.api.call('listEvents', { device: 'nas' });
    expect(events.map(({ text }) => text)).toContain('Joined from 127.0.0.1 with the token "garage".');
    again.end();
  });

  it('is good for so many new devices, for so long, and not after it was revoked', async () => {
    const manual = new ManualClock(Date.now());
    const clock = { ...systemClock, now: () => manual.now(), monotonic: () => manual.monotonic() };
    test = await startHub({ admit: 'token', clock });
    const once = await create('once', 1);
    const soon = await create('soon', null, 60_000);
    const gone = await create('gone');
    const first = await ask(test, 'first', { more: { token: once.secret } });
    expect(await first.message('welcome')).toMatchObject({ state: 'approved' });
    await test.api.call('revokeJoinToken', { token: gone.token.id });
    manual.advance(60_000);
    for (const [secret, error] of [
      [once.secret, 'TOKEN_USED_UP'],
      [soon.secret, 'TOKEN_EXPIRED'],
      [gone.secret, 'WRONG_TOKEN'],
      [`wwt_${'A'.repeat(32)}`, 'WRONG_TOKEN'],
      ['', 'TOKEN_NEEDED'],
      [test.hub.internalToken.slice(1), 'WRONG_TOKEN'],
    ] as const) {
      const agent = await ask(test, 'late', { more: { token: secret } });
      expect(await refusal(agent)).toEqual({ close: 4001, error });
    }
    expect((await devices()).map(({ id }) => id)).toEqual(['first']);
    first.end();
  });

  it('counts where everybody is let in too: a wrong one is refused, whoever was let in before', async () => {
    test = await startHub({ admit: 'open' });
    const { secret } = await create('garage', 1);
    const wrong = await ask(test, 'nas', { more: { token: 'made-up' } });
    expect(await refusal(wrong)).toEqual({ close: 4001, error: 'WRONG_TOKEN' });
    expect(await devices()).toEqual([]);
    const plain = await ask(test, 'nas');
    expect(await plain.message('welcome')).toMatchObject({ state: 'approved' });
    plain.end();
    await plain.close();
    const later = await ask(test, 'nas', { more: { token: 'made-up' } });
    expect(await refusal(later)).toEqual({ close: 4001, error: 'WRONG_TOKEN' });
    const right = await ask(test, 'nas', { more: { token: secret } });
    const key = await keyOf(right);
    expect((await devices())[0]).toMatchObject({ id: 'nas', approvedBy: 'token' });
    right.end();
    await right.close();
    // The token is used up, and the device has its key.
    const again = await ask(test, 'nas', { more: { token: secret, key } });
    expect(await again.message('welcome')).toMatchObject({ state: 'approved' });
    again.end();
    for (const secretOf of [{ token: 'made-up' }, { key: `wwk_${'A'.repeat(32)}` }]) {
      const board = await send(test, { id: 'board', temp: 1, ...secretOf });
      expect(await refusal(board)).toMatchObject({ close: 4001 });
    }
    const board = await send(test, { id: 'board', temp: 1 });
    await eventually(devices, (all) => all.some(({ id }) => id === 'board'));
    board.end();
  });

  it('makes nobody a device that is known already', async () => {
    test = await startHub();
    const { secret } = await create();
    const agent = await ask(test, 'nas', { more: { token: secret } });
    await keyOf(agent);
    const thief = await ask(test, 'nas', { from: '127.0.0.66', more: { token: secret } });
    expect(await refusal(thief)).toEqual({ close: 4001, error: 'KEY_NEEDED' });
    expect(agent.closed).toBeNull();
    const board = await send(test, { id: 'board', temp: 1 });
    await board.message('notice');
    await test.api.call('approveDevice', { device: 'board' });
    const mimic = await send(test, { id: 'board', token: secret, temp: 99 }, { from: '127.0.0.66' });
    expect(await mimic.message('notice')).toMatchObject({ code: 'PENDING_APPROVAL' });
    await test.api.call('rejectDevice', { device: 'nas' });
    const rejected = await ask(test, 'nas', { more: { token: secret } });
    expect(await refusal(rejected)).toEqual({ close: 1008, error: 'REJECTED' });
    for (const one of [board, mimic]) one.end();
  });

  it('lets in the one who brings it, and not who waits under the same id elsewhere', async () => {
    test = await startHub();
    const { secret } = await create();
    const waiting = await send(test, { id: 'board', temp: 1 }, { from: '127.0.0.66' });
    await waiting.message('notice');
    const board = await send(test, { id: 'board', token: secret, hum: 1 }, { from: '127.0.0.5' });
    expect((await waiting.close()).code).toBe(4004);
    await eventually(devices, ([one]) => one?.seriesCount === 1);
    expect(await devices()).toMatchObject([{ id: 'board', approvedBy: 'token', address: '127.0.0.5' }]);
    board.end();
  });

  it('is taken from hello, the upgrade, or the first message of a simple device, and never from a URL', async () => {
    test = await startHub({ admit: 'token' });
    const { secret } = await create();
    const inUrl = await ask(test, 'a', { path: `/agent?token=${secret}` });
    expect((await refusal(inUrl)).error).toBe('TOKEN_NEEDED');
    const simpleInUrl = await send(test, { id: 'b', temp: 1 }, { path: `/?token=${secret}` });
    expect((await refusal(simpleInUrl)).error).toBe('TOKEN_NEEDED');
    const inHeader = await ask(test, 'c', { headers: { Authorization: `Bearer ${secret}` } });
    expect(await inHeader.message('welcome')).toMatchObject({ state: 'approved' });
    const simple = await send(test, { id: 'd', token: secret, temp: 1 });
    const line = await send(test, 'cpu,host=e usage=1', { headers: { Authorization: `Bearer ${secret}` } });
    await eventually(devices, (list) => list.filter(({ seriesCount }) => seriesCount === 1).length === 2);
    expect((await devices()).map(({ id }) => id).sort()).toEqual(['c', 'd', 'e']);
    for (const one of [inHeader, simple, line]) one.end();
  });

  it('is kept as a digest, readable by its owner only, and goes on counting after a restart', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'wirewatch-'));
    test = await startHub({ dataDir, admit: 'token' });
    const { token, secret } = await create('<b>"garage"</b>', 1);
    (await ask(test, 'nas', { more: { token: secret } })).end();
    await eventually(devices, (list) => list.length === 1);
    await test.dispose();
    const folder = join(dataDir, 'join-tokens');
    const files = [
      ...readdirSync(folder).map((name) => join(folder, name)),
      join(dataDir, 'devices.journal'),
    ];
    expect(files).toHaveLength(2);
    for (const file of files) {
      expect(readFileSync(file, 'utf8')).not.toContain(secret.slice(4));
      if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    }
    test = await startHub({ dataDir, admit: 'token' });
    expect(await test.api.call('listJoinTokens', {})).toMatchObject([{ id: token.id, uses: 1 }]);
    const other = await ask(test, 'other', { more: { token: secret } });
    expect((await refusal(other)).error).toBe('TOKEN_USED_UP');
  });

  it('makes an address wait that tries too many wrong ones', async () => {
    test = await startHub({ admit: 'token', limits: { failuresPerAddress: 3 } });
    for (let i = 0; i < 3; i++) {
      await refusal(await ask(test, `guess-${i}`, { from: '127.0.0.66', more: { token: `wwt_${i}` } }));
    }
    await expect(ask(test, 'guess', { from: '127.0.0.66' })).rejects.toThrow('429');
    expect(await devices()).toEqual([]);
  });

  it('cannot be made without end: those that are over make room, others do not', async () => {
    const manual = new ManualClock(Date.now());
    const clock = { ...systemClock, now: () => manual.now(), monotonic: () => manual.monotonic() };
    test = await startHub({ limits: { joinTokens: 2 }, clock });
    await create('old', null, 60_000);
    await create('kept');
    await expect(create('more')).rejects.toMatchObject({ code: 'TOO_MANY_TOKENS' });
    manual.advance(60_000);
    await create('new');
    expect((await test.api.call('listJoinTokens', {})).map(({ name }) => name)).toEqual(['kept', 'new']);
  });
});
