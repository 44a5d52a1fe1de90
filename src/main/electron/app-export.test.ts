import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeStore } from '../../../tests/fakes/fake-store';
import { createHub } from '../hub/hub';
import type { Hub } from '../hub/hub-contract';
import { createAppExport } from './app-export';
import { serveApp } from './app-protocol';

vi.mock('electron', async () => (await import('../../../tests/fakes/electron')).fakeElectron());

const SAMPLES = 60_000;
let store: FakeStore;
let hub: Hub;

beforeEach(async () => {
  store = new FakeStore(1_000);
  hub = createHub({ dataDir: null, host: '127.0.0.1', port: 0, version: '0', runtime: 'test', store });
  const t = Array.from({ length: SAMPLES }, (_, i) => i);
  const line = JSON.stringify({ device: 'pump', metric: 'flow', t, v: t });
  await hub.importSamples(
    (async function* () {
      yield Buffer.from(line);
      await Promise.resolve();
    })(),
  );
});
afterEach(() => hub.dispose());

const get = (url: string, method = 'GET') =>
  serveApp('/nowhere', createAppExport(hub), { url: `app://wirewatch${url}`, method });

describe('an export in the desktop app', () => {
  it('gives what HTTP gives, without any token', async () => {
    const response = await get('/api/v1/export?device=pump&from=0&to=3&time=ms');
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toBe('text/csv; charset=utf-8; header=present');
    expect(response.headers.get('Content-Disposition')).toMatch(
      /^attachment; filename="wirewatch-pump-[\w.-]+\.csv"$/,
    );
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(await response.text()).toBe(
      'time,device,metric,labels,unit,value\r\n0,pump,flow,,,0\r\n1,pump,flow,,,1\r\n2,pump,flow,,,2\r\n',
    );
  });

  it('comes piece by piece, and ends when the page stops reading', async () => {
    const response = await get('/api/v1/export?format=ndjson&from=0');
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value).toBeInstanceOf(Uint8Array);
    expect(store.openScans).toBe(1);
    await reader?.cancel();
    expect(store.openScans).toBe(0);
  });

  it('is whole when it is read to its end', async () => {
    const body = await (await get('/api/v1/export?format=csv&from=0')).text();
    expect(body.split('\r\n')).toHaveLength(SAMPLES + 2);
    expect(store.openScans).toBe(0);
  });

  it('breaks off where the history does', async () => {
    store.scan = async function* () {
      yield { series: 1, t: Float64Array.of(1), v: Float64Array.of(1) };
      await Promise.resolve();
      throw new Error('the disk is gone');
    };
    const response = await get('/api/v1/export?format=ndjson&from=0');
    await expect(response.text()).rejects.toThrow('the disk is gone');
  });

  it.each([
    ['/api/v1/export?device=nobody', 404, 'NO_SUCH_DEVICE'],
    ['/api/v1/export?format=xml', 400, 'BAD_PARAMETER'],
    ['/api/v1/export?form=1', 400, 'UNKNOWN_PARAMETER'],
  ])('answers %s with %i %s', async (url, status, code) => {
    const response = await get(url);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
  });

  it('takes GET and HEAD only, and nothing else of the API lives there', async () => {
    expect((await get('/api/v1/export?from=0', 'POST')).status).toBe(405);
    const head = await get('/api/v1/export?from=0', 'HEAD');
    expect([head.status, await head.text(), store.openScans]).toEqual([200, '', 0]);
    expect((await get('/api/v1/devices')).status).toBe(404);
  });
});

describe('a backup in the desktop app', () => {
  it('is given once for its ticket, whole', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wirewatch-app-backup-'));
    const kept = createHub({
      dataDir: folder,
      host: '127.0.0.1',
      port: 0,
      version: '1.0.0',
      runtime: 'test',
    });
    const from = (ticket: string) =>
      serveApp('/nowhere', createAppExport(kept), {
        url: `app://wirewatch/api/v1/backup?ticket=${ticket}`,
        method: 'GET',
      });
    try {
      const wish = { history: false, passphrase: null };
      const { ticket, bytes } = await kept.execute('makeBackup', wish, { from: 'ipc', role: 'admin' });
      expect((await from('0'.repeat(32))).status).toBe(404);
      const body = Buffer.from(await (await from(ticket)).arrayBuffer());
      expect(body.length).toBe(bytes);
      expect(body.toString('latin1', 0, 16)).toBe('WIREWATCH BACKUP');
      expect((await from(ticket)).status).toBe(404);
      expect(readdirSync(folder).filter((name) => name.startsWith('.backup'))).toEqual([]);
    } finally {
      await kept.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
