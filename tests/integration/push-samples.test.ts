import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { newestValues, push, storedSamples } from '../fakes/push-client';
import { ADMIN, startRunningWeb, type RunningWeb } from '../fakes/running-web';

let web: RunningWeb | null = null;

afterEach(async () => {
  await web?.dispose();
  web = null;
});

async function start(admit: 'open' | 'ask' = 'open'): Promise<RunningWeb> {
  return (web = await startRunningWeb({}, { admit }));
}

describe('POST /api/v1/samples', () => {
  it('takes JSON as on the WebSocket, and says what was stored', async () => {
    const { port, hub } = await start();
    const answer = await push(port, '/api/v1/samples', { body: '{"id":"attic","temp":21.5,"hum":40}' });
    expect([answer.status, answer.json()]).toEqual([200, { samples: 2, dropped: 0, problems: [] }]);
    expect(await newestValues(hub, 'attic')).toEqual({ temp: 21.5, hum: 40 });
  });

  it('takes NDJSON of several devices, gzipped, and keeps what is good beside a broken line', async () => {
    const { port, hub } = await start();
    const body = gzipSync('{"id":"a","temp":1}\n{"id":"b","temp":}\n{"id":"c","temp":3}\n');
    const headers = { 'Content-Encoding': 'gzip', 'Content-Type': 'application/x-ndjson' };
    const answer = await push(port, '/api/v1/samples', { headers, body });
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ samples: 2, problems: [{ code: 'BAD_JSON' }] });
    expect(await newestValues(hub, 'c')).toEqual({ temp: 3 });
  });

  it('takes two machines of one name that push by turns for two devices', async () => {
    const { port, hub } = await start();
    for (let round = 0; round < 2; round++) {
      await push(port, '/write', { from: '127.0.0.2', body: 'cpu,host=raspberrypi usage=1' });
      await push(port, '/write', { from: '127.0.0.3', body: 'cpu,host=raspberrypi usage=99' });
    }
    const devices = await hub.execute('listDevices', {}, ADMIN);
    const stored = await Promise.all(
      devices.map(async ({ id, name }) => [name, (await storedSamples(hub, id))[0]?.v]),
    );
    expect(stored).toEqual([
      ['raspberrypi', [1, 1]],
      ['raspberrypi', [99, 99]],
    ]);
  });

  it('says that a body is in another encoding, rather than to mix up names', async () => {
    const { port } = await start();
    const answer = await push(port, '/api/v1/samples', {
      body: Buffer.from('{"id":"K\xfcche","t":1}', 'latin1'),
    });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ error: { code: 'NOT_UTF8' } });
  });

  it("takes Telegraf's JSON and line protocol", async () => {
    const { port, hub } = await start();
    const metric = {
      name: 'cpu',
      tags: { host: 'nas' },
      fields: { idle: 97.5 },
      timestamp: Date.now() / 1_000,
    };
    await push(port, '/api/v1/samples', { body: JSON.stringify({ metrics: [metric] }) });
    await push(port, '/api/v1/samples', { body: 'mem,host=nas used=5i' });
    expect(await newestValues(hub, 'nas')).toEqual({ 'cpu.idle': 97.5, 'mem.used': 5 });
  });

  it('says that a body is UTF-16, whose names would hold a NUL beside each letter', async () => {
    const { port, hub } = await start();
    for (const body of ['{"id":"a","temp":1}', 'm,host=a v=1']) {
      const answer = await push(port, '/api/v1/samples', { body: Buffer.from(body, 'utf16le') });
      expect(answer.json()).toMatchObject({ error: { code: 'NOT_UTF8' } });
    }
    const lines = await push(port, '/write', { body: Buffer.from('m,host=a v=1\n', 'utf16le') });
    expect(lines.status).toBe(400);
    expect(await hub.execute('listDevices', {}, ADMIN)).toEqual([]);
  });

  it('tells the sender of a wrong secret so, where everybody is let in too', async () => {
    const { port, hub } = await start();
    const body = 'cpu,host=nas usage=1';
    for (const secret of ['made-up', `wwk_${'A'.repeat(32)}`]) {
      const headers = { Authorization: `Token ${secret}` };
      expect((await push(port, '/api/v2/write', { headers, body })).status).toBe(401);
      expect((await push(port, '/api/v1/samples', { headers, body })).status).toBe(401);
    }
    expect(await hub.execute('listDevices', {}, ADMIN)).toEqual([]);
    expect((await push(port, '/api/v2/write', { body })).status).toBe(204);
  });

  it('refuses what is no metrics, and makes no event of it', async () => {
    const { port, hub } = await start();
    const answer = await push(port, '/api/v1/samples', { body: 'hello there' });
    expect([answer.status, answer.json()]).toMatchObject([400, { error: { code: 'NOT_METRICS' } }]);
    expect(await hub.execute('listDevices', {}, ADMIN)).toEqual([]);
  });

  it('tells a sender that waits for approval to come again', async () => {
    const { port } = await start('ask');
    const answer = await push(port, '/api/v1/samples', { body: '{"id":"attic","temp":1}' });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '30']);
    expect(answer.json()).toMatchObject({ error: { code: 'PENDING_APPROVAL' } });
  });
});

