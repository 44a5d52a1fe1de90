import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { applyRestore } from '../../src/main/hub/backup/apply-restore';
import { prepareBackup } from '../../src/main/hub/backup/make-backup';
import { stageRestore } from '../../src/main/hub/backup/stage-restore';
import { StoreHarness } from '../../src/main/hub/history/testing/harness';
import { batch, seriesOf } from '../../src/main/hub/store-contract/testing/batches';
import { ask, pair, refusal } from '../fakes/admission';
import { startHub, type TestHub } from '../fakes/hub-harness';
import { startRunningWeb, type RunningWeb } from '../fakes/running-web';
import { PATIENCE_MS } from '../patience';

const PASSPHRASE = 'correct horse';
const BY = { kind: 'app', role: 'admin', address: null, userAgent: null } as const;

let harness: StoreHarness;
let root: string;
const running = new Set<{ dispose(): Promise<void> }>();

beforeAll(async () => {
  harness = await StoreHarness.create();
});
afterAll(() => harness.dispose());
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wirewatch-backup-'));
});
afterEach(async () => {
  for (const each of running) await each.dispose();
  running.clear();
  rmSync(root, { recursive: true, force: true });
});

async function start(name: string): Promise<TestHub> {
  const dataDir = join(root, name);
  const store = await harness.open(join(dataDir, 'history'), { keepTrying: true });
  const test = await startHub({ dataDir, store, version: '1.0.0', admit: 'token' });
  running.add(test);
  return test;
}

async function write(file: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const piece of pieces) chunks.push(piece);
  writeFileSync(file, Buffer.concat(chunks));
}

async function restore(file: string, name: string): Promise<void> {
  const dataDir = join(root, name);
  mkdirSync(dataDir);
  const staged = await stageRestore({
    file,
    dataDir,
    program: '1.0.0',
    now: Date.now(),
    passphrase: PASSPHRASE,
    by: BY,
  });
  expect(staged).toMatchObject({ ok: true });
  expect(applyRestore(dataDir)).toEqual({ ok: true, value: null });
}

describe('a hub restored from the backup of a running one', () => {
  it('knows its devices by their old keys, join tokens, blocks, boards, notes and settings', async () => {
    const first = await start('first');
    await first.api.call('updateSettings', { admit: 'ask' });
    const key = await pair(first, 'nas');
    await first.api.call('renameDevice', { device: 'nas', name: 'Attic' });
    await pair(first, 'guest');
    await first.api.call('blockDevice', { device: 'guest' });
    const { secret } = await first.api.call('createJoinToken', {
      name: 'shed',
      lifetimeMs: null,
      maxUses: null,
    });
    const board = { id: 'wall', name: 'Wall', range: '1h', panels: [] } as const;
    await first.api.call('saveBoard', { board: { ...board, panels: [] }, revision: null });
    await first.api.call('addNote', { text: 'a note', device: null, at: Date.now() });
    await first.api.call('updateSettings', { admit: 'token', intervalMs: 5_000 });
    const devices = await first.api.call('listDevices', {});
    const signal = new AbortController().signal;
    const made = await first.hub.prepareBackup(
      { withHistory: false, passphrase: PASSPHRASE, signal },
      { from: 'ipc', role: 'admin' },
    );
    if (!made.ok) throw new Error(made.error.message);
    await write(join(root, 'a.backup'), made.value.read());
    made.value.dispose();
    await first.dispose();
    running.delete(first);

    await restore(join(root, 'a.backup'), 'second');
    const second = await start('second');
    const after = await second.api.call('listDevices', {});
    const facts = (list: typeof devices) =>
      list.map(({ id, name, approval }) => `${id} ${name} ${approval}`).sort();
    expect(facts(after)).toEqual(facts(devices));
    const agent = await ask(second, 'nas', { more: { key } });
    expect(await agent.message('welcome')).toMatchObject({ type: 'welcome' });
    expect(await second.api.call('listDevices', {})).toContainEqual(
      expect.objectContaining({ id: 'nas', approval: 'approved', state: 'online' }),
    );
    const stranger = await ask(second, 'nas', { more: { key: `${key}x` }, from: '127.0.0.2' });
    expect((await refusal(stranger)).close).not.toBe(1000);
    const newcomer = await ask(second, 'shed', { more: { token: secret }, from: '127.0.0.3' });
    await newcomer.message('welcome');
    expect(await second.api.call('listDevices', {})).toContainEqual(
      expect.objectContaining({ id: 'shed', approval: 'approved' }),
    );
    const events = await second.api.call('listEvents', { from: 0, to: Date.now() + 1_000, limit: 1_000 });
    expect(events).toContainEqual(expect.objectContaining({ text: 'a note' }));
    expect((await second.api.call('getSettings', {})).intervalMs).toBe(5_000);
    expect(await second.api.call('getBoard', { board: 'wall' })).toMatchObject({ name: 'Wall' });
    for (const client of [agent, newcomer]) client.end();
  });
});

