import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot, startHub, type Server } from './programs';
import { connectUi } from './ui-client';

const ACK_P99_MS = 500;
const NEWCOMER_MS = 5_000;
const ADMIN_MS = 5_000;
const GROWTH_MB = 100;
const RECOVER_MS = 60_000;
const MIB = 1024 * 1024;
const SAMPLES_A_LINE = 10_000;
const BUDGET_BYTES = 64 * MIB;
const NOISY_SAMPLES = 3_000_000;
const EXPORTED_SAMPLES = 1_000_000;
const UNREAD = 500;

export interface Scale {
  seconds: number;
  agents: number;
  gigabytes: number;
}

interface Case {
  name: string;
  /** Options of `serve`. */
  options: string[];
  /** What the history holds before. */
  prepare?: (hub: Server) => Promise<void>;
  /** What the neighbours do meanwhile; returns broken promises. */
  run: (hub: Server, scale: Scale) => Promise<string[]>;
}

/**
 * Neighbours that take more than their share, while honest agents report: whether those are acknowledged within half a
 * second (99 of 100), whether a newcomer can ask to join, and whether the hub's memory comes back. One row a case.
 */
export async function runNeighbours(only: string, scale: Scale, isJson: boolean): Promise<boolean> {
  let isKept = true;
  const rows: Record<string, unknown> = {};
  for (const one of CASES) {
    if (only !== '' && only !== one.name) continue;
    const hub = await startHub({}, false, 'sqlite', ['inherit', 'error'], one.options);
    const { row, broken } = await measure(hub, one, scale).finally(() => hub.stop());
    rows[one.name] = row;
    for (const what of broken) console.error(`BROKEN: ${one.name}: ${what}.`);
    isKept &&= broken.length === 0;
    if (isJson) console.log(JSON.stringify({ neighbour: one.name, ...row }));
  }
  if (!isJson) console.table(rows);
  return isKept;
}

async function measure(hub: Server, { options, prepare, run }: Case, scale: Scale) {
  await prepare?.(hub);
  const ui = await connectUi(hub.port);
  const token = { name: 'honest', lifetimeMs: 3_600_000, maxUses: null };
  const { secret } = await ui.api.call('createJoinToken', token);
  const honest = startAgents(hub, scale.agents, secret);
  await honest.line();
  await sleep(3_000);
  const before = residentMB(hub);
  let peak = before;
  const watching = setInterval(() => (peak = Math.max(peak, residentMB(hub))), 200);
  const isAsking = options.includes('ask');
  let isOver = false;
  const newcomers = askAgainAndAgain(hub, isAsking, () => isOver);
  const broken = await run(hub, scale);
  isOver = true;
  const slowestNewcomerMs = await newcomers;
  clearInterval(watching);
  honest.end();
  const sent = JSON.parse(await honest.line()) as Record<string, number> & { sent: number[] };
  ui.close();
  let after = residentMB(hub);
  for (const until = Date.now() + RECOVER_MS; after - before > GROWTH_MB * 0.6 && Date.now() < until;) {
    await sleep(500);
    after = Math.min(after, residentMB(hub));
  }
  const row = {
    'rows sent': sent.sent.reduce((sum, count) => sum + count, 0),
    unacknowledged: sent['unacknowledged'],
    'connections broken': sent['broken'],
    'ack p99 ms': sent['ackP99Ms'],
    'ack max ms': sent['ackMaxMs'],
    'newcomer ms': Math.round(slowestNewcomerMs),
    'RSS before MB': Math.round(before),
    'RSS peak MB': Math.round(peak),
    'RSS after MB': Math.round(after),
  };
  if ((sent['unacknowledged'] ?? 0) > 0) broken.push('rows of honest agents were not acknowledged');
  if ((sent['broken'] ?? 0) > 0) broken.push('connections of honest agents broke');
  if (!((sent['ackP99Ms'] ?? Infinity) <= ACK_P99_MS))
    broken.push(`acknowledgements take over ${ACK_P99_MS} ms`);
  if (!(slowestNewcomerMs <= NEWCOMER_MS)) broken.push('a newcomer could not ask');
  if (after - before > GROWTH_MB * 0.6) broken.push('memory did not come back');
  return { row, broken };
}

