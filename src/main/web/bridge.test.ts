import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { decodeFeedFrame } from '@shared/bridge/feed-codec';
import type { FeedFrame } from '@shared/hub-api';
import { endlessCommand, outerHandlers } from '../../../tests/fakes/hub-harness';
import { ADMIN, startRunningWeb, type RunningWeb } from '../../../tests/fakes/running-web';

let running: RunningWeb | undefined;
const sockets: WebSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await running?.dispose();
  running = undefined;
});

function connect(web: RunningWeb, headers: Record<string, string>): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${web.port}/ui`, { headers });
  socket.on('error', () => {});
  sockets.push(socket);
  return socket;
}

async function open(web: RunningWeb, more: Record<string, string> = {}): Promise<WebSocket> {
  const Cookie = await web.signIn();
  const socket = connect(web, { Cookie, Origin: `http://127.0.0.1:${web.port}`, ...more });
  await once(socket, 'open');
  return socket;
}

/** Resolves with the status of an upgrade that is refused. */
async function refusal(socket: WebSocket): Promise<number> {
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
  return response.statusCode;
}

async function messageWith(socket: WebSocket, op: string): Promise<Record<string, unknown>> {
  for (;;) {
    const [data, isBinary] = (await once(socket, 'message')) as [Buffer, boolean];
    if (isBinary) continue;
    const message = JSON.parse(data.toString()) as Record<string, unknown>;
    if (message['op'] === op) return message;
  }
}