describe("collectd's write_http", () => {
  it('is read as JSON, with its counters and times', async () => {
    const { port, hub } = await start();
    const time = Math.floor(Date.now() / 1_000);
    const base = { time, interval: 10, host: 'pi', plugin_instance: '', type_instance: '' };
    const body = JSON.stringify([
      {
        ...base,
        plugin: 'load',
        type: 'load',
        values: [0.1, 0.2, null],
        dstypes: ['gauge', 'gauge', 'gauge'],
        dsnames: ['shortterm', 'midterm', 'longterm'],
      },
      {
        ...base,
        plugin: 'interface',
        plugin_instance: 'eth0',
        type: 'if_octets',
        values: [100, 200],
        dstypes: ['derive', 'derive'],
        dsnames: ['rx', 'tx'],
      },
    ]);
    const answer = await push(port, '/collectd', { headers: { 'Content-Type': 'application/json' }, body });
    expect(answer.status).toBe(200);
    const stored = await storedSamples(hub, 'pi');
    expect(stored.map(({ metric, kind, t, v }) => [metric, kind, t[0], v[0]])).toEqual(
      expect.arrayContaining([
        ['load.shortterm', 'gauge', time * 1_000, 0.1],
        ['interface.if_octets.rx', 'counter', time * 1_000, 100],
      ]),
    );
    expect(stored.find(({ metric }) => metric.endsWith('.tx'))?.labels).toEqual({ instance: 'eth0' });
  });

  it('is read as PUTVAL lines, and a bad line is named', async () => {
    const { port, hub } = await start();
    const now = Date.now() / 1_000;
    const body = `PUTVAL pi/cpu-0/cpu-user interval=10.000 ${now}:5\r\nPUTVAL nonsense\r\nPUTVAL "my pi/memory/memory-free" interval=10 ${now}:U\r\n`;
    const answer = await push(port, '/collectd', { headers: { 'Content-Type': 'text/plain' }, body });
    expect(answer.json()).toMatchObject({ problems: [{ code: 'NOT_COLLECTD' }] });
    expect(await newestValues(hub, 'pi')).toEqual({ 'cpu{instance=0,type_instance=user}': 5 });
  });

  it('has the names, kinds and units of its own types in PUTVAL lines too', async () => {
    const { port, hub } = await start();
    const now = Math.floor(Date.now() / 1_000);
    const body = [
      `PUTVAL pi/load/load interval=10 ${now}:0.1:0.2:0.3`,
      `PUTVAL pi/memory/memory-used interval=10 ${now}:1048576`,
      `PUTVAL pi/interface-eth0/if_octets interval=10 ${now}:100:200`,
      `PUTVAL pi/mine/temperature interval=10 ${now}:1:2`,
    ].join('\n');
    await push(port, '/collectd', { headers: { 'Content-Type': 'text/plain' }, body });
    const stored = await storedSamples(hub, 'pi');
    expect(stored.map(({ metric, kind, unit }) => [metric, kind, unit])).toEqual(
      expect.arrayContaining([
        ['load.midterm', 'gauge', ''],
        ['memory', 'gauge', 'By'],
        ['interface.if_octets.rx', 'counter', 'By'],
        // Not the type that collectd knows by this name.
        ['mine.temperature', 'gauge', expect.anything()],
      ]),
    );
  });
});
