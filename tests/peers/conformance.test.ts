import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRunningWeb, type RunningWeb } from '../fakes/running-web';
import { installPyPi } from './packages';
import { describePeer, startPeer } from './peer';

/** The cases of the Autobahn test suite, in a runner for today's Python. */
const kosoku = await installPyPi(['kosoku==0.1.0']);
const MIB = 1024 * 1024;

/**
 * The cases send up to 16 MiB in one message, in up to 65,536 fragments, a thousand messages at once, and break the
 * protocol hundreds of times from one address. The hub's limits refuse all of that, so they are lifted here.
 */
const LIMITS = {
  messageBytes: 32 * MIB,
  fragments: 100_000,
  messagesPerSec: 1_000_000,
  bytesPerSec: 1_024 * MIB,
  waitingBytesPerSec: 1_024 * MIB,
  controlFramesPerSec: 100_000,
  sendBufferBytes: 256 * MIB,
  freeStrikes: 100_000,
  messageTimeoutMs: 120_000,
  tlsHandshakesPerSec: 1_000,
};

/** The cases about compression, which the hub never agrees to. */
const COMPRESSION = /^1[23]\./;
/** Broken UTF-8 in the first of several fragments. The library finds it in the whole message, which the RFC permits. */
const LATE_UTF8 = /^6\.4\.[1-4]$/;

interface CaseResult {
  id: string;
  behavior: string;
  close: string;
  why: string;
}

const PROGRAM = `
import asyncio, json, sys
from kosoku import FailureError, run_fuzzingclient

async def main():
    try:
        results = await run_fuzzingclient(sys.argv[1], concurrency=4)
    except FailureError as failure:
        results = failure.results
    for one in results:
        print(json.dumps({"id": one.case_id, "behavior": one.behavior.value, "close": one.behavior_close.value,
                          "why": f"{one.result} {one.result_close}"}))

asyncio.run(main())
`;

describePeer('WebSocket conformance, by kosoku', kosoku.missing, () => {
  let folder: string;
  let web: RunningWeb;
  let tunnel: Server;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wirewatch-conformance-'));
    writeFileSync(join(folder, 'run.py'), PROGRAM);
    web = await startRunningWeb({}, { limits: LIMITS, tls: 'allow', dataDir: join(folder, 'hub') });
    tunnel = await startTunnel(web.port);
  });
  afterAll(async () => {
    tunnel?.close();
    await web?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['plain', 'over TLS'])('%s: no case fails', async (how) => {
    // kosoku itself knows no TLS.
    const port = how === 'plain' ? web.port : (tunnel.address() as AddressInfo).port;
    const python = join(kosoku.folder, 'bin', 'python3');
    const peer = startPeer(python, [join(folder, 'run.py'), `ws://127.0.0.1:${port}/echo/raw`]);
    expect(await peer.ended, peer.output).toBe(0);
    const results = peer.output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as CaseResult);
    expect(results.length).toBeGreaterThan(500);
    const count = (behavior: string) => results.filter((one) => one.behavior === behavior).length;
    console.log(
      `kosoku, ${how}: ${results.length} cases, ${count('OK')} OK, ${count('INFORMATIONAL')} informational`,
    );
    const others = results.filter(
      ({ id, behavior }) =>
        !['OK', 'INFORMATIONAL'].includes(behavior) &&
        !(behavior === 'UNIMPLEMENTED' && COMPRESSION.test(id)) &&
        !(behavior === 'NON-STRICT' && LATE_UTF8.test(id)),
    );
    expect(others).toEqual([]);
    expect(results.filter(({ close }) => !['OK', 'INFORMATIONAL'].includes(close))).toEqual([]);
  });
});

/** Takes plain connections and passes them on over TLS, as stunnel does. */
async function startTunnel(hubPort: number): Promise<Server> {
  const server = createServer((client) => {
    const hub = connectTls({ host: '127.0.0.1', port: hubPort, rejectUnauthorized: false });
    client.pipe(hub).pipe(client);
    for (const [one, other] of [
      [client, hub],
      [hub, client],
    ] as const) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
