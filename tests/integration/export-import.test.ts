import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { EventInfo } from '@shared/model';
import { SUBPROTOCOL } from '@shared/protocol/limits';
import { FakeStore } from '../fakes/fake-store';
import { startRunningWeb, type RunningWeb } from '../fakes/running-web';
import { eventually } from '../patience';

interface Line {
  device: string;
  metric: string;
  labels: Record<string, string>;
  unit: string;
  kind: 'gauge' | 'counter';
  t: number[];
  v: (number | null)[];
  precision?: 'ms';
}

const NDJSON = { 'Content-Type': 'application/x-ndjson' };
const EVERYTHING = '/api/v1/export?format=ndjson&raw=1&from=0';

const open: RunningWeb[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.dispose();
});

async function start(store: FakeStore | null = new FakeStore(), uiToken?: string): Promise<RunningWeb> {
  const running = await startRunningWeb(uiToken === undefined ? {} : { uiToken }, { store });
  open.push(running);
  return running;
}

/** -0 as JSON, which `JSON.stringify` does not write. */
function toLine({ v, ...head }: Line): string {
  const values = v.map((value) => (Object.is(value, -0) ? '-0' : JSON.stringify(value)));
  return `${JSON.stringify(head).slice(0, -1)},"v":[${values.join(',')}]}\n`;
}

function post(
  web: RunningWeb,
  body: string,
  target = '/api/v1/import',
  headers: Record<string, string> = {},
) {
  return web.ask(target, { method: 'POST', headers: { ...NDJSON, ...headers }, body });
}

describe('exports that nobody reads', () => {
  /** More than the sockets on both ends hold. */
  const LINES = Array.from({ length: 30 }, (_, line) => {
    const t = Array.from({ length: 10_000 }, (__, i) => 1_600_000_000_000 + (line * 10_000 + i) * 1_000);
    return `${JSON.stringify({ device: 'nas', metric: 'm', t, v: t.map((time) => (time % 977_001) / 7) })}\n`;
  }).join('');

  function unread(web: RunningWeb, from: string): Socket {
    const socket = connect({ port: web.port, host: '127.0.0.1', localAddress: from });
    socket.on('error', () => {});
    socket.pause();
    const headers = `Host: 127.0.0.1:${web.port}\r\nAuthorization: Bearer of-the-viewers`;
    socket.write(`GET /api/v1/export?from=0 HTTP/1.1\r\n${headers}\r\n\r\n`);
    return socket;
  }

  it('are cut, are so many of one address and of all viewers, and an admin does not wait behind them', async () => {
    const store = new FakeStore();
    const limits = { exports: 8, exportsPerAddress: 4, exportsPerCaller: 2, unreadMs: 5_000 };
    const web = await startRunningWeb({ uiViewerToken: 'of-the-viewers' }, { store, limits });
    open.push(web);
    expect((await post(web, LINES)).status).toBe(200);
    const sockets = Array.from({ length: 20 }, (_, i) => unread(web, `127.0.0.${60 + (i % 10)}`));
    const refused = async (): Promise<number> =>
      (await web.hub.execute('getRefused', {}, { from: 'test', role: 'admin' }))['TOO_MANY_EXPORTS'] ?? 0;
    await eventually(refused, (count) => count >= 12);
    expect(store.openScans).toBeLessThanOrEqual(4);
    // This machine needs no token: an admin.
    expect((await web.ask('/api/v1/export?from=0')).status).toBe(200);
    await eventually(
      () => store.openScans,
      (scans) => scans === 0,
    );
    for (const socket of sockets) socket.destroy();
  });
});

describe('an import that says it is compressed', () => {
  it.each(['gzip', 'x-gzip', 'br', 'deflate', 'zstd', 'identity, gzip'])(
    'is refused, whatever its body is: %s',
    async (coding) => {
      const web = await start();
      const line = '{"device":"nas","metric":"m","t":[1000],"v":[1]}\n';
      for (const body of [line, gzipSync(line).toString('latin1')]) {
        const answer = await post(web, body, '/api/v1/import', { 'Content-Encoding': coding });
        expect(answer.status).toBe(415);
        expect(answer.body).toContain('BAD_ENCODING');
      }
      expect((await web.ask(EVERYTHING)).body).toBe('');
    },
  );
});

