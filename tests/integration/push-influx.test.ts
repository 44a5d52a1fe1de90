import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { HubOptions } from '../../src/main/hub/hub-contract';
import { FakeStore } from '../fakes/fake-store';
import { newestValues, push, storedSamples, type Push, type PushAnswer } from '../fakes/push-client';
import { ADMIN, startRunningWeb, type RunningWeb } from '../fakes/running-web';

let web: RunningWeb | null = null;

afterEach(async () => {
  await web?.dispose();
  web = null;
});

async function start(options: Partial<HubOptions> = {}): Promise<RunningWeb> {
  return (web = await startRunningWeb({}, { admit: 'open', ...options }));
}

const send = (target: string, options: Push = {}): Promise<PushAnswer> =>
  push(running().port, target, options);

function running(): RunningWeb {
  if (!web) throw new Error('no hub is running');
  return web;
}

const valuesOf = (device: string) => newestValues(running().hub, device);

async function devices() {
  return running().hub.execute('listDevices', {}, ADMIN);
}

describe('what senders ask an InfluxDB before they write', () => {
  it('is answered: ping, health, ready, databases', async () => {
    await start({ admit: 'ask' });
    for (const method of ['GET', 'HEAD']) {
      const ping = await send('/ping', { method });
      expect(ping).toMatchObject({ status: 204, body: '' });
      expect(ping.headers).toMatchObject({ 'x-influxdb-version': '1.8.10', 'x-influxdb-build': 'OSS' });
    }
    const verbose = await send('/ping?verbose=true', { method: 'GET' });
    expect([verbose.status, verbose.json()]).toEqual([200, { version: '1.8.10' }]);
    for (const path of ['/health', '/influx/health']) {
      const health = await send(path, { method: 'GET' });
      expect(health.status).toBe(200);
      expect(health.json()).toMatchObject({ name: 'influxdb', status: 'pass' });
    }
    expect((await send('/ready', { method: 'GET' })).status).toBe(200);
    const show = await send('/query?q=SHOW+DATABASES', { method: 'GET' });
    expect(show.json()).toEqual({
      results: [
        { statement_id: 0, series: [{ name: 'databases', columns: ['name'], values: [['wirewatch']] }] },
      ],
    });
    const create = await send('/query', {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'q=CREATE+DATABASE+%22telegraf%22',
    });
    expect([create.status, create.json()]).toEqual([200, { results: [{ statement_id: 0 }] }]);
    const select = await send('/query?q=SELECT+*+FROM+cpu', { method: 'GET' });
    expect(select.status).toBe(400);
    expect(select.json()).toMatchObject({ error: expect.stringContaining('SHOW DATABASES') as string });
  });

  it('is refused by other methods', async () => {
    await start();
    const answer = await send('/write', { method: 'GET' });
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST']);
  });
});

