import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hello, startHub, TestClient, type TestHub } from '../fakes/hub-harness';
import { RawPeer, textFrame } from '../fakes/raw-peer';
import { eventually } from '../patience';

const V1 = ['wirewatch.v1'];
const UPGRADE =
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

/** What a raw TCP peer hears until the hub hangs up. */
function rawExchange(port: number, ...chunks: (string | Buffer)[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1');
    const heard: Buffer[] = [];
    socket.on('data', (data) => heard.push(data));
    socket.on('close', () => resolve(Buffer.concat(heard)));
    socket.on('error', (error) =>
      'code' in error && error.code === 'ECONNRESET' ? undefined : reject(error),
    );
    for (const chunk of chunks) socket.write(chunk);
  });
}

/** The close code in what a server sent after its 101 response, found in its last frame. */
function closeCodeIn(heard: Buffer): number | null {
  const at = heard.lastIndexOf(0x88);
  return at < 0 ? null : heard.readUInt16BE(at + 2);
}

/** A client frame; masked with zeros, which RFC 6455 allows. */
function frame(firstByte: number, payload: Buffer): Buffer {
  const length =
    payload.length < 126
      ? Buffer.from([0x80 | payload.length])
      : Buffer.from([0x80 | 126, payload.length >> 8, payload.length & 255]);
  return Buffer.concat([Buffer.from([firstByte]), length, Buffer.alloc(4), payload]);
}