const name = fc.stringMatching(/^[A-Za-z0-9._:-]{1,12}$/);
const text = fc.string({ unit: 'grapheme', maxLength: 12 }).map((each) => each.toWellFormed());
const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
  fc.constant(-0),
);
const series = fc.record({
  device: name,
  metric: text.filter((each) => each !== ''),
  labels: fc.dictionary(
    fc.oneof(
      fc.stringMatching(/^[a-z][a-z0-9.]{0,8}$/),
      fc.constantFrom('constructor', '__proto__', 'prototype'),
    ),
    text,
    { maxKeys: 3 },
  ),
  unit: fc.constantFrom('', 'By', 'Cel', '1', '{p,"q"}'),
  kind: fc.constantFrom('gauge' as const, 'counter' as const),
  samples: fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 1_600_000_000_000 }), fc.option(value)), {
    selector: ([time]) => time,
    maxLength: 40,
  }),
});
const lines = fc
  .uniqueArray(series, {
    maxLength: 8,
    selector: ({ device, metric, labels }) =>
      JSON.stringify([device, metric, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]),
  })
  .map((all) =>
    all.map(({ samples, ...head }): Line => ({
      ...head,
      t: samples.map(([t]) => t),
      v: samples.map(([, v]) => v),
    })),
  );

describe('what was exported and imported', () => {
  it('is what it was, to the last bit, as often as it is imported', async () => {
    await fc.assert(
      fc.asyncProperty(lines, async (data) => {
        const first = await start(new FakeStore(7));
        const second = await start();
        try {
          const made = data.map((one) => toLine({ ...one, precision: 'ms' })).join('');
          expect((await post(first, made)).status).toBe(200);
          const exported = (await first.ask(EVERYTHING)).body;
          expect((await post(second, exported)).status).toBe(200);
          expect(samplesOf(await second.ask(EVERYTHING))).toEqual(samplesOf({ body: made }));
          await post(second, exported);
          expect((await second.ask(EVERYTHING)).body).toBe(mergedText(exported));
        } finally {
          for (const each of open.splice(0)) await each.dispose();
        }
      }),
      { numRuns: 40 },
    );
  });

  it('tells how much it was, and makes the devices it names, approved', async () => {
    const web = await start();
    const body = '{"device":"tank","metric":"level","t":[1000,2000,3000],"v":[1,null,3]}\n\n';
    expect((await post(web, body)).json()).toEqual({ lines: 1, samples: 2, series: 1, devices: 1 });
    expect((await web.ask('/api/v1/devices')).json()).toMatchObject({
      devices: [{ id: 'tank', name: 'tank', approval: 'approved', state: 'offline', seriesCount: 1 }],
    });
  });

  it('lets nobody in: who claims a device that a file named waits beside it, and is it once approved', async () => {
    const web = await start();
    await post(web, '{"device":"tank","metric":"level","t":[1000],"v":[1]}\n');
    const agent = new WebSocket(`ws://127.0.0.1:${web.port}/agent`, SUBPROTOCOL);
    const heard: Record<string, unknown>[] = [];
    agent.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString()) as Record<string, unknown>));
    await once(agent, 'open');
    const hello = { type: 'hello', device: { id: 'tank', name: 'Thief', kind: 'board' }, agent: 'test/1' };
    agent.send(JSON.stringify(hello));
    await expect.poll(() => heard.some(({ type }) => type === 'admission')).toBe(true);
    expect(heard).toMatchObject([
      { type: 'welcome', state: 'pending' },
      { type: 'admission', state: 'pending' },
    ]);
    const { devices } = (await web.ask('/api/v1/devices')).json() as { devices: Record<string, unknown>[] };
    expect(devices).toMatchObject([
      { id: 'tank', name: 'tank', approval: 'approved' },
      { name: 'tank', approval: 'pending' },
    ]);
    const admin = { from: 'test', role: 'admin' as const };
    await web.hub.execute('approveDevice', { device: String(devices[1]?.['id']) }, admin);
    await once(agent, 'close');
    const again = new WebSocket(`ws://127.0.0.1:${web.port}/agent`, SUBPROTOCOL);
    await once(again, 'open');
    again.send(JSON.stringify(hello));
    const [welcome] = (await once(again, 'message')) as [Buffer];
    expect(JSON.parse(welcome.toString())).toMatchObject({ device: 'tank', state: 'approved' });
    again.terminate();
  });

  it('can become another device', async () => {
    const web = await start();
    const line = (device: string): string => `{"device":"${device}","metric":"level","t":[1000],"v":[1]}\n`;
    await post(web, line('tank'), '/api/v1/import?device=pond');
    expect((await web.ask(EVERYTHING)).body).toContain('"device":"pond"');
    const mixed = await post(web, line('tank') + line('pump'), '/api/v1/import?device=pond&line=11');
    expect(mixed.json()).toMatchObject({
      error: {
        code: 'SEVERAL_DEVICES',
        message: 'Line 12: The file must contain only one device, but it contains both tank and pump.',
      },
    });
  });

  it('replaces samples of the same time, the last one winning', async () => {
    const web = await start();
    await post(
      web,
      '{"device":"a","metric":"m","t":[5,5,1],"v":[1,2,3]}\n{"device":"a","metric":"m","t":[1],"v":[4]}',
    );
    await post(web, '{"device":"a","metric":"m","t":[5],"v":[6]}');
    expect((await web.ask(EVERYTHING)).body).toContain('"t":[1,5],"v":[4,6]');
  });
});

