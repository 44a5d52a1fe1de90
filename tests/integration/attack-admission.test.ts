import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, keyOf, pair, refusal, send } from '../fakes/admission';
import { startHub, type TestClient, type TestHub } from '../fakes/hub-harness';
import { eventually } from '../patience';

/** Somebody on the network whom the user has not let in, or has turned away. */

describe('who was not let in', () => {
  let test: TestHub;
  afterEach(() => test.dispose());

  const devices = () => test.api.call('listDevices', {});
  const device = async (id: string) =>
    (await devices()).find((one) => one.id === id) ?? expect.fail(`no ${id}`);

  it('waits with digits of its own, and the same when the same run of it comes back', async () => {
    test = await startHub();
    const one = await ask(test, 'one', { more: { instance: 'run-1' } });
    const two = await ask(test, 'two');
    const { code } = await one.message('admission');
    expect(code).toMatch(/^\d{6}$/);
    expect((await device('one')).code).toBe(code);
    expect((await two.message('admission'))['code']).toBe((await device('two')).code);
    one.end();
    await one.close();
    const again = await ask(test, 'one', { more: { instance: 'run-1' } });
    expect((await again.message('admission'))['code']).toBe(code);
    const other = await ask(test, 'one', { more: { instance: 'run-2' } });
    expect((await other.message('admission'))['code']).not.toBe(code);
    other.end();
    const board = await send(test, { id: 'board', temp: 1 });
    const { message } = await board.message('notice');
    const shown = (await device('board')).code ?? expect.fail('no code');
    expect(message).toContain(`${shown.slice(0, 3)} ${shown.slice(3)}`);
    for (const agent of [again, two, board]) agent.end();
  });

  it('is not approved by digits that are not its own any more', async () => {
    test = await startHub();
    const agent = await ask(test, 'new');
    await agent.message('admission');
    await expect(test.api.call('approveDevice', { device: 'new', code: '000' })).rejects.toMatchObject({
      code: 'CODE_CHANGED',
    });
    expect((await device('new')).approval).toBe('pending');
    agent.end();
  });

  it('gets so many digits and no more, however often it asks under new names', async () => {
    test = await startHub({ limits: { codesPerAddress: 3 } });
    const waiting = [];
    for (let i = 0; i < 3; i++) waiting.push(await ask(test, `d${i}`, { from: '127.0.0.66' }));
    const more = await ask(test, 'd3', { from: '127.0.0.66' });
    expect(await refusal(more)).toEqual({ close: 1013, error: 'TOO_MANY_CODES' });
    expect(await devices()).toHaveLength(3);
    for (const agent of waiting) agent.end();
  });

  it('cannot take the place of another device that waits: it is shown beside it, with other digits', async () => {
    test = await startHub();
    const real = await ask(test, 'new', { from: '127.0.0.5' });
    const { code } = await real.message('admission');
    const thief = await ask(test, 'new', { from: '127.0.0.66' });
    const other = await thief.message('admission');
    expect(real.closed).toBeNull();
    expect((await device('new')).code).toBe(code);
    expect(await devices()).toHaveLength(2);
    const claim = (await devices()).find(({ id }) => id !== 'new');
    expect(claim).toMatchObject({ approval: 'pending', code: other['code'], address: '127.0.0.66' });
    await test.api.call('approveDevice', { device: 'new' });
    expect(await keyOf(real)).toMatch(/^wwk_/);
    expect((await thief.close()).code).toBe(1013);
    expect(thief.heard.join()).not.toContain('wwk_');
    expect(await devices()).toHaveLength(1);
    expect((await refusal(await ask(test, 'new', { from: '127.0.0.66' }))).error).toBe('KEY_NEEDED');
    real.end();
  });

  it('cannot get the key of another that waits at its own address, at the moment of approval or after it', async () => {
    test = await startHub();
    const real = await ask(test, 'new');
    const { code } = await real.message('admission');
    const intruders = [];
    for (let i = 0; i < 4; i++) intruders.push(await ask(test, 'new'));
    for (const one of intruders) expect((await one.message('admission'))['code']).not.toBe(code);
    expect((await device('new')).code).toBe(code);
    const approving = test.api.call('approveDevice', { device: 'new', code: String(code) });
    const late = [];
    for (let i = 0; i < 4; i++) late.push(ask(test, 'new'));
    await approving;
    const key = await keyOf(real);
    expect(key).toMatch(/^wwk_/);
    for (const one of intruders) expect((await one.close()).code).toBe(4004);
    for (const one of [...intruders, ...(await Promise.all(late))]) {
      expect(one.heard.join()).not.toContain('wwk_');
      one.end();
    }
    expect(await device('new')).toMatchObject({ approval: 'approved' });
    const back = await ask(test, 'new', { more: { key } });
    expect(await back.message('welcome')).toMatchObject({ state: 'approved' });
    for (const agent of [real, back]) agent.end();
  });

  it('cannot be approved by digits that it does not show, and takes no place from who shows them', async () => {
    test = await startHub();
    const real = await ask(test, 'new', { more: { instance: 'real' } });
    const { code } = await real.message('admission');
    const intruder = await ask(test, 'new');
    const { code: other } = await intruder.message('admission');
    real.end();
    await real.close();
    await eventually(
      () => device('new'),
      (one) => one.code === other,
    );
    await expect(test.api.call('approveDevice', { device: 'new', code: String(code) })).rejects.toMatchObject(
      {
        code: 'CODE_CHANGED',
      },
    );
    const back = await ask(test, 'new', { more: { instance: 'real' } });
    await test.api.call('approveDevice', {
      device: 'new',
      code: String((await back.message('admission'))['code']),
    });
    expect(await keyOf(back)).toMatch(/^wwk_/);
    expect((await intruder.close()).code).toBe(4004);
    expect(intruder.heard.join()).not.toContain('wwk_');
    back.end();
  });

  it('inherits nothing when the agent was approved after it had left, unless it is the same run of it', async () => {
    test = await startHub();
    const real = await ask(test, 'new', { more: { instance: 'real' } });
    const { code } = await real.message('admission');
    real.end();
    await real.close();
    await test.api.call('approveDevice', { device: 'new', code: String(code) });
    const intruder = await ask(test, 'new', { more: { instance: 'other' } });
    expect(await intruder.message('welcome')).toMatchObject({ state: 'pending' });
    const back = await ask(test, 'new', { more: { instance: 'real' } });
    expect(await keyOf(back)).toMatch(/^wwk_/);
    expect(intruder.heard.join()).not.toContain('wwk_');
    for (const agent of [back, intruder]) agent.end();
  });

  it('may ask as one device so many times at once, and no more', async () => {
    test = await startHub({ limits: { askersPerDevice: 2 } });
    const waiting = [await ask(test, 'new'), await ask(test, 'new')];
    for (const agent of waiting) await agent.message('admission');
    expect(await refusal(await ask(test, 'new'))).toEqual({ close: 1013, error: 'TOO_MANY_ASKERS' });
    for (const agent of waiting) agent.end();
  });

  it('gets no more digits from many addresses together than all may have; who asked rarely still gets some', async () => {
    test = await startHub({ limits: { codes: 20 } });
    const crowd = [];
    for (let i = 0; i < 16; i++) crowd.push(await ask(test, `d${i}`, { from: `127.0.0.${60 + (i % 3)}` }));
    const outcomes = await Promise.all(
      crowd.map((agent) =>
        Promise.race([
          agent.message('admission').then(() => 'waits'),
          refusal(agent).then(({ error }) => error),
        ]),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'TOO_MANY_CODES')).toEqual(['TOO_MANY_CODES']);
    const newcomer = await ask(test, 'newcomer', { from: '127.0.0.9' });
    expect(await newcomer.message('admission')).toMatchObject({ state: 'pending' });
    for (const agent of [...crowd, newcomer]) agent.end();
  });

  it('is turned away when rejected, and let in when approved after that', async () => {
    test = await startHub();
    const agent = await ask(test, 'late');
    await agent.message('welcome');
    await test.api.call('rejectDevice', { device: 'late' });
    expect(await refusal(agent)).toEqual({ close: 1008, error: 'REJECTED' });
    await test.api.call('approveDevice', { device: 'late' });
    const back = await ask(test, 'late');
    expect(await back.message('welcome')).toMatchObject({ state: 'approved' });
    expect(await keyOf(back)).toMatch(/^wwk_/);
    back.end();
  });

  it('is turned away without a word when blocked, with all new devices from its address, over a restart too', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'wirewatch-'));
    test = await startHub({ dataDir });
    const key = await pair(test, 'good', { from: '127.0.0.66' });
    const pest = await ask(test, 'pest', { from: '127.0.0.66' });
    const other = await ask(test, 'pest-2', { from: '127.0.0.66' });
    for (const agent of [pest, other]) await agent.message('welcome');
    await test.api.call('blockDevice', { device: 'pest' });
    for (const agent of [pest, other]) expect(await agent.close()).toEqual({ code: 1008, reason: '' });
    await test.dispose();
    test = await startHub({ dataDir });
    const before = await test.api.call('listEvents', {});
    const silent = [
      await ask(test, 'pest', { from: '127.0.0.5' }),
      await ask(test, 'pest-2', { from: '127.0.0.66' }),
      await send(test, { id: 'pest-3', temp: 1 }, { from: '127.0.0.66' }),
      await send(test, '1', { from: '127.0.0.66' }),
    ];
    for (const agent of silent) {
      expect(await agent.close()).toEqual({ code: 1008, reason: '' });
      expect(agent.heard).toEqual([]);
    }
    expect((await devices()).map(({ id, approval }) => `${id} ${approval}`).sort()).toEqual([
      'good approved',
      'pest blocked',
    ]);
    expect(await test.api.call('listEvents', {})).toEqual(before);
    expect((await test.api.call('getRefused', {}))['BLOCKED']).toBe(4);
    const good = await ask(test, 'good', { from: '127.0.0.66', more: { key } });
    expect(await good.message('welcome')).toMatchObject({ state: 'approved' });
    await test.api.call('unblockDevice', { device: 'pest' });
    const back = await ask(test, 'pest', { from: '127.0.0.66' });
    expect(await back.message('welcome')).toMatchObject({ state: 'pending' });
    for (const agent of [good, back]) agent.end();
  });

  it('can be blocked in such number and no more', async () => {
    test = await startHub({ limits: { blockedDevices: 1 } });
    await (await ask(test, 'a', { from: '127.0.0.5' })).message('welcome');
    await (await ask(test, 'b', { from: '127.0.0.6' })).message('welcome');
    await test.api.call('blockDevice', { device: 'a' });
    await expect(test.api.call('blockDevice', { device: 'b' })).rejects.toMatchObject({
      code: 'TOO_MANY_BLOCKED',
    });
  });

  it('shares the places to wait with others: the largest crowd makes room for a newcomer', async () => {
    test = await startHub({ limits: { pendingDevices: 12 } });
    const honest = await ask(test, 'honest', { from: '127.0.0.5' });
    const crowd: TestClient[] = [];
    for (let i = 0; i < 11; i++)
      crowd.push(await ask(test, `crowd-${i}`, { from: `127.0.0.${60 + (i % 2)}` }));
    for (const agent of [honest, ...crowd]) await agent.message('welcome');
    const newcomers = [];
    for (let i = 0; i < 3; i++) {
      const newcomer = await ask(test, `newcomer-${i}`, { from: `127.0.0.${10 + i}` });
      expect(await newcomer.message('admission')).toMatchObject({
        state: 'pending',
        code: expect.any(String) as string,
      });
      newcomers.push(newcomer);
    }
    const more = await ask(test, 'crowd-more', { from: '127.0.0.60' });
    expect((await refusal(more)).error).toBe('TOO_MANY_DEVICES');
    for (const agent of [honest, ...newcomers]) expect(agent.closed).toBeNull();
    await eventually(
      () => crowd.filter(({ closed }) => closed?.code === 1013).length,
      (count) => count === 3,
    );
    expect(await devices()).toHaveLength(12);
    for (const agent of [honest, ...crowd, ...newcomers]) agent.end();
  });

  it('has nothing stored, whatever it sends: rows, values, events, a schema that is bound later', async () => {
    test = await startHub();
    const agent = await ask(test, 'new');
    await agent.message('welcome');
    agent.send({ type: 'schema', version: 1, series: [{ name: 'x' }] });
    agent.send({ type: 'rows', seq: 1, schema: 1, rows: [[Date.now(), 1]] });
    agent.send({ type: 'metrics', values: { y: 1 } });
    agent.send({ type: 'event', level: 'error', text: 'look at me' });
    agent.send({ type: 'lost', from: 1, to: 2, count: 3 });
    const board = await send(test, { id: 'board', temp: 1 });
    board.send('some words');
    expect(await agent.message('notice')).toMatchObject({ code: 'PENDING_APPROVAL' });
    await board.message('notice');
    await eventually(
      () => test.api.call('getRefused', {}),
      (counts) => (counts['PENDING_APPROVAL'] ?? 0) >= 6,
    );
    for (const id of ['new', 'board']) {
      expect(await test.api.call('listSeries', { device: id })).toEqual([]);
      const kinds = (await test.api.call('listEvents', { device: id })).map(({ kind }) => kind);
      expect(kinds).toEqual(['waiting']);
    }
    agent.end();
    board.end();
  });

  it('cannot use an id that the hub gives itself', async () => {
    test = await startHub();
    expect(await refusal(await ask(test, 'claim:0123'))).toEqual({ close: 4002, error: 'RESERVED_ID' });
  });

  it('writes words that stay words: in names, tags, ids and events', async () => {
    test = await startHub();
    const name = '<img src=x onerror=alert(1)>\u202e\u0000";DROP TABLE\r\nLocation: evil';
    const words = { device: { id: 'words', name, kind: 'board', tags: ['<script>', '\u0007'] } };
    const agent = await ask(test, 'words', { more: words });
    await agent.message('welcome');
    const shown = await device('words');
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(shown.name).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(shown.name).toContain('<img src=x');
    const board = await send(test, { id: '../../etc/passwd\n', name: '\u001b[31mred', temp: 1 });
    await board.message('notice');
    for (const { id } of await devices()) expect(id).toMatch(/^[A-Za-z0-9._:-]{1,64}$/);
    for (const one of [agent, board]) one.end();
  });
});

