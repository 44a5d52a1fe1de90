import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { parseAgentMessage } from '@shared/protocol/parse';
import type { AgentMessage, HelloMessage, RowsMessage, SchemaMessage } from '@shared/protocol/agent-messages';
import { SUBPROTOCOL } from '@shared/protocol/limits';
import { eventually } from '../../../tests/patience';

/** The hub's end of one connection, for the agent's tests. It sends only what the test tells it to. */
export class TestPeer {
  readonly messages: AgentMessage[] = [];
  readonly request: IncomingMessage;
  readonly socket: WebSocket;
  closed: { code: number; reason: string } | null = null;

  constructor(socket: WebSocket, request: IncomingMessage) {
    this.socket = socket;
    this.request = request;
    socket.on('message', (data) => {
      const parsed = parseAgentMessage(JSON.parse(String(data)));
      if (!parsed.ok) throw new Error(parsed.error.message);
      this.messages.push(parsed.value);
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    socket.on('error', () => {});
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  all<T extends AgentMessage['type']>(type: T): Extract<AgentMessage, { type: T }>[] {
    return this.messages.filter((m): m is Extract<AgentMessage, { type: T }> => m.type === type);
  }

  hello(): Promise<HelloMessage> {
    return eventually(() => this.all('hello')[0]);
  }

  rows(count = 1): Promise<RowsMessage[]> {
    return eventually(() => (this.all('rows').length >= count ? this.all('rows') : null));
  }

  schema(): Promise<SchemaMessage> {
    return eventually(() => this.all('schema')[0]);
  }

  /** Answers hello. Rows are not acknowledged unless told to. */
  async welcome(more: object = {}): Promise<HelloMessage> {
    const hello = await this.hello();
    this.send({
      type: 'welcome',
      protocol: 1,
      session: 's',
      device: hello.device.id,
      state: 'approved',
      hubTime: Date.now(),
      intervalMs: 100,
      limits: { messageBytes: 262_144, messagesPerSec: 200, samplesPerSec: 20_000, seriesPerDevice: 2_000 },
      ...more,
    });
    return hello;
  }

  /** Acknowledges every `rows` message from now on, and those that came before. */
  acknowledgeAll(): void {
    const ack = (message: RowsMessage) =>
      this.send({ type: 'ack', seq: message.seq, ...(message.stream ? { stream: message.stream } : {}) });
    for (const message of this.all('rows')) ack(message);
    this.socket.on('message', () => {
      const last = this.messages.at(-1);
      if (last?.type === 'rows') ack(last);
    });
  }
}

export interface TestHub {
  readonly url: string;
  readonly peers: TestPeer[];
  /** Waits for the nth connection, counted from 1. */
  peer(n: number): Promise<TestPeer>;
  /** Stops listening and cuts all connections; the port stays free for {@link listen}. */
  cut(): Promise<void>;
  listen(): Promise<void>;
}

export async function startTestHub(options: { speaks?: boolean } = {}): Promise<TestHub> {
  const peers: TestPeer[] = [];
  let server: WebSocketServer | null = null;
  let port = 0;

  async function listen(): Promise<void> {
    const opened = new WebSocketServer({
      host: '127.0.0.1',
      port,
      handleProtocols: (offered) =>
        options.speaks !== false && offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false,
    });
    opened.on('connection', (socket, request) => peers.push(new TestPeer(socket, request)));
    await new Promise((resolve) => opened.once('listening', resolve));
    port = (opened.address() as AddressInfo).port;
    server = opened;
  }

  async function cut(): Promise<void> {
    const closing = server;
    server = null;
    if (!closing) return;
    for (const client of closing.clients) client.terminate();
    await new Promise((resolve) => closing.close(resolve));
  }

  await listen();
  onTestFinished(cut);
  return {
    get url() {
      return `ws://127.0.0.1:${port}`;
    },
    peers,
    peer: (n) => eventually(() => peers[n - 1]),
    cut,
    listen,
  };
}
