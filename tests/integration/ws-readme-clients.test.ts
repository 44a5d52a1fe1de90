import { execFile } from 'node:child_process';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHub, type TestHub } from '../fakes/hub-harness';
import { eventually } from '../patience';

/** Clients as people learn them from the documentation of `ws`, with nothing changed but the URL. */
const PLAIN_CLIENT = `
import WebSocket from 'ws';
const ws = new WebSocket('URL');
ws.on('error', console.error);
ws.on('open', function open() {
  ws.send('Hello, server!');
});
ws.on('message', function message(data) {
  console.log('received: %s', data);
  ws.close();
});
`;
const ROUND_TRIP_CLIENT = `
import WebSocket from 'ws';
const ws = new WebSocket('URL', { origin: 'https://websocket-echo.com' });
let trips = 0;
ws.on('error', console.error);
ws.on('open', function open() {
  ws.send(Date.now());
});
ws.on('message', function message(data) {
  console.log('Round-trip time: %d ms', Date.now() - data);
  if (++trips === 2) ws.close();
  else setTimeout(function timeout() { ws.send(Date.now()); }, 20);
});
`;

async function run(program: string, url: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'wirewatch-client-'));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
  writeFileSync(join(folder, 'client.mjs'), program.replace('URL', url));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(folder, 'client.mjs')]);
  expect(stderr).toBe('');
  return stdout;
}

describe('textbook WebSocket clients', () => {
  let test: TestHub;
  beforeEach(async () => {
    test = await startHub();
  });
  afterEach(() => test.dispose());

  it.each([
    ['/', '"PENDING_APPROVAL"'],
    ['/echo', 'You sent: Hello, server!'],
    ['/echo/raw', 'Hello, server!'],
  ])('get an answer on %s, and are seen as connections that ended', async (path, answer) => {
    expect(await run(PLAIN_CLIENT, `${test.url}${path}`)).toContain(answer);
    const sessions: string[] = [];
    const stop = test.api.subscribe('sessions', {}, ({ changed }) => {
      for (const one of changed) if (one.closedAt !== null) sessions.push(one.path);
    });
    await eventually(
      () => sessions.includes(path),
      (seen) => seen,
    );
    stop();
  });

  it('measure their round trips on /echo/raw', async () => {
    expect(await run(ROUND_TRIP_CLIENT, `${test.url}/echo/raw`)).toMatch(/^(Round-trip time: \d+ ms\n){2}$/);
  });
});