describe('the bridge', () => {
  it('answers calls of a browser that has a session', async () => {
    running = await startRunningWeb();
    const socket = await open(running);
    socket.send(JSON.stringify({ op: 'call', id: 1, name: 'getHub', params: {} }));
    expect(await messageWith(socket, 'result')).toMatchObject({
      id: 1,
      value: { bootId: running.hub.bootId, version: '1.2.3' },
    });
  });

  it('refuses who has no session (401) or comes from a page of another origin (403)', async () => {
    running = await startRunningWeb();
    const Cookie = await running.signIn();
    const Origin = `http://127.0.0.1:${running.port}`;
    expect(await refusal(connect(running, { Origin }))).toBe(401);
    expect(await refusal(connect(running, { Origin, Cookie: `wirewatch-${running.port}=made-up` }))).toBe(
      401,
    );
    expect(await refusal(connect(running, { Cookie }))).toBe(403);
    expect(await refusal(connect(running, { Cookie, Origin: 'http://evil.example' }))).toBe(403);
    expect(await refusal(connect(running, { Cookie, Origin: `http://127.0.0.1:${running.port + 1}` }))).toBe(
      403,
    );
    expect(await refusal(connect(running, { Cookie, Origin, 'X-Forwarded-For': '10.0.0.9' }))).toBe(403);
  });

  it('stops a command that the browser has cancelled', async () => {
    running = await startRunningWeb();
    let stopped = false;
    const listBrowsers = endlessCommand(() => {
      stopped = true;
    });
    running.hub.handleOuterCommands(outerHandlers({ listBrowsers }));
    const socket = await open(running);
    socket.send(JSON.stringify({ op: 'call', id: 7, name: 'listBrowsers', params: {} }));
    socket.send(JSON.stringify({ op: 'cancel', id: 7 }));
    expect(await messageWith(socket, 'error')).toMatchObject({ id: 7, code: 'CANCELLED' });
    expect(stopped).toBe(true);
  });

  it('sends feed frames in binary', async () => {
    running = await startRunningWeb();
    const agent = new WebSocket(`ws://127.0.0.1:${running.port}/`, 'wirewatch.v1');
    sockets.push(agent);
    await once(agent, 'open');
    const device = { id: 'pump', name: 'Pump', kind: 'board' };
    const time = Date.now();
    agent.send(JSON.stringify({ type: 'hello', device, agent: 't/1', token: running.hub.internalToken }));
    agent.send(JSON.stringify({ type: 'schema', version: 1, series: [{ name: 'flow' }] }));
    agent.send(JSON.stringify({ type: 'rows', seq: 1, schema: 1, rows: [[time, 7.5]] }));
    const socket = await open(running);
    await expect.poll(() => running?.hub.execute('listSeries', { device: 'pump' }, ADMIN)).toHaveLength(1);
    const [series] = await running.hub.execute('listSeries', { device: 'pump' }, ADMIN);
    const spec = { series: [series?.id], windowMs: 60_000, flushMs: 50 };
    const frame = new Promise<{ id: number; frame: FeedFrame }>((resolve) => {
      socket.on('message', (data: Buffer, isBinary) => {
        if (!isBinary) return;
        const decoded = decodeFeedFrame(new Uint8Array(data).buffer);
        if (decoded.ok) resolve(decoded.value);
      });
    });
    socket.send(JSON.stringify({ op: 'openFeed', id: 9, spec }));
    const { id, frame: first } = await frame;
    expect(id).toBe(9);
    expect(first).toMatchObject({ bootId: running.hub.bootId, kind: 'snapshot' });
    expect([...(first.blocks[0]?.v ?? [])]).toEqual([7.5]);
    expect([...(first.blocks[0]?.t ?? [])]).toEqual([time]);
  });

  it('closes who sends what is not a JSON object', async () => {
    running = await startRunningWeb();
    for (const text of ['{', '7', 'null']) {
      const socket = await open(running);
      socket.send(text);
      const [code] = (await once(socket, 'close')) as [number];
      expect(code).toBe(4002);
    }
  });

  it('closes who sends more than a megabyte in one message', async () => {
    running = await startRunningWeb();
    const socket = await open(running);
    socket.send(JSON.stringify({ op: 'call', id: 1, name: 'x'.repeat(1_100_000), params: {} }));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1009);
  });

  it('closes who floods it, and stays there for others', async () => {
    running = await startRunningWeb();
    const socket = await open(running);
    const closed = once(socket, 'close') as Promise<[number]>;
    // The limit is a rate, and a busy machine may take a while for any number of messages.
    while (socket.readyState === WebSocket.OPEN) {
      for (let i = 0; i < 2_000; i++) socket.send('{"op":"credit","id":1}');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await closed)[0]).toBe(1008);
    expect((await running.ask('/healthz')).status).toBe(200);
  });

  it('closes a UI that takes nothing before it fills memory', async () => {
    running = await startRunningWeb({ bridge: { maxBufferedBytes: 100_000 } });
    const socket = await open(running);
    const closed = once(socket, 'close') as Promise<[number]>;
    socket.send(JSON.stringify({ op: 'subscribe', id: 2, topic: 'hub', params: {} }));
    await messageWith(socket, 'topic');
    socket.pause();
    // More than the kernel buffers for a socket that is not read.
    for (let i = 0; i < 100; i++) {
      running.hub.setInfo({ uiUrls: ['x'.repeat(200_000)] });
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.resume();
    expect((await closed)[0]).toBe(1013);
  });

  it('cuts off who does not answer heartbeats', async () => {
    running = await startRunningWeb({ bridge: { pingEveryMs: 30 } });
    const Cookie = await running.signIn();
    const socket = new WebSocket(`ws://127.0.0.1:${running.port}/ui`, {
      headers: { Cookie, Origin: `http://127.0.0.1:${running.port}` },
      autoPong: false,
    });
    sockets.push(socket);
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1006);
  });

  it('takes only so many UIs', async () => {
    running = await startRunningWeb({ bridge: { maxConnections: 2 } });
    await open(running);
    await open(running);
    const headers = { Cookie: await running.signIn(), Origin: `http://127.0.0.1:${running.port}` };
    expect(await refusal(connect(running, headers))).toBe(503);
  });

  it('takes only so many UIs of one browser', async () => {
    running = await startRunningWeb();
    const headers = { Cookie: await running.signIn(), Origin: `http://127.0.0.1:${running.port}` };
    for (let i = 0; i < 16; i++) await once(connect(running, headers), 'open');
    expect(await refusal(connect(running, headers))).toBe(503);
    await open(running);
  });

  it('lets no viewers keep an admin out', async () => {
    running = await startRunningWeb({ bridge: { maxConnections: 2 }, uiViewerToken: 'look' });
    const signedIn = await running.ask('/ui/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"token":"look"}',
    });
    const Cookie = signedIn.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    const headers = { Cookie, Origin: `http://127.0.0.1:${running.port}` };
    const viewers = [connect(running, headers), connect(running, headers)];
    for (const viewer of viewers) await once(viewer, 'open');
    expect(await refusal(connect(running, headers))).toBe(503);
    const closed = Promise.race(viewers.map((viewer) => once(viewer, 'close'))) as Promise<[number]>;
    await open(running);
    expect((await closed)[0]).toBe(1013);
  });

  it('says goodbye when the hub stops', async () => {
    running = await startRunningWeb();
    const socket = await open(running);
    const closed = once(socket, 'close') as Promise<[number]>;
    await running.dispose();
    running = undefined;
    expect((await closed)[0]).toBe(1001);
  });

  it('ends the UIs of other machines when the UI is no longer shared, and keeps this machine’s', async () => {
    running = await startRunningWeb({}, { host: '0.0.0.0', shareUi: true });
    const local = await open(running);
    const remote = await open(running, { 'X-Forwarded-For': '192.168.1.77' });
    const closed = once(remote, 'close') as Promise<[number]>;
    await running.hub.execute('updateSettings', { shareUi: false }, ADMIN);
    expect((await closed)[0]).toBe(1008);
    expect(local.readyState).toBe(WebSocket.OPEN);
  });
});