describe('an import', () => {
  it('names the line that is wrong, and has stored what came before', async () => {
    const web = await start();
    const answer = await post(web, '{"device":"a","metric":"m","t":[5],"v":[1]}\nnonsense\n');
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual({
      error: { code: 'BAD_LINE', message: 'Line 2: This is not valid JSON.' },
    });
    expect((await web.ask(EVERYTHING)).body).toContain('"t":[5]');
  });

  it('says so when the hub keeps no history', async () => {
    const web = await start(null);
    const answer = await post(web, '{"device":"a","metric":"m","t":[5],"v":[1]}\n');
    expect(answer.status).toBe(409);
    expect(answer.body).toContain('NO_HISTORY');
  });

  it('gives up when the disk does, instead of gathering everything in memory', async () => {
    const store = new FakeStore();
    const web = await start(store);
    store.failing = true;
    const answer = await post(web, '{"device":"a","metric":"m","t":[5],"v":[1]}\n');
    expect(answer.status).toBe(507);
    expect(answer.body).toContain('STORE_FULL');
    store.failing = false;
  });

  it('goes to disk in several commits when it is large', async () => {
    const store = new FakeStore();
    const web = await start(store);
    const t = Array.from({ length: 20_000 }, (_, i) => i);
    const row = (metric: number): string => toLine({ ...HEAD, metric: `m${metric}`, t, v: t });
    const body = Array.from({ length: 12 }, (_, i) => row(i)).join('');
    expect((await post(web, body)).json()).toMatchObject({ samples: 240_000, series: 12 });
    expect(store.commits).toBeGreaterThanOrEqual(3);
  });

  it.each([
    [{ Origin: 'https://evil.example' }, 403, 'OTHER_SITE'],
    [{ 'Sec-Fetch-Site': 'cross-site' }, 403, 'OTHER_SITE'],
    [{ 'Content-Type': 'text/plain' }, 415, 'BAD_MEDIA_TYPE'],
    [{ 'X-Forwarded-For': '192.0.2.1' }, 403, 'UI_NOT_SHARED'],
  ])('with %j is refused with %i', async (headers, status, code) => {
    const web = await start();
    const answer = await post(web, '{}', '/api/v1/import', headers);
    expect([answer.status, answer.body]).toEqual([status, expect.stringContaining(code)]);
  });

  it('needs the token where there is one; the cookie of an open UI does not do', async () => {
    const web = await start(new FakeStore(), 'secret');
    const body = '{"device":"a","metric":"m","t":[5],"v":[1]}\n';
    expect((await post(web, body)).status).toBe(401);
    expect((await post(web, body, '/api/v1/import', { Authorization: 'Bearer secret' })).status).toBe(200);
  });

  it('takes POST only', async () => {
    const web = await start();
    expect((await web.ask('/api/v1/import')).headers.allow).toBe('POST');
  });

  it('may take longer than other requests, line by line', async () => {
    const running = await startRunningWeb(
      {},
      { store: new FakeStore(), limits: { upgradeTimeoutMs: 1_500 } },
    );
    open.push(running);
    const socket = connect(running.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      'POST /api/v1/import HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n' +
        'Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n',
    );
    const line = '{"device":"a","metric":"m","t":[5],"v":[1]}\n';
    for (let i = 0; i < 4; i++) {
      socket.write(`${line.length.toString(16)}\r\n${line}\r\n`);
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
    socket.end('0\r\n\r\n');
    const answer = Buffer.concat(await Array.fromAsync(socket as AsyncIterable<Buffer>)).toString();
    expect(answer).toContain('HTTP/1.1 200');
    expect(answer).toContain('"lines":4');
  });
});

describe('an export over HTTP', () => {
  it('is a file with a name that every system takes', async () => {
    const web = await start();
    await post(web, toLine({ ...HEAD, metric: '../"x"\n', t: [1_795_378_213_002], v: [1] }));
    const from = '2026-11-22T20:10:00Z';
    const answer = await web.ask(
      `/api/v1/export?device=a&metric=${encodeURIComponent('../"x"\n')}&from=${from}`,
    );
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers['content-disposition']).toBe(
      'attachment; filename="wirewatch-a-.._x_-20261122T201000Z.csv"',
    );
  });

  it.each([
    ['device=nobody', 404, 'NO_SUCH_DEVICE'],
    ['format=xml', 400, 'BAD_PARAMETER'],
    ['format=ndjson&time=iso', 400, 'BAD_PARAMETER'],
    ['raw=yes', 400, 'BAD_PARAMETER'],
    ['from=yesterday', 400, 'BAD_TIME'],
    ['form=-5m', 400, 'UNKNOWN_PARAMETER'],
  ])('with %s is refused with %i %s', async (query, status, code) => {
    const answer = await (await start()).ask(`/api/v1/export?${query}`);
    expect(answer.status).toBe(status);
    expect(answer.json()).toMatchObject({ error: { code } });
    expect(answer.headers['content-disposition']).toBeUndefined();
  });

  it('comes from memory where there is no history', async () => {
    const web = await start(null);
    expect((await web.ask('/api/v1/export?format=csv')).body).toBe(
      'time,device,metric,labels,unit,value\r\n',
    );
  });

  it('waits for a slow reader, and ends when the reader leaves', async () => {
    const store = new FakeStore(1_000);
    const web = await start(store);
    const t = Array.from({ length: 300_000 }, (_, i) => i);
    await post(web, toLine({ ...HEAD, t, v: t }));
    const socket = connect(web.port, '127.0.0.1');
    socket.pause();
    socket.write(`GET ${EVERYTHING} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await expect.poll(() => store.openScans).toBe(1);
    socket.destroy();
    await expect.poll(() => store.openScans).toBe(0);
  });

  it('is cut off when it cannot go on, so that nobody takes half of it for the whole', async () => {
    const store = new FakeStore(1_000);
    const web = await start(store);
    const t = Array.from({ length: 5_000 }, (_, i) => i);
    await post(web, toLine({ ...HEAD, t, v: t }));
    const scan = store.scan.bind(store);
    store.scan = async function* (query, signal) {
      let pieces = 0;
      for await (const piece of scan(query, signal)) {
        if (++pieces === 3) throw new Error('the disk is gone');
        yield piece;
      }
    };
    await expect(web.ask(EVERYTHING)).rejects.toThrow(/aborted|hang up/);
  });
});

describe('events over HTTP', () => {
  it('come newest last, as many as asked for, of one device or all', async () => {
    const web = await start();
    await post(web, toLine({ ...HEAD, t: [1], v: [1] }));
    const note = (at: number, device: string | null) =>
      web.hub.execute('addNote', { at, text: `note ${at}`, device }, { from: 'test', role: 'admin' });
    for (const at of [1_000, 2_000, 3_000]) await note(at, at === 2_000 ? 'a' : null);
    const texts = async (query: string): Promise<string[]> => {
      const answer = (await web.ask(`/api/v1/events${query}`)).json() as { events: EventInfo[] };
      return answer.events.map((event) => event.text);
    };
    expect(await texts('')).toEqual(['note 1000', 'note 2000', 'note 3000']);
    expect(await texts('?limit=2')).toEqual(['note 2000', 'note 3000']);
    expect(await texts('?device=a')).toEqual(['note 2000']);
    expect(await texts('?from=1000&to=2000')).toEqual(['note 1000']);
    expect((await web.ask('/api/v1/events?device=nobody')).status).toBe(404);
    expect((await web.ask('/api/v1/events?limit=0')).status).toBe(400);
  });
});

const HEAD: Line = { device: 'a', metric: 'm', labels: {}, unit: '', kind: 'gauge', t: [], v: [] };

/** Every sample of an export by series and time; nulls are none. */
function samplesOf({ body }: { body: string }): Map<string, Map<number, number>> {
  const found = new Map<string, Map<number, number>>();
  for (const line of body.split('\n').filter(Boolean)) {
    const { device, metric, labels, unit, kind, t, v } = JSON.parse(line) as Line;
    const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify([device, metric, sorted, unit, kind]);
    const samples = found.get(key) ?? new Map<number, number>();
    for (const [i, time] of t.entries()) {
      const each = v[i];
      if (typeof each === 'number') samples.set(time, each);
    }
    if (samples.size > 0) found.set(key, samples);
  }
  return found;
}

/** The lines of each series put together, as a store with larger pieces gives them. */
function mergedText(exported: string): string {
  const merged = new Map<string, Line>();
  for (const line of exported.split('\n').filter(Boolean)) {
    // Of the pieces of one series, only those from before 2000 declare their precision, and those come first.
    const { t, v, precision, ...head } = JSON.parse(line) as Line;
    const key = JSON.stringify(head);
    const known = merged.get(key);
    if (known) {
      known.t.push(...t);
      known.v.push(...v);
    } else merged.set(key, { ...head, ...(precision && { precision }), t: [...t], v: [...v] });
  }
  return [...merged.values()].map(toLine).join('');
}
