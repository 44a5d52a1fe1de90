import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';

const AGENT = resolve(import.meta.dirname, '../../out/agent/wirewatch-agent.mjs');
const FOR_MS = 30_000;
const MB = 1024 * 1024;

/** What a hub sends, one message after another, as fast as the agent takes it. */
interface Attack {
  message(i: number): string | 'ping';
  /** It reads nothing that the agent sends after hello. */
  isDeaf?: boolean;
  /** It closes the connection after so many messages, to be connected to again. */
  closesAfter?: number;
}

const key = (i: number): string => `wwk_${String(i).padStart(40, '0')}`;
const json = (message: object): string => JSON.stringify(message);

const ATTACKS: Record<string, Attack> = {
  'errors of 200 kB': {
    message: (i) => json({ type: 'error', code: `E${i}`, message: 'x'.repeat(200_000) }),
  },
  'small errors, on ever new connections': {
    message: (i) => json({ type: 'error', code: `E${i}`, message: 'y'.repeat(2_000) }),
    closesAfter: 200,
  },
  'notices with ever new codes': {
    message: (i) => json({ type: 'notice', code: `N${i}`, message: '\u001b[31m\n'.repeat(100) }),
  },
  'what is no JSON': { message: () => '{"type":"welcome",' },
  'messages with fields that are no good': {
    message: () => json({ type: 'ack', seq: 'z'.repeat(100_000) }),
  },
  'admission that flaps': {
    message: (i) => json({ type: 'admission', state: i % 2 ? 'pending' : 'approved', code: '123456' }),
  },
  'rejection that flaps': {
    message: (i) => json({ type: 'admission', state: i % 2 ? 'rejected' : 'approved' }),
  },
  'intervals that flap': { message: (i) => json({ type: 'configure', intervalMs: 100 + (i % 2) }) },
  'intervals that flap, on ever new connections': {
    message: (i) => json({ type: 'configure', intervalMs: 100 + (i % 2) }),
    closesAfter: 400,
  },
  'keys of 250 kB': {
    message: () => json({ type: 'admission', state: 'approved', key: `wwk_${'k'.repeat(250_000)}` }),
  },
  'ever new keys': { message: (i) => json({ type: 'admission', state: 'approved', key: key(i) }) },
  'ever new keys, on ever new connections': {
    message: (i) => json({ type: 'admission', state: 'approved', key: key(i) }),
    closesAfter: 5,
  },
  'unknown requests, whose answers it does not read': {
    message: (i) => json({ type: 'request', id: i, method: 'm'.repeat(500) }),
    isDeaf: true,
  },
  'requests for processes, whose answers it does not read': {
    message: (i) => json({ type: 'request', id: i, method: 'processes.list', params: { limit: 200 } }),
    isDeaf: true,
  },
  'pings, whose answers it does not read': { message: () => 'ping', isDeaf: true },
};

class HostileHub {
  /** Settles when an agent has introduced itself. */
  readonly met: Promise<void>;
  readonly #server: WebSocketServer;
  #sent = 0;

  constructor(attack: Attack) {
    this.#server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'wirewatch.v1' });
    const { promise, resolve: meet } = Promise.withResolvers<void>();
    this.met = promise;
    this.#server.on('connection', (socket) => {
      socket.on('error', () => {});
      socket.once('message', (data) => {
        meet();
        const hello = JSON.parse(String(data)) as { device: { id: string } };
        socket.send(json(welcome(hello.device.id)));
        if (attack.isDeaf) socket.pause();
        this.#flood(socket, attack, this.#sent);
      });
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async start(): Promise<void> {
    await once(this.#server, 'listening');
  }

  dispose(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }

  #flood(socket: WebSocket, attack: Attack, from: number): void {
    if (socket.readyState !== socket.OPEN) return;
    for (let i = 0; i < 50 && socket.bufferedAmount < MB; i++) {
      const message = attack.message(this.#sent++);
      if (message === 'ping') socket.ping('p'.repeat(100));
      else socket.send(message);
      if (attack.closesAfter !== undefined && this.#sent - from >= attack.closesAfter) {
        socket.close(1001);
        return;
      }
    }
    setTimeout(() => this.#flood(socket, attack, from), 5);
  }
}

function welcome(device: string): object {
  const limits = { messageBytes: 1e300, messagesPerSec: 200, samplesPerSec: 20_000, seriesPerDevice: 2_000 };
  const hub = { session: 's', device, hubTime: Date.now(), intervalMs: 1_000 };
  return { type: 'welcome', protocol: 1, state: 'approved', ...hub, limits };
}

/** The built agent as a process of its own, watched from outside. */
class WatchedAgent {
  logBytes = 0;
  readonly #child: ChildProcess;

  constructor(port: number, dataDir: string) {
    const args = [AGENT, `ws://127.0.0.1:${port}`, '--name', 'test', '--data-dir', dataDir];
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (data: Buffer) => (this.logBytes += data.length));
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The most memory that it ever had, bytes. */
  get peakBytes(): number {
    return Number(/VmHWM:\s+(\d+)/.exec(this.#read('status'))?.[1]) * 1_024;
  }

  /** Everything that it wrote: to files, its log and its connections. */
  get writtenBytes(): number {
    return Number(/wchar: (\d+)/.exec(this.#read('io'))?.[1]);
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
  }

  #read(file: string): string {
    return readFileSync(`/proc/${this.#child.pid ?? 0}/${file}`, 'utf8');
  }
}

describe.skipIf(!existsSync('/proc/self/io'))('an agent whose hub is hostile, for half a minute', () => {
  let folder: string;
  const hubs: HostileHub[] = [];
  const agents = new Map<string, WatchedAgent>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wirewatch-'));
    for (const [name, attack] of Object.entries(ATTACKS)) {
      const hub = new HostileHub(attack);
      hubs.push(hub);
      await hub.start();
      agents.set(name, new WatchedAgent(hub.port, join(folder, String(hubs.length))));
    }
    await Promise.all(hubs.map(({ met }) => met));
    await sleep(FOR_MS);
  });

  afterAll(async () => {
    for (const hub of hubs) hub.dispose();
    await Promise.all([...agents.values()].map((agent) => agent.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(Object.keys(ATTACKS))('bounds what it logs, holds and writes: %s', (name) => {
    const agent = agents.get(name);
    expect(agent?.isRunning).toBe(true);
    expect(agent?.logBytes).toBeLessThan(64 * 1024);
    expect(agent?.peakBytes).toBeLessThan(200 * MB);
    expect(agent?.writtenBytes).toBeLessThan(8 * MB);
  });
});