describe('an InfluxDB write', () => {
  it.each(['/write?db=telegraf&rp=autogen', '/api/v2/write?org=home&bucket=b'])(
    'to %s is stored and answered with 204 and nothing else',
    async (target) => {
      await start();
      const ns = `${Date.now()}000000`;
      const answer = await send(target, {
        body: `cpu,host=nas,cpu=cpu0 usage_idle=97.5,n=2i ${ns}\nmem,host=nas used=5u ${ns}\n`,
      });
      expect(answer).toMatchObject({ status: 204, body: '' });
      expect(await valuesOf('nas')).toEqual({
        'cpu.usage_idle{cpu=cpu0}': 97.5,
        'cpu.n{cpu=cpu0}': 2,
        'mem.used': 5,
      });
      expect(await devices()).toMatchObject([{ id: 'nas', state: 'online' }]);
    },
  );

  it('keeps apart the devices of one body, and goes by the address where none is named', async () => {
    await start();
    await send('/write', { body: 'temp,host=attic value=1\ntemp,host=cellar value=2\ntemp value=3' });
    expect((await devices()).map(({ id }) => id).sort()).toEqual(['attic', 'cellar', 'ip:127.0.0.1']);
    expect(await valuesOf('cellar')).toEqual({ temp: 2 });
  });

  it.each([
    ['s', 1_000],
    ['ms', 1],
    ['u', 1e-3],
    ['ns', 1e-6],
    ['m', 60_000],
    ['h', 3_600_000],
    ['', 1e-6],
  ])('counts time in "%s"', async (precision, ms) => {
    // In memory alone, the last hour would be too old.
    await start({ store: new FakeStore() });
    const step = Math.max(ms, 1_000);
    const time = Math.floor(Date.now() / step) * step - step;
    const said = BigInt(Math.round(1 / Math.min(ms, 1))) * BigInt(ms > 1 ? time / ms : time);
    const answer = await send(`/write?precision=${precision}`, { body: `t,host=a value=1 ${said}` });
    expect(answer.status).toBe(204);
    const stored = await storedSamples(running().hub, 'a', 3 * Math.max(step, 60_000));
    expect(stored.map(({ t }) => t)).toEqual([[time]]);
  });

  it('refuses a precision that its API does not know', async () => {
    await start();
    const answer = await send('/api/v2/write?precision=h', { body: 't value=1 1' });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'invalid' });
    for (const unknown of ['d', 'constructor']) {
      const first = await send(`/write?precision=${unknown}`, { body: 't value=1 1' });
      expect(first.status).toBe(400);
      expect(first.json()).toMatchObject({
        error: expect.stringContaining('ns, us, ms, s, m or h') as string,
      });
    }
  });

  it('without lines is taken by the first API and refused by the second', async () => {
    await start();
    expect(await send('/write', { body: '' })).toMatchObject({ status: 204, body: '' });
    const answer = await send('/api/v2/write', { body: '' });
    expect([answer.status, answer.json()]).toEqual([
      400,
      { code: 'invalid', message: 'writing requires points' },
    ]);
  });

  it('with bad lines keeps the good ones and names the first bad one', async () => {
    await start();
    const body = 'cpu,host=a usage=1\nmem,host=a used=5\nbroken line,\ndisk,host=a free=3\n';
    const v1 = await send('/write', { body });
    expect(v1.status).toBe(400);
    expect(v1.json()).toEqual({
      error: expect.stringMatching(/^partial write: unable to parse 'broken line,': .* dropped=1$/) as string,
    });
    const v2 = await send('/api/v2/write', { body });
    expect(v2.status).toBe(400);
    expect(v2.json()).toMatchObject({
      code: 'invalid',
      line: 3,
      message: expect.stringContaining('dropped=1') as string,
    });
    expect(await valuesOf('a')).toEqual({ 'cpu.usage': 1, 'mem.used': 5, 'disk.free': 3 });
  });

  it('says what it drops because of its time', async () => {
    await start();
    const inAWeek = `${Date.now() + 7 * 86_400_000}000000`;
    const answer = await send('/write?precision=ns', {
      body: `t,host=a value=1 ${inAWeek}\nt,host=a value=2`,
    });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('partial write');
    expect(answer.body).toContain('dropped=1');
  });

  it('takes NaN as no value, keeps what stands beside it, and names it', async () => {
    await start();
    const answer = await send('/write', { body: 't,host=a out=1\nt,host=a in=NaN,out=2\nu,host=a x=n/a' });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('partial write');
    expect(answer.body).toContain('\\"NaN\\" of \\"in\\" is not a number (line 2) dropped=1');
    expect(await valuesOf('a')).toMatchObject({ 't.out': 2 });
  });

  it('may be gzip, and come in chunks cut anywhere, line breaks in quoted text included', async () => {
    await start();
    const text = Buffer.from('log,host=ä msg="first\nsecond",severity=3i\ncpu,host=ä usage=2\n');
    const pieces = Array.from({ length: text.length }, (_, i) => text.subarray(i, i + 1));
    expect((await send('/write', { body: pieces })).status).toBe(204);
    const [device] = await devices();
    expect(device?.name).toBe('ä');
    expect(await valuesOf(device?.id ?? '')).toEqual({ 'log.severity': 3, 'cpu.usage': 2 });
    const zipped = await send('/api/v2/write', {
      headers: { 'Content-Encoding': 'gzip' },
      body: gzipSync('cpu,host=zipped usage=7'),
    });
    expect(zipped.status).toBe(204);
    expect(await valuesOf('zipped')).toEqual({ 'cpu.usage': 7 });
  });

  it('of another encoding, or of broken gzip, is refused', async () => {
    await start();
    const brotli = await send('/api/v2/write', { headers: { 'Content-Encoding': 'br' }, body: 'x' });
    expect(brotli.status).toBe(415);
    const broken = await send('/api/v2/write', { headers: { 'Content-Encoding': 'gzip' }, body: 'no gzip' });
    expect([broken.status, broken.json()]).toEqual([
      400,
      { code: 'invalid', message: 'The body is not valid gzip.' },
    ]);
  });

  it('that is too large is refused, as sent, uncompressed or by its ratio', async () => {
    await start({ limits: { pushBytes: 100_000, pushInflatedBytes: 300_000, pushInflateRatio: 50 } });
    const lines = Array.from({ length: 20_000 }, (_, i) => `t,host=a v=${i}`).join('\n');
    const sent = await send('/api/v2/write', { body: lines });
    expect(sent.status).toBe(413);
    expect(sent.json()).toMatchObject({ code: 'request too large' });
    const chunked = await send('/write', { body: [Buffer.from(lines)] });
    expect(chunked.status).toBe(413);
    const inflated = await send('/write', { headers: { 'Content-Encoding': 'gzip' }, body: gzipSync(lines) });
    expect(inflated.status).toBe(413);
    const bomb = await send('/write', {
      headers: { 'Content-Encoding': 'gzip' },
      body: gzipSync('t,host=a v=1\n'.repeat(20_000)),
    });
    expect(bomb.status).toBe(413);
    expect(bomb.body).toContain('more than 50 times');
  });

  it('of 25 MB at once is taken in while it comes', async () => {
    await start({ limits: { samplesPerSec: 10_000_000 } });
    const text = 'x'.repeat(1_000);
    const lines = Array.from({ length: 1_000 }, (_, i) => `m${i % 50},host=big v=${i},text="${text}"\n`);
    const block = Buffer.from(lines.join(''));
    const pieces = Array.from({ length: Math.floor((25 * 1024 * 1024) / block.length) }, () => block);
    const before = process.memoryUsage().rss;
    expect((await send('/write', { body: pieces })).status).not.toBe(413);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
    expect(Object.keys(await valuesOf('big'))).toHaveLength(50);
  });

  it('that brings more samples than a device may send is slowed down, then refused with a time to wait', async () => {
    await start({ limits: { samplesPerSec: 100, pushPatienceMs: 50 } });
    const body = Array.from({ length: 60_000 }, (_, i) => `t,host=a v=${i}`).join('\n');
    const first = await send('/api/v2/write', { body });
    expect(first.status).toBe(429);
    expect(first.json()).toMatchObject({ code: 'too many requests' });
    expect(Number(first.headers['retry-after'])).toBeGreaterThan(0);
    expect((await send('/write', { body: 't,host=a v=1' })).status).toBe(429);
  });
});