describe('a backup while samples pour in', () => {
  it('is of one moment, and holds up no commit', async () => {
    const dataDir = join(root, 'busy');
    const store = await harness.open(join(dataDir, 'history'));
    await store.commit(batch({ series: [seriesOf('d', 1)] }));
    const PER_COMMIT = 1_000;
    const startAt = Date.now() - 3_600_000;
    let commits = 0;
    let isDone = false;
    let slowestMs = 0;
    const pouring = (async () => {
      while (!isDone) {
        const t = Float64Array.from({ length: PER_COMMIT }, (_, i) => startAt + commits * PER_COMMIT + i);
        const v = t.map((_, i) => commits * PER_COMMIT + i);
        const rows = [{ device: 'd', series: Int32Array.of(1), t, v }];
        const begun = performance.now();
        await store.commit(batch({ rows, marks: [{ device: 'd', stream: 's', seq: commits + 1 }] }));
        slowestMs = Math.max(slowestMs, performance.now() - begun);
        commits++;
        await wait(90);
      }
    })();
    while (commits < 10) await wait(20);
    for (let round = 0; round < 3; round++) {
      const before = commits;
      const made = await prepareBackup({
        dataDir,
        program: '1.0.0',
        now: Date.now(),
        withHistory: true,
        passphrase: PASSPHRASE,
        signal: new AbortController().signal,
      });
      if (!made.ok) throw new Error(made.error.message);
      await write(join(root, `${round}.backup`), made.value.read());
      made.value.dispose();
      await restore(join(root, `${round}.backup`), `restored ${round}`);
      const copy = await harness.open(join(root, `restored ${round}`, 'history'));
      const seq = copy.contents.marks[0]?.seq ?? 0;
      expect(seq).toBeGreaterThanOrEqual(before);
      const [columns] = await copy.query({ series: [1], from: 0, to: Date.now() + 1e9, raw: true });
      // As many rows as the mark says, each with its value: no commit is there in part.
      expect(columns?.t.length).toBe(seq * PER_COMMIT);
      expect(columns?.v?.every((value, i) => value === i)).toBe(true);
      await copy.close();
    }
    isDone = true;
    await pouring;
    expect(slowestMs).toBeLessThan(5_000);
  });
});

describe('the door for backups', () => {
  const JSON_TYPE = { 'Content-Type': 'application/json' };
  const ELSEWHERE = { 'X-Forwarded-For': '192.168.1.77' };
  const PATH = '/api/v1/backup';

  async function web(options: Parameters<typeof startRunningWeb>[0] = {}): Promise<RunningWeb> {
    const web = await startRunningWeb(options, {
      dataDir: join(root, 'web'),
      host: '0.0.0.0',
      shareUi: true,
      version: '1.0.0',
    });
    running.add(web);
    return web;
  }

  it('opens for this machine, and its answer is whole', async () => {
    const { ask: request } = await web();
    const answer = await request(PATH, { method: 'POST', headers: JSON_TYPE, body: '{"history": false}' });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-length']).toBe(String(answer.bytes.length));
    expect(answer.headers['content-disposition']).toMatch(
      /^attachment; filename="wirewatch-[\dT-]+\.backup"$/,
    );
    expect(answer.bytes.toString('latin1', 0, 16)).toBe('WIREWATCH BACKUP');
    expect(answer.body).not.toContain('PRIVATE KEY');
  });

  it('stays closed to viewers, to a cookie alone from elsewhere, to other sites and to forms', async () => {
    const {
      ask: request,
      signIn,
      hub,
    } = await web({ uiToken: 't'.repeat(20), uiViewerToken: 'v'.repeat(20) });
    const post = (headers: Record<string, string>, body = '{"history": false}') =>
      request(PATH, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body });
    const viewer = { Authorization: `Bearer ${'v'.repeat(20)}` };
    const admin = { Authorization: `Bearer ${'t'.repeat(20)}` };
    expect((await post(viewer)).status).toBe(403);
    expect((await request(`${PATH}?ticket=${'0'.repeat(32)}`, { headers: viewer })).status).toBe(403);
    expect((await post({})).status).toBe(401);
    const Cookie = await signIn();
    expect((await post({ Cookie, ...ELSEWHERE })).status).toBe(401);
    expect((await post({ ...admin, 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    expect((await post({ ...admin, 'Content-Type': 'text/plain' })).status).toBe(415);
    expect((await request(`${PATH}?ticket=${'0'.repeat(32)}`, { headers: admin })).status).toBe(404);
    expect((await post({ ...admin }, '{"history": 1}')).status).toBe(400);
    expect((await post({ ...admin }, '{"passphrase": "short"}')).status).toBe(400);
    await expect(
      hub.execute('makeBackup', { history: false, passphrase: null }, { from: 'x', role: 'viewer' }),
    ).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect((await post(admin)).status).toBe(200);
  });

  it('gives what a page had made to an admin with its ticket, once', async () => {
    const { ask: request, hub } = await web();
    const wish = { history: false, passphrase: null };
    const { ticket, bytes } = await hub.execute('makeBackup', wish, { from: 'ipc', role: 'admin' });
    const other = await request(PATH, { method: 'POST', headers: JSON_TYPE, body: '{"history": false}' });
    expect(other.status).toBe(200);
    expect((await request(`${PATH}?ticket=${ticket}`)).status).toBe(404);
    // The hub is done with a backup a moment after its last byte has arrived.
    const again = await vi.waitFor(() => hub.execute('makeBackup', wish, { from: 'ipc', role: 'admin' }), {
      timeout: PATIENCE_MS,
    });
    const got = await request(`${PATH}?ticket=${again.ticket}`);
    expect(got.status).toBe(200);
    expect(Math.abs(got.bytes.length - bytes)).toBeLessThan(2_000);
    expect((await request(`${PATH}?ticket=${again.ticket}`)).status).toBe(404);
  });
});