describe('a simple device without a key', () => {
  let test: TestHub;
  afterEach(() => test.dispose());

  const devices = () => test.api.call('listDevices', {});
  const series = async (id: string) =>
    (await test.api.call('listSeries', { device: id })).map(({ metric }) => metric);

  async function approvedBoard(): Promise<void> {
    const board = await send(test, { id: 'attic', temp: 20 }, { from: '127.0.0.5' });
    await board.message('notice');
    await test.api.call('approveDevice', { device: 'attic' });
    board.send({ id: 'attic', temp: 21 });
    await eventually(
      () => series('attic'),
      (list) => list.length === 1,
    );
    board.end();
  }

  it('is known from its address: its id from elsewhere waits beside it and changes nothing', async () => {
    test = await startHub();
    await approvedBoard();
    const mimic = await send(test, { id: 'attic', name: 'Harmless', evil: 1 }, { from: '127.0.0.66' });
    expect(await mimic.message('notice')).toMatchObject({ code: 'PENDING_APPROVAL' });
    const back = await send(test, { id: 'attic', hum: 40 }, { from: '127.0.0.5' });
    await eventually(
      () => series('attic'),
      (list) => list.length === 2,
    );
    expect(await series('attic')).toEqual(['temp', 'hum']);
    const claim = (await devices()).find(({ id }) => id !== 'attic');
    expect(claim).toMatchObject({ name: 'attic', approval: 'pending', address: '127.0.0.66' });
    expect(claim?.reason?.text).toContain('It claims to be "attic"');
    for (const board of [mimic, back]) board.end();
  });

  it('may have moved: once approved there, it is the same device, and the old address is not', async () => {
    test = await startHub();
    await approvedBoard();
    const moved = await send(test, { id: 'attic', temp: 1 }, { from: '127.0.0.7' });
    await moved.message('notice');
    const claim = (await devices()).find(({ id }) => id !== 'attic') ?? expect.fail('no claim');
    await test.api.call('approveDevice', { device: claim.id });
    expect((await moved.close()).code).toBe(1013);
    const back = await send(test, { id: 'attic', moved: 1 }, { from: '127.0.0.7' });
    await eventually(
      () => series('attic'),
      (list) => list.includes('moved'),
    );
    expect(await devices()).toHaveLength(1);
    const old = await send(test, { id: 'attic', temp: 1 }, { from: '127.0.0.5' });
    expect(await old.message('notice')).toMatchObject({ code: 'PENDING_APPROVAL' });
    for (const board of [back, old]) board.end();
  });

  it('that joined with a token may move with it', async () => {
    test = await startHub({ admit: 'token' });
    const { secret } = await test.api.call('createJoinToken', {
      name: 'boards',
      lifetimeMs: null,
      maxUses: 1,
    });
    const message = { id: 'attic', token: secret, temp: 1 };
    (await send(test, message, { from: '127.0.0.5' })).end();
    await eventually(devices, (list) => list[0]?.state === 'offline');
    const without = await send(test, { id: 'attic', temp: 1 }, { from: '127.0.0.66' });
    expect((await refusal(without)).close).toBe(4001);
    const moved = await send(test, { ...message, hum: 40 }, { from: '127.0.0.7' });
    await eventually(
      () => series('attic'),
      (list) => list.includes('hum'),
    );
    moved.end();
  });

  it('that never says who it is, is known by its key wherever it is', async () => {
    test = await startHub();
    const board = await send(test, '21.5', { from: '127.0.0.5' });
    await board.message('notice');
    const id = 'ip:127.0.0.5';
    await test.api.call('approveDevice', { device: id });
    const { key } = await test.api.call('issueDeviceKey', { device: id });
    const moved = await send(test, '22', { from: '127.0.0.7', headers: { Authorization: `Bearer ${key}` } });
    await eventually(
      () => series(id),
      (list) => list.length === 1,
    );
    expect(await devices()).toHaveLength(1);
    const stranger = await send(test, '23', {
      from: '127.0.0.66',
      headers: { Authorization: 'Bearer wwk_no' },
    });
    expect(await stranger.message('notice')).toMatchObject({ code: 'PENDING_APPROVAL' });
    for (const one of [board, moved, stranger]) one.end();
  });

  it('is given a key to put into its program, and from then on shows it', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'wirewatch-'));
    test = await startHub({ dataDir });
    await approvedBoard();
    const { key } = await test.api.call('issueDeviceKey', { device: 'attic' });
    expect(key).toMatch(/^wwk_[A-Za-z0-9_-]{43}$/);
    expect(readFileSync(join(dataDir, 'devices.journal'), 'utf8')).not.toContain(String(key).slice(4));
    const without = await send(test, { id: 'attic', temp: 1 }, { from: '127.0.0.5' });
    expect(await refusal(without)).toEqual({ close: 4001, error: 'KEY_NEEDED' });
    const board = await send(test, { id: 'attic', key: String(key), lux: 5 }, { from: '127.0.0.99' });
    await eventually(
      () => series('attic'),
      (list) => list.includes('lux'),
    );
    expect(await series('attic')).not.toContain('key');
    board.end();
  });
});