describe('a sender of InfluxDB writes', () => {
  it('that is not approved yet is seen waiting, told to come again, and let in once approved', async () => {
    await start({ admit: 'ask' });
    const v2 = await send('/api/v2/write', { body: 't,host=nas value=1' });
    expect([v2.status, v2.headers['retry-after']]).toEqual([503, '30']);
    expect(v2.json()).toMatchObject({ code: 'unavailable' });
    expect(await devices()).toMatchObject([{ id: 'nas', approval: 'pending', state: 'pending' }]);
    expect(await running().hub.execute('listSeries', { device: 'nas' }, ADMIN)).toEqual([]);
    await running().hub.execute('approveDevice', { device: 'nas' }, ADMIN);
    expect((await send('/write', { body: 't,host=nas value=1' })).status).toBe(204);
    expect(await devices()).toMatchObject([{ id: 'nas', approval: 'approved', state: 'online' }]);
  });

  it('that waits is answered before its body is read to the end', async () => {
    await start({ admit: 'ask', limits: { pushWaitingBytes: 1_000 } });
    const answer = await send('/write', { body: 't,host=nas value=1\n'.repeat(100_000) });
    expect(answer.status).toBe(503);
  });

  it('that was rejected gets 403', async () => {
    await start({ admit: 'ask' });
    await send('/write', { body: 't,host=nas value=1' });
    await running().hub.execute('rejectDevice', { device: 'nas' }, ADMIN);
    expect((await send('/write', { body: 't,host=nas value=1' })).status).toBe(403);
  });

  it('gets 401 only for a wrong key, whichever way it shows it', async () => {
    await start({ admit: 'token' });
    expect((await send('/api/v2/write', { body: 't,host=a v=1' })).status).toBe(403);
    const wrong = await send('/api/v2/write', {
      headers: { Authorization: 'Token wrong' },
      body: 't,host=a v=1',
    });
    expect([wrong.status, wrong.json()]).toMatchObject([401, { code: 'unauthorized' }]);
    const v1 = await send('/write?u=x&p=wrong', { body: 't,host=a v=1' });
    expect([v1.status, v1.json()]).toMatchObject([401, { code: 'unauthorized' }]);
  });

  it('is let in by a join token, whichever way it shows it', async () => {
    await start({ admit: 'token' });
    const made = await running().hub.execute(
      'createJoinToken',
      { name: 'nas', maxUses: 10, lifetimeMs: 3_600_000 },
      ADMIN,
    );
    const { secret } = made;
    const basic = `Basic ${Buffer.from(`user:${secret}`).toString('base64')}`;
    const ways = [
      { Authorization: `Token ${secret}` },
      { Authorization: `Bearer ${secret}` },
      { Authorization: `Token user:${secret}` },
      { Authorization: basic },
    ];
    for (const [i, headers] of ways.entries()) {
      const answer = await send('/api/v2/write', { headers, body: `t,host=h${i} v=1` });
      expect(answer.status).toBe(204);
    }
    expect((await send(`/write?u=user&p=${secret}`, { body: 't,host=h9 v=1' })).status).toBe(204);
  });
});

describe('a web page of another site', () => {
  it.each<Record<string, string>>([
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { 'Sec-Fetch-Site': 'cross-site' },
  ])('cannot push: %o', async (headers) => {
    await start();
    for (const path of ['/write', '/api/v2/write', '/query']) {
      const answer = await send(path, { headers, body: 't,host=a v=1' });
      expect(answer.status).toBe(403);
    }
    expect(await devices()).toEqual([]);
  });
});
