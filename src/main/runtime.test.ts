import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '@shared/logger';
import { startWirewatch, type RuntimeOptions, type Wirewatch } from './runtime';

const CALLER = { from: 'test', role: 'admin' } as const;

let folder: string;
const running: Wirewatch[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirewatch-runtime-'));
});
afterEach(async () => {
  for (const each of running.splice(0)) await each.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Partial<RuntimeOptions> = {}): Promise<Wirewatch> {
  const started = await startWirewatch({
    log: silentLogger,
    dataDir: join(folder, 'data'),
    host: '127.0.0.1',
    port: 0,
    ...options,
  });
  if (!started.ok) throw new Error(started.error.message);
  running.push(started.value);
  return started.value;
}

const devicesOf = ({ hub }: Wirewatch) => hub.execute('listDevices', {}, CALLER);

async function localState(wirewatch: Wirewatch): Promise<string | undefined> {
  return (await devicesOf(wirewatch)).find(({ local }) => local)?.state;
}

describe('a started Wirewatch', () => {
  it('watches this computer, and says which device that is', async () => {
    const wirewatch = await start();
    await expect.poll(() => localState(wirewatch)).toBe('online');
    const [device] = await devicesOf(wirewatch);
    expect(wirewatch.hub.info()).toMatchObject({
      localDevice: device?.id,
      uiUrls: [`http://127.0.0.1:${wirewatch.port}`],
    });
  });

  it('knows this computer again the next time', async () => {
    const first = await start();
    await expect.poll(() => localState(first)).toBe('online');
    const [before] = await devicesOf(first);
    await first.dispose();
    const second = await start();
    await expect.poll(() => localState(second)).toBe('online');
    expect((await devicesOf(second)).map(({ id }) => id)).toEqual([before?.id]);
  });

  it('stops and starts watching this computer as the settings say', async () => {
    const wirewatch = await start();
    await expect.poll(() => localState(wirewatch)).toBe('online');
    await wirewatch.hub.execute('updateSettings', { localAgent: false }, CALLER);
    await expect.poll(() => localState(wirewatch)).toBe('offline');
    await wirewatch.hub.execute('updateSettings', { localAgent: true }, CALLER);
    await expect.poll(() => localState(wirewatch)).toBe('online');
  });

  it('moves to another port with everything', async () => {
    const wirewatch = await start();
    await expect.poll(() => localState(wirewatch)).toBe('online');
    const before = wirewatch.port;
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    other.close();
    await once(other, 'close');
    await wirewatch.hub.execute('updateSettings', { port }, CALLER);
    expect(wirewatch.port).toBe(port);
    expect(port).not.toBe(before);
    expect((await fetch(`${wirewatch.url}/healthz`)).status).toBe(200);
    expect(wirewatch.hub.info().uiUrls).toEqual([`http://127.0.0.1:${port}`]);
    await expect.poll(() => localState(wirewatch)).toBe('online');
  });

  it('names the addresses for other machines while the UI is shared', async () => {
    const wirewatch = await start({ host: '0.0.0.0', advertise: false, localAgent: false });
    expect(wirewatch.hub.info().uiUrls).toHaveLength(1);
    expect(wirewatch.links.createRemoteLinks('admin').urls).toEqual([]);
    await expect(wirewatch.hub.execute('createUiLink', {}, CALLER)).rejects.toMatchObject({
      code: 'UI_NOT_SHARED',
    });
    await wirewatch.hub.execute('updateSettings', { shareUi: true }, CALLER);
    const { uiUrls, agentUrls, secureAgentUrls } = wirewatch.hub.info();
    const reachable = [...agentUrls, ...secureAgentUrls].filter((url) => !url.includes('127.0.0.1'));
    expect(uiUrls.slice(1)).toEqual(reachable.map((url) => url.replace(/^ws/, 'http')));
  });

  it('leaves nothing listening, and may be disposed of twice', async () => {
    const wirewatch = await start();
    const { url } = wirewatch;
    await Promise.all([wirewatch.dispose(), wirewatch.dispose()]);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  // The unwritable path used here does not exist on Windows.
  it.skipIf(process.platform === 'win32')('fails with a code when it cannot listen or write', async () => {
    const { port } = await start({ localAgent: false });
    const options = { log: silentLogger, host: '127.0.0.1' };
    expect(await startWirewatch({ ...options, port, dataDir: null })).toMatchObject({
      ok: false,
      error: { code: 'PORT_IN_USE' },
    });
    expect(await startWirewatch({ ...options, port: 0, dataDir: '/dev/null/x' })).toMatchObject({
      ok: false,
      error: { code: 'DATA_DIR_UNWRITABLE' },
    });
  });
});