const CASES: readonly Case[] = [
  {
    name: 'pending',
    options: ['--admit', 'ask'],
    async run(hub, { seconds }) {
      const until = Date.now() + seconds * 1_000;
      const crowd = Array.from({ length: 8 * 70 }, async (_, i) => {
        while (Date.now() < until) {
          const socket = await open(hub, `127.0.0.${40 + (i % 8)}`, `crowd-${i}`);
          if (socket) await Promise.race([socket.closed, sleep(until - Date.now())]);
          socket?.socket.destroy();
          // About as soon as impatient agents come back.
          await sleep(3_000);
        }
      });
      await Promise.all(crowd);
      return [];
    },
  },
  {
    name: 'noisy',
    options: [],
    async prepare(hub) {
      const start = Date.now() - 20 * 3_600_000;
      await send(hub, lines('quiet', start, 2_000, 10_000));
      for (const noisy of ['noisy-1', 'noisy-2', 'noisy-3']) {
        await send(hub, lines(noisy, start, NOISY_SAMPLES, 20));
      }
    },
    async run(hub, { seconds }) {
      const ui = await connectUi(hub.port);
      const { retention } = await ui.api.call('getSettings', {});
      await ui.api.call('updateSettings', { retention: { ...retention, budgetBytes: BUDGET_BYTES } });
      const noisy = await Promise.all([1, 2, 3].map((n) => open(hub, '127.0.0.1', `noisy-${n}`)));
      const until = Date.now() + seconds * 1_000;
      while (Date.now() < until) {
        for (const one of noisy) {
          const values = Object.fromEntries(
            Array.from({ length: 1_000 }, (_, i) => [`m${i}`, Math.random()]),
          );
          one?.socket.write(textFrame(JSON.stringify({ type: 'metrics', values })));
        }
        await sleep(100);
      }
      for (const one of noisy) one?.socket.destroy();
      const to = Date.now();
      const { series } = await ui.api.call('query', { device: 'quiet', from: to - 86_400_000, to });
      ui.close();
      const kept = series.reduce((sum, one) => sum + one.t.length, 0);
      return kept === 2_000 ? [] : [`only ${kept} of 2000 rows of the quiet device are left`];
    },
  },
  {
    name: 'exports',
    options: ['--ui-viewer-token', 'a-viewer-of-this-bench'],
    prepare: (hub) => send(hub, lines('nas', Date.now() - 20 * 3_600_000, EXPORTED_SAMPLES, 60)),
    async run(hub, { seconds }) {
      const until = Date.now() + seconds * 1_000;
      const unread = Array.from({ length: UNREAD }, async (_, i) => {
        while (Date.now() < until) {
          const socket = dial(hub, `127.0.0.${40 + (i % 11)}`).pause();
          const head = `Host: 127.0.0.1:${hub.port}\r\nAuthorization: Bearer a-viewer-of-this-bench`;
          socket.write(`GET /api/v1/export?from=0 HTTP/1.1\r\n${head}\r\n\r\n`);
          await sleep(Math.min(15_000, until - Date.now()));
          socket.destroy();
        }
      });
      await sleep(2_000);
      const startedAt = performance.now();
      const answer = await fetch(`http://127.0.0.1:${hub.port}/api/v1/devices`);
      const tookMs = performance.now() - startedAt;
      const exported = await fetch(`http://127.0.0.1:${hub.port}/api/v1/export?from=-60s`);
      await exported.text();
      await Promise.all(unread);
      return [
        ...(answer.ok && tookMs <= ADMIN_MS ? [] : [`an admin waited ${Math.round(tookMs)} ms`]),
        ...(exported.ok ? [] : [`an admin got ${exported.status} for an export`]),
      ];
    },
  },
  {
    name: 'import',
    options: [],
    async run(hub, { gigabytes }) {
      // About 20 bytes a sample: a step and a value of few digits, as real counters have.
      const samples = Math.round((gigabytes * 1024 * MIB) / 20);
      await send(hub, lines('imported', Date.UTC(2020, 0), samples, 1_000, 4));
      return [];
    },
  },
];

/** NDJSON of one series, with random values of so many digits. */
function* lines(
  device: string,
  from: number,
  samples: number,
  stepMs: number,
  digits = 17,
): Generator<Buffer> {
  for (let at = 0; at < samples; at += SAMPLES_A_LINE) {
    const count = Math.min(SAMPLES_A_LINE, samples - at);
    const t = Array.from({ length: count }, (_, i) => from + (at + i) * stepMs);
    const v = Array.from({ length: count }, () => Number(Math.random().toPrecision(digits)));
    yield Buffer.from(`{"device":"${device}","metric":"m","t":[${t.join()}],"v":[${v.join()}]}\n`);
  }
}

