import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FaultError } from '@shared/errors';
import type { DeviceInfo } from '@shared/model';
import { StoreHarness } from '../../src/main/hub/history/testing/harness';
import { ask, keyOf, pair, refusal } from '../fakes/admission';
import { startHub, type TestHub } from '../fakes/hub-harness';
import { makeVolume, whyNoVolumes, type SmallVolume } from '../fakes/small-volume';

const noVolumes = whyNoVolumes();

let harness: StoreHarness;
let root: string;
let volume: SmallVolume | null = null;
const running = new Set<TestHub>();

beforeAll(async () => {
  harness = await StoreHarness.create();
});
afterAll(() => harness.dispose());
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wirewatch-devices-'));
});
afterEach(async () => {
  for (const each of [...running]) await stop(each);
  volume?.remove();
  volume = null;
  rmSync(root, { recursive: true, force: true });
});

async function start(dataDir: string, kind: 'sqlite' | 'memory' = 'sqlite'): Promise<TestHub> {
  const store = kind === 'memory' ? null : await harness.open(join(dataDir, 'history'), { keepTrying: true });
  const test = await startHub({ dataDir, store });
  running.add(test);
  return test;
}

async function stop(test: TestHub): Promise<void> {
  running.delete(test);
  await test.dispose();
}

/** The folder as a crash at this moment would leave it. */
function crashed(dataDir: string, name: string): string {
  const copy = join(root, name);
  cpSync(dataDir, copy, { recursive: true });
  return copy;
}

async function device(test: TestHub, id: string): Promise<DeviceInfo | undefined> {
  return (await test.api.call('listDevices', {})).find((one) => one.id === id);
}

describe.each(['sqlite', 'memory'] as const)('what the user was told is done, with --store %s', (kind) => {
  it('is there after a crash right after it', async () => {
    const dataDir = join(root, 'data');
    const test = await start(dataDir, kind);
    const agents = [];
    for (const id of ['a', 'b']) {
      const agent = await ask(test, id);
      agents.push(agent);
      await agent.message('welcome');
      await test.api.call('approveDevice', { device: id });
      const after = await start(crashed(dataDir, `approved ${id}`), kind);
      expect(await device(after, id)).toMatchObject({ approval: 'approved' });
    }
    await test.api.call('renameDevice', { device: 'a', name: 'Attic' });
    await test.api.call('blockDevice', { device: 'b' });
    const after = await start(crashed(dataDir, 'blocked'), kind);
    expect(await device(after, 'a')).toMatchObject({ name: 'Attic' });
    expect(await device(after, 'b')).toMatchObject({ approval: 'blocked' });
    await test.api.call('removeDevice', { device: 'a' });
    expect(await device(await start(crashed(dataDir, 'removed'), kind), 'a')).toBeUndefined();
    for (const agent of agents) agent.end();
  });
});

it('one flipped bit in the database costs no device anything, whichever row it is in', async () => {
  const dataDir = join(root, 'data');
  const test = await start(dataDir);
  const keys = new Map<string, string>();
  for (const id of ['a', 'b', 'c']) keys.set(id, await pair(test, id));
  await stop(test);
  for (const id of keys.keys()) {
    const copy = crashed(dataDir, `flipped ${id}`);
    const db = new DatabaseSync(join(copy, 'history', 'history.db'));
    db.prepare(`UPDATE known_devices SET body = replace(body, 'approved', 'apprqved') WHERE id = ?`).run(id);
    db.close();
    const after = await start(copy);
    for (const [other, key] of keys) {
      expect(await device(after, other)).toMatchObject({ approval: 'approved', approvedBy: 'user' });
      expect((await refusal(await ask(after, other))).error).toBe('KEY_NEEDED');
      const agent = await ask(after, other, { more: { key } });
      expect(await agent.message('welcome')).toMatchObject({ state: 'approved' });
      agent.end();
    }
    await stop(after);
  }
});

it('a database that is set aside takes no approval with it', async () => {
  const dataDir = join(root, 'data');
  const test = await start(dataDir);
  const key = await pair(test, 'a');
  await stop(test);
  writeFileSync(join(dataDir, 'history', 'history.db'), 'no database '.repeat(1_000));
  const after = await start(dataDir);
  expect(after.hub.info().storeProblem?.code).toBe('STORE_DAMAGED');
  const agent = await ask(after, 'a', { more: { key } });
  expect(await agent.message('welcome')).toMatchObject({ state: 'approved' });
  agent.end();
  await stop(after);
  rmSync(join(dataDir, 'devices.journal'));
  expect(await device(await start(dataDir), 'a')).toMatchObject({ approval: 'approved' });
});

describe.skipIf(noVolumes !== null)(`while the disk is full (${noVolumes ?? 'tmpfs'})`, () => {
  it('nobody is let in, who is turned away stays out, and both are said; with room it is as usual', async () => {
    volume = makeVolume(16 * 1024 * 1024);
    const dataDir = join(volume.path, 'data');
    const before = await start(dataDir);
    const key = await pair(before, 'known');
    await stop(before);
    volume.fill(0);
    const test = await start(dataDir);
    expect(test.hub.info()).toMatchObject({ isStoring: false, storeProblem: { code: 'STORE_FULL' } });
    const agent = await ask(test, 'new');
    await agent.message('welcome');
    // The last page of the journal has some room left: what fits there is on disk.
    let name = 'known';
    let code: unknown = null;
    for (let i = 0; i < 20 && code === null; i++) {
      await test.api.call('renameDevice', { device: 'known', name: `known ${i}` }).then(
        () => (name = `known ${i}`),
        (error: unknown) => (code = error instanceof FaultError ? error.code : error),
      );
    }
    expect(code).toBe('FILE_UNWRITABLE');
    await expect(test.api.call('approveDevice', { device: 'new' })).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
    });
    expect(await device(test, 'new')).toMatchObject({ approval: 'pending' });
    expect(agent.heard.join()).not.toContain('approved');
    expect(await device(test, 'known')).toMatchObject({ name, approval: 'approved' });
    const known = await ask(test, 'known', { from: '127.0.0.5', more: { key } });
    expect(await known.message('welcome')).toMatchObject({ state: 'approved' });
    await expect(test.api.call('blockDevice', { device: 'known' })).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
    });
    expect((await known.close()).code).toBe(1008);
    await expect(test.api.call('removeDevice', { device: 'known' })).rejects.toMatchObject({
      code: 'STORE_FULL',
    });
    volume.free();
    await expect.poll(() => test.hub.info().isStoring).toBe(true);
    await agent.close();
    const again = await ask(test, 'new');
    await again.message('welcome');
    await test.api.call('approveDevice', { device: 'new' });
    expect(await keyOf(again)).toMatch(/^wwk_/);
    again.end();
    await stop(test);
    const after = await start(dataDir);
    expect(await device(after, 'known')).toMatchObject({ approval: 'blocked' });
    expect(await device(after, 'new')).toMatchObject({ approval: 'approved' });
  });
});
