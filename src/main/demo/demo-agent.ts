import { WebSocket } from 'ws';
import type { Disposable } from '@shared/disposable';
import type { HubToAgentMessage } from '@shared/protocol/hub-messages';
import { SUBPROTOCOL } from '@shared/protocol/limits';
import { parseHubMessage } from '@shared/protocol/parse';
import type { Pacer } from './backfill-pacer';
import type { DemoDevice } from './demo-device';
import { connectDemoSocket, type DemoHub } from './demo-socket';
import { hash01, seedOf } from './random';
import { isDuring } from './signals';

export interface DemoAgentOptions {
  hub: DemoHub;
  token: string;
  /** How far back the first connection reports, ms. */
  backfillMs: number;
  pacer: Pacer;
  /** Called once the device is identified, so that the next one may connect. */
  onWelcome: () => void;
}

const RETRY_MS = 3_000;
/** Rows per message of past samples. */
const BACKFILL_ROWS = 60;
/** With more unsent bytes than this, nothing more is sent to the hub. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
const SAYS_EVERY_S = 240;
/** Odd behaviour starts after this time, so that every device has been seen once, ms. */
const WELL_BEHAVED_MS = 15_000;

/** Starts one simulated device as a full agent of wirewatch.v1 over a real WebSocket. */
export function startDemoAgent(device: DemoDevice, options: DemoAgentOptions): Disposable {
  const { declaration, part, behaviour } = device;
  const own = seedOf(1, declaration.id);
  const row = new Array<number | null>(part.declarations.length + 1).fill(null);
  const offlineStartS = own % (behaviour.offline?.everyS ?? 1);
  let socket: WebSocket | null = null;
  let sampling: NodeJS.Timeout | undefined;
  let retrying: NodeJS.Timeout | undefined;
  let intervalMs = device.intervalMs;
  let seq = 0;
  let reportedTo = Date.now() - options.backfillMs;
  let isBackfilled = false;
  let disposed = false;
  let lastSaid = -1;
  let oddFrom = Number.POSITIVE_INFINITY;

  function connect(): void {
    if (disposed) return;
    if (Date.now() > oddFrom && isOffline(Date.now())) {
      retrying = setTimeout(connect, 1_000);
      return;
    }
    const current = connectDemoSocket(options.hub, { protocols: [SUBPROTOCOL], userAgent: 'wirewatch-demo' });
    socket = current;
    current.on('open', () => {
      send({
        type: 'hello',
        device: declaration,
        agent: 'wirewatch-demo/1.0.0',
        now: Date.now() + (behaviour.clockOffsetMs ?? 0),
        stream: `demo-${process.pid}`,
        ...(behaviour.unapproved ? {} : { token: options.token }),
      });
    });
    current.on('message', (data, isBinary) => {
      if (isBinary || !Buffer.isBuffer(data)) return;
      const message = parseHubMessage(data.toString());
      if (message.ok) void take(message.value);
    });
    current.on('error', () => {});
    current.on('close', () => {
      clearTimeout(sampling);
      socket = null;
      if (!disposed) retrying = setTimeout(connect, RETRY_MS * (0.5 + hash01(own, seq)));
    });
  }

  async function take(message: HubToAgentMessage): Promise<void> {
    switch (message.type) {
      case 'welcome':
        options.onWelcome();
        choosePace(message.intervalMs);
        send({ type: 'schema', version: 1, series: part.declarations });
        if (message.state === 'approved') await report();
        return;
      case 'admission':
        if (message.state === 'approved') await report();
        return;
      case 'configure':
        choosePace(message.intervalMs);
        if (isBackfilled) scheduleSample();
        return;
      case 'request':
        answer(message.id, message.method, message.params);
    }
  }

  /**
   * Chooses the sampling pace: slow sensors stay slow at the hub's usual pace and speed up only while a user watches.
   */
  function choosePace(asked: number): void {
    intervalMs = asked < 1_000 ? asked : Math.max(asked, device.intervalMs);
  }

  async function report(): Promise<void> {
    if (!isBackfilled) {
      await backfill();
      isBackfilled = true;
      oddFrom = Date.now() + WELL_BEHAVED_MS;
    }
    scheduleSample();
  }

  async function backfill(): Promise<void> {
    const stepMs = device.intervalMs;
    let time = Math.ceil((reportedTo - device.phaseMs) / stepMs) * stepMs + device.phaseMs;
    while (socket?.readyState === WebSocket.OPEN && time <= Date.now()) {
      const rows: (number | null)[][] = [];
      for (; rows.length < BACKFILL_ROWS && time <= Date.now(); time += stepMs) {
        if (!isOffline(time) && !isSilent(time)) rows.push([...sampleAt(time)]);
      }
      await options.pacer.take(Math.max(1, rows.length) * row.length);
      if (rows.length > 0) send({ type: 'rows', seq: ++seq, schema: 1, rows });
      reportedTo = time;
    }
  }

  function scheduleSample(): void {
    clearTimeout(sampling);
    const now = Date.now();
    const next = Math.floor((now - device.phaseMs) / intervalMs + 1) * intervalMs + device.phaseMs;
    sampling = setTimeout(() => {
      scheduleSample();
      live(next);
    }, next - now);
  }

  function live(time: number): void {
    const isOdd = time > oddFrom;
    if (isOdd && isOffline(time)) {
      socket?.terminate();
      return;
    }
    if ((isOdd && isSilent(time)) || !socket || socket.bufferedAmount > MAX_BUFFERED_BYTES) return;
    socket.send(`{"type":"rows","seq":${++seq},"schema":1,"rows":[${JSON.stringify(sampleAt(time))}]}`);
    const text = saidAt(time);
    if (text !== undefined) send({ type: 'event', ts: time, level: levelOf(text), text });
  }

  function sampleAt(time: number): (number | null)[] {
    row[0] = time;
    part.fill(time / 1_000, row, 1);
    return row;
  }

  function saidAt(time: number): string | undefined {
    const round = Math.floor((time + (own % SAYS_EVERY_S) * 1_000) / (SAYS_EVERY_S * 1_000));
    if (round === lastSaid) return undefined;
    const isFirst = lastSaid === -1;
    lastSaid = round;
    return isFirst ? undefined : device.says[round % Math.max(1, device.says.length)];
  }

  function isOffline(time: number): boolean {
    const { offline } = behaviour;
    return offline !== undefined && isDuring(time / 1_000, offline.everyS, offlineStartS, offline.forS);
  }

  function isSilent(time: number): boolean {
    const { silent } = behaviour;
    return silent !== undefined && isDuring(time / 1_000, silent.everyS, 0, silent.forS);
  }

  function answer(id: number, method: string, params: Record<string, unknown>): void {
    if (method === 'processes.list' && device.processes) {
      send({ type: 'result', id, value: device.processes.list(Date.now(), params['sort']) });
      return;
    }
    const message = `This device does not support the request "${method.slice(0, 64)}".`;
    send({ type: 'result', id, error: { code: 'METHOD_NOT_FOUND', message } });
  }

  function send(message: unknown): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  connect();
  return {
    dispose() {
      disposed = true;
      clearTimeout(sampling);
      clearTimeout(retrying);
      socket?.close(1001, 'the demo ends');
    },
  };
}

function levelOf(text: string): 'info' | 'warning' {
  return /failed|low|is at/.test(text) ? 'warning' : 'info';
}