/** Sends an import; settles when it is stored. */
async function send(hub: Server, body: Iterable<Buffer>): Promise<void> {
  const socket = dial(hub, '127.0.0.1');
  const head = `Host: 127.0.0.1:${hub.port}\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked`;
  socket.write(`POST /api/v1/import HTTP/1.1\r\n${head}\r\nConnection: close\r\n\r\n`);
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  const closed = once(socket, 'close');
  for (const line of body) {
    socket.write(`${line.length.toString(16)}\r\n`);
    socket.write(line);
    if (!socket.write('\r\n')) await drained(socket);
    if (socket.destroyed) break;
  }
  socket.write('0\r\n\r\n');
  await closed;
  if (!answer.startsWith('HTTP/1.1 200')) throw new Error(`the import was refused: ${answer.slice(0, 500)}`);
}

/** Settles when more may be written, or when the connection has ended. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.once('drain', done).once('close', done);
  });
}

/** An agent that has said hello, without a token; null when it was refused before. */
async function open(
  hub: Server,
  from: string,
  id: string,
): Promise<{ socket: Socket; welcomed: Promise<boolean>; closed: Promise<void> } | null> {
  const socket = dial(hub, from);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let heard = '';
  const welcome = Promise.withResolvers<boolean>();
  const upgrade = Promise.withResolvers<boolean>();
  socket.on('data', (data: Buffer) => {
    if (heard.length < 8_192) heard += data.toString('latin1');
    if (heard.includes('\r\n\r\n')) upgrade.resolve(heard.startsWith('HTTP/1.1 101'));
    if (heard.includes('"type":"welcome"')) welcome.resolve(true);
  });
  void closed.then(() => {
    upgrade.resolve(false);
    welcome.resolve(false);
  });
  socket.write(
    'GET /agent HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: wirewatch.v1\r\n\r\n',
  );
  if (!(await upgrade.promise)) return null;
  const device = { id, name: id, kind: 'program' };
  socket.write(textFrame(JSON.stringify({ type: 'hello', device, agent: 'stress', now: Date.now() })));
  return { socket, welcomed: welcome.promise, closed };
}

/** Newcomers, each from an address of its own. Returns the longest that one of them waited to be welcomed, ms. */
async function askAgainAndAgain(hub: Server, isAsking: boolean, isOver: () => boolean): Promise<number> {
  let slowest = 0;
  for (let i = 0; !isOver(); i++) {
    await sleep(1_000);
    const startedAt = performance.now();
    const one = await open(hub, `127.0.0.${120 + (i % 100)}`, `newcomer-${isAsking ? i : 0}`);
    const isWelcome =
      one !== null && (await Promise.race([one.welcomed, sleep(NEWCOMER_MS).then(() => false)]));
    slowest = isWelcome ? Math.max(slowest, performance.now() - startedAt) : Infinity;
    one?.socket.destroy();
    if (!isWelcome) return Infinity;
  }
  return slowest;
}

function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = payload.length < 126 ? Buffer.alloc(6) : Buffer.alloc(8);
  head[0] = 0x81;
  head[1] = 0x80 | (payload.length < 126 ? payload.length : 126);
  if (payload.length >= 126) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}

function dial(hub: Server, from: string): Socket {
  const socket = connect({ port: hub.port, host: '127.0.0.1', localAddress: from });
  socket.on('error', () => {});
  return socket;
}

function startAgents(hub: Server, agents: number, token: string): { line(): Promise<string>; end(): void } {
  const args = [
    join(projectRoot(), 'out', 'bench', 'stress-agents.js'),
    String(hub.port),
    String(agents),
    '2',
    token,
  ];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const heard = createInterface({ input: child.stdout });
  return {
    async line() {
      const over = once(heard, 'close').then(() => Promise.reject(new Error('the agents ended early')));
      const [line] = (await Promise.race([once(heard, 'line'), over])) as [string];
      return line;
    },
    end: () => child.stdin.end(),
  };
}

/** Available on Linux only; elsewhere memory is not measured. */
function residentMB({ process: { pid } }: Server): number {
  if (process.platform !== 'linux') return 0;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