describe('bad input', () => {
  let test: TestHub;
  let port: number;
  beforeEach(async () => {
    test = await startHub({ admit: 'open' });
    port = test.hub.port;
  });
  afterEach(() => test.dispose());

  async function join(): Promise<TestClient> {
    const agent = await TestClient.open(`${test.url}/agent`, V1);
    agent.send(hello('sender'));
    await agent.message('welcome');
    return agent;
  }

  it.each([
    ['text that is not JSON', 'not json', 'BAD_JSON'],
    ['a list', '[1,2]', 'NOT_AN_OBJECT'],
    ['rows of a wrong type', '{"type":"rows","seq":"1","schema":1,"rows":[]}', 'BAD_MESSAGE'],
    ['a row with text in it', '{"type":"rows","seq":1,"schema":1,"rows":[[1,"x"]]}', 'BAD_MESSAGE'],
    ['an infinite number', '{"type":"rows","seq":1,"schema":1,"rows":[[1,1e999]]}', 'BAD_MESSAGE'],
    ['deep nesting', '['.repeat(100_000), 'BAD_JSON'],
  ])('from a full agent, %s, gets an error with its code and close 4002', async (_what, text, code) => {
    const agent = await join();
    agent.send(text);
    expect(await agent.message('error')).toMatchObject({ code });
    expect((await agent.close()).code).toBe(4002);
  });

  it.each([
    ['an unknown type', { type: 'poem' }, 'UNKNOWN_TYPE'],
    ['rows of a schema never sent', { type: 'rows', seq: 1, schema: 9, rows: [[1, 1]] }, 'UNKNOWN_SCHEMA'],
    ['a second hello', hello('sender'), 'HELLO_TWICE'],
    ['an answer to nothing', { type: 'result', id: 77 }, 'UNKNOWN_REQUEST'],
  ])('from a full agent, %s, gets a notice and the connection stays', async (_what, message, code) => {
    const agent = await join();
    agent.send(message);
    expect(await agent.message('notice')).toMatchObject({ code });
    agent.send({ type: 'schema', version: 1, series: [{ name: 'x' }] });
    agent.send({ type: 'rows', seq: 2, schema: 1, rows: [[Date.now(), 1]] });
    await eventually(() => agent.heard.some((text) => text.includes('"ack"')), Boolean);
    agent.end();
  });

  it('gets a million keys refused by size and too many series by count', async () => {
    const millionKeys = `{${Array.from({ length: 1_000_000 }, (_, i) => `"k${i}":${i}`).join()}}`;
    const big = await TestClient.open(test.url);
    big.send(millionKeys);
    expect(await big.close()).toEqual({
      code: 1009,
      reason: expect.stringContaining('send less at once') as string,
    });
    const many = await TestClient.open(test.url);
    many.send(JSON.stringify(Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`k${i}`, i]))));
    expect(await many.message('notice')).toMatchObject({ code: 'TOO_MANY_VALUES' });
    const deep = await TestClient.open(test.url);
    deep.send(`${'{"a":'.repeat(50)}1${'}'.repeat(50)}`);
    expect(await deep.message('notice')).toMatchObject({ code: 'TOO_DEEP' });
    const devices = await test.api.call('listDevices', {});
    expect(devices.every((device) => device.seriesCount === 0)).toBe(true);
    many.end();
    deep.end();
  });

  it('closes a 10 MB message with 1009, invalid UTF-8 with 1007, reserved opcodes with 1002, too many fragments with 1008', async () => {
    const big = await TestClient.open(test.url);
    big.send(Buffer.alloc(10 * 1024 * 1024, 0x20));
    expect((await big.close()).code).toBe(1009);
    const head = `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n${UPGRADE}\r\n`;
    const badUtf8 = await rawExchange(port, head, frame(0x81, Buffer.from([0xc3, 0x28])));
    expect(closeCodeIn(badUtf8)).toBe(1007);
    const reserved = await rawExchange(port, head, frame(0x83, Buffer.from('x')));
    expect(closeCodeIn(reserved)).toBe(1002);
    const pieces = Array.from({ length: 80 }, (_, i) => frame(i === 0 ? 0x01 : 0x00, Buffer.from('1')));
    const fragments = await rawExchange(port, head, Buffer.concat(pieces));
    expect(closeCodeIn(fragments)).toBe(1008);
    const refused = await test.api.call('getRefused', {});
    expect(Object.keys(refused).filter((code) => code.startsWith('WS_ERR_')).length).toBe(4);
  });

  it('says which limit a message broke that came in too many pieces, and takes one that came in many', async () => {
    const small = await startHub({ admit: 'open', limits: { messagePieces: 100 } });
    const text = JSON.stringify({ type: 'metrics', values: { 'a.long.name': 1 } }).padEnd(200, ' ');
    const bytes = textFrame(text);
    for (const [pieces, isTaken] of [
      [50, true],
      [bytes.length, false],
    ] as const) {
      const peer = await RawPeer.upgraded(small.hub.port, '/');
      const size = Math.ceil(bytes.length / pieces);
      for (let at = 0; at < bytes.length; at += size) {
        peer.send(bytes.subarray(at, at + size));
        // Each piece is to be read by itself.
        await new Promise((resolve) => setTimeout(resolve, 2));
        if (peer.isClosed || peer.closeCode !== null) break;
      }
      if (isTaken) {
        await eventually(
          () => small.api.call('listDevices', {}),
          (devices) => devices.some(({ seriesCount }) => seriesCount === 1),
        );
      } else {
        await peer.until(() => peer.closeCode !== null);
        expect(peer.closeCode).toBe(1008);
        expect(peer.heard.toString()).toContain('too many pieces');
        expect(peer.heard.toString()).toContain('messagePieces');
      }
      peer.destroy();
    }
    expect((await small.api.call('getRefused', {}))['TOO_MANY_PIECES']).toBe(1);
    await small.dispose();
  });

  it('calls an answer that nests endlessly the fault of the device, and goes on with it', async () => {
    const agent = await join();
    const answer = test.api.call('requestDevice', { device: 'sender', method: 'list' });
    const { id } = await agent.message('request');
    const depth = 120_000;
    agent.send(`{"type":"result","id":${String(id)},"value":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    await expect(answer).rejects.toMatchObject({ code: 'BAD_ANSWER' });
    const again = test.api.call('requestDevice', { device: 'sender', method: 'list' });
    const { id: next } = await agent.message('request', agent.heard.length);
    agent.send({ type: 'result', id: next, error: { code: 'INTERNAL', message: 'It broke.' } });
    await expect(again).rejects.toMatchObject({ code: 'DEVICE_FAILED', message: 'It broke.' });
    expect((await test.api.call('getRefused', {}))['INTERNAL']).toBeUndefined();
    agent.end();
  });

  it('cuts half an upgrade, a slow one, and a silent connection, each in time', async () => {
    const strict = await startHub({ limits: { helloTimeoutMs: 600, upgradeTimeoutMs: 600 } });
    const half = await rawExchange(
      strict.hub.port,
      `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n`,
    );
    expect(half.toString()).toContain('HTTP/1.1 408');
    const silent = await TestClient.open(`${strict.url}/agent`, V1);
    expect(await silent.message('error')).toMatchObject({ code: 'HELLO_TIMEOUT' });
    expect((await silent.close()).code).toBe(4006);
    const refused = await strict.api.call('getRefused', {});
    expect(refused).toMatchObject({ UPGRADE_TIMEOUT: 1, HELLO_TIMEOUT: 1 });
    await strict.dispose();
  });

  it('refuses foreign hosts, foreign origins, unknown paths and dot segments before the upgrade', async () => {
    const answers = [
      [`GET /agent HTTP/1.1\r\nHost: evil.example\r\n${UPGRADE}\r\n`, '403', 'HOST_NOT_ALLOWED'],
      [
        `GET /agent HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\n${UPGRADE}\r\n`,
        '403',
        'ORIGIN_NOT_ALLOWED',
      ],
      [`GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n${UPGRADE}\r\n`, '404', 'NOT_FOUND'],
      [`GET /%2e%2e/agent HTTP/1.1\r\nHost: 127.0.0.1\r\n${UPGRADE}\r\n`, '400', 'BAD_PATH'],
    ];
    for (const [request = '', status = '', code = ''] of answers) {
      const answer = (await rawExchange(port, request)).toString();
      expect(answer).toContain(`HTTP/1.1 ${status}`);
      expect(answer).toContain(code);
    }
  });

  it('closes a flood of messages with 4003 and leaves other sessions alone', async () => {
    const calm = await TestClient.open(`${test.url}/agent`, V1);
    calm.send(hello('calm'));
    await calm.message('welcome');
    const flood = await join();
    for (let i = 0; i < 2_500; i++) flood.send('{"type":"metrics","values":{"x":1}}');
    expect((await flood.close()).code).toBe(4003);
    calm.send({ type: 'schema', version: 1, series: [{ name: 'x' }] });
    calm.send({ type: 'rows', seq: 1, schema: 1, rows: [[Date.now(), 1]] });
    expect(await calm.message('ack')).toMatchObject({ seq: 1 });
    calm.end();
  });

  it('lets only so many connections of one address wait to be known', async () => {
    const limited = await startHub({ limits: { unauthenticatedPerAddress: 4 } });
    const clients = Array.from({ length: 8 }, () => new TestClient(`${limited.url}/agent`, V1));
    await eventually(
      () => clients.filter((client) => client.closed).length,
      (count) => count === 4,
    );
    for (const client of clients) client.socket.terminate();
    await limited.dispose();
  });
});
