import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { displayText } from '@shared/display-text';
import { succeed, type Result } from '@shared/errors';
import { logFault } from '@shared/logger';
import { CLOSE, describeCloseCode } from '@shared/protocol/close-codes';
import { SUBPROTOCOL } from '@shared/protocol/limits';
import { bearerCredentials } from '../admission/credentials';
import type { Core } from '../core';
import type { RequestHandler, UpgradeHandler } from '../hub-contract';
import { AckQueue } from '../agents/ack-queue';
import type { HubTls } from '../tls/hub-tls';
import { plainAddress } from '../bounds/address-counts';
import { AgentEndpoint } from '../agents/agent-endpoint';
import { Arrivals, TOO_MANY_UNAUTHENTICATED } from './arrivals';
import { EchoEndpoint } from '../sessions/echo-endpoint';
import { lookAtFirstByte } from './first-byte';
import { requestHead, responseHead } from '../sessions/handshake';
import { HttpGate } from './http-gate';
import { createHostPolicy, type HostPolicy } from './host-policy';
import { createOriginPolicy, type OriginPolicy } from './origin-policy';
import { listen } from './listen';
import { makeRoom } from './make-room';
import { judgePlain } from './plain-policy';
import { refuseRequest } from './refuse-request';
import { refuseUpgrade } from './refuse-upgrade';
import { parseTarget } from './request-target';
import { Session } from '../sessions/session';
import type { SessionFacts } from '../sessions/session-facts';
import { SessionTable } from '../sessions/session-table';
import { TlsDoor } from './tls-door';
import { TlsLink } from '../sessions/tls-link';

const ENDPOINTS: Readonly<Record<string, SessionFacts['endpoint']>> = {
  '/': 'agent',
  '/agent': 'agent',
  '/echo': 'echo',
  '/echo/raw': 'echo-raw',
};
const AGENT_NAME_CHARS = 128;
/** Requests of one kept connection; then the client opens another. */
const MAX_REQUESTS_PER_SOCKET = 10_000;

/**
 * The one port: HTTP for the UI and API (handed on), WebSocket upgrades for agents and echoes (handled here), each
 * plain or over TLS. Bounds what a peer can hold open before it has said who it is.
 */
export class HubServer {
  readonly sessions: SessionTable;
  readonly #core: Core;
  readonly #tls: HubTls;
  readonly #acks = new AckQueue();
  readonly #webSockets: WebSocketServer;
  readonly #upgrades = new Map<string, UpgradeHandler>();
  readonly #judgeHost: HostPolicy;
  readonly #isAllowedOrigin: OriginPolicy;
  readonly #arrivals: Arrivals;
  readonly #tlsDoor: TlsDoor;
  readonly #httpGate: HttpGate;
  /** Agents that have not said hello, oldest first. */
  readonly #unidentified = new Set<Session>();
  readonly #responseHeads = new WeakMap<IncomingMessage, string[]>();
  /** The requests whose bodies may take their time. */
  readonly #longBodies = new WeakMap<Duplex, IncomingMessage>();
  #requestHandler: RequestHandler | null = null;
  #server: Server | null = null;
  #isClosing = false;
  #isReading = true;

  constructor(core: Core, tls: HubTls, allowHosts: readonly string[], allowOrigins: readonly string[]) {
    this.#core = core;
    this.#tls = tls;
    this.#arrivals = new Arrivals(core);
    this.#httpGate = new HttpGate(core);
    this.#tlsDoor = new TlsDoor(core, tls, this.#arrivals);
    this.sessions = new SessionTable(core.limits.endedSessions);
    this.#judgeHost = createHostPolicy(allowHosts);
    this.#isAllowedOrigin = createOriginPolicy(allowOrigins);
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: core.limits.messageBytes,
      maxFragments: core.limits.fragments,
      maxBufferedChunks: 1_024,
      handleProtocols: (offered) => chooseProtocol(offered),
    });
    this.#webSockets.on('headers', (lines, request) => this.#responseHeads.set(request, [...lines]));
    this.#webSockets.on('wsClientError', (error, socket) => {
      core.refused.add('BAD_UPGRADE');
      refuseUpgrade(socket, 400, 'BAD_UPGRADE', `This is not a WebSocket upgrade: ${error.message}.`);
    });
  }

  get port(): number {
    const address = this.#server?.address() as AddressInfo | null | undefined;
    return address?.port ?? 0;
  }

  onRequest(handler: RequestHandler): void {
    this.#requestHandler = handler;
  }

  /** Exempts a request from the deadline for bodies, until it is complete. */
  allowLongBody(request: IncomingMessage): void {
    this.#longBodies.set(request.socket, request);
  }

  onUpgrade(path: string, handler: UpgradeHandler): void {
    this.#upgrades.set(path, handler);
  }

  /** Listens, and stops listening where it did before; connections that are open stay. */
  async listen(host: string, port: number): Promise<Result<{ port: number }>> {
    const server = this.#createServer();
    const listening = await listen(server, host, port);
    if (!listening.ok) return listening;
    this.#server?.close();
    this.#server = server;
    return succeed({ port: this.port });
  }

  /** Once a second: heartbeats, deadlines, rates. */
  second(): void {
    const now = this.#core.clock.now();
    const monotonic = this.#core.clock.monotonic();
    for (const session of [...this.sessions.open()]) session.second(now, monotonic);
    this.#arrivals.second(monotonic);
  }

  /** Makes every agent wait while history cannot keep up with them. */
  setReading(isReading: boolean): void {
    this.#isReading = isReading;
    for (const session of this.sessions.open()) {
      if (isReading) session.resume();
      else session.pause();
    }
  }

  flushAcks(): void {
    this.#acks.flush(this.#core.series.recorder.durable);
  }

  /** Says goodbye to everyone (1001), waits for the closing handshakes for a bounded time, then cuts what is left. */
  async dispose(): Promise<void> {
    this.#isClosing = true;
    this.#acks.flush(this.#core.series.recorder.durable);
    const server = this.#server;
    this.#server = null;
    const closed = server ? new Promise<void>((resolve) => server.close(() => resolve())) : null;
    const reason = describeCloseCode(CLOSE.goingAway);
    for (const session of [...this.sessions.open()]) session.close(CLOSE.goingAway, reason);
    const giveUpAt = this.#core.clock.monotonic() + this.#core.timings.closeTimeoutMs;
    while (this.sessions.openCount > 0 && this.#core.clock.monotonic() < giveUpAt) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const session of [...this.sessions.open()]) {
      session.cut({ code: CLOSE.goingAway, text: 'The hub stopped.' });
    }
    this.#arrivals.destroyAll();
    this.#tlsDoor.dispose();
    await closed;
  }

  #createServer(): Server {
    const { upgradeTimeoutMs, sessions } = this.#core.limits;
    const server = createServer({
      // The deadline from accept to a complete head is our own: see `second()`.
      headersTimeout: 0,
      // Ours to answer: with our headers, and the same for upgrades.
      requireHostHeader: false,
      requestTimeout: upgradeTimeoutMs * 2,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 16 * 1024,
    });
    // Beside the sessions there have to be some that arrive, and some that browsers keep.
    server.maxConnections = sessions + 2_048;
    server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET;
    // Node's HTTP takes connections by a listener of its own. Ours takes its place and calls it when it is HTTP's turn.
    const [serve] = server.listeners('connection');
    server.removeAllListeners('connection');
    server.on('connection', (socket) => this.#accept(socket, (speaker) => void serve?.call(server, speaker)));
    server.on('drop', () => this.#core.refused.add('TOO_MANY_CONNECTIONS'));
    server.on('request', (request, response) => {
      if (!this.#letsIn(request, response)) return;
      if (this.#requestHandler) this.#handle(this.#requestHandler, request, response);
      else refuseRequest(response, 404, 'NOT_FOUND', 'There is nothing here.');
    });
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      if (!this.#letsIn(request, response)) return;
      refuseRequest(response, 417, 'EXPECTATION_FAILED', 'The hub meets no expectation but 100-continue.');
    });
    server.on('connect', (_request, socket) => {
      this.#core.refused.add('BAD_HTTP');
      socket.destroy();
    });
    server.on('upgrade', (request, socket, head) => {
      try {
        this.#upgrade(request, socket, head);
      } catch (error) {
        this.#logFault(request, error);
        socket.destroy();
      }
    });
    server.on('clientError', (error, socket) => {
      const isTimeout = 'code' in error && error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
      if (isTimeout && this.#longBodies.get(socket)?.complete === false) return;
      if (this.#arrivals.wasTooLate(socket)) return;
      this.#core.refused.add(isTimeout ? 'UPGRADE_TIMEOUT' : 'BAD_HTTP');
      if (isTimeout) refuseUpgrade(socket, 408, 'UPGRADE_TIMEOUT', 'The request did not arrive in time.');
      else refuseUpgrade(socket, 400, 'BAD_HTTP', 'This is not a valid HTTP request.');
    });
    return server;
  }

  #handle(handle: RequestHandler, request: IncomingMessage, response: ServerResponse): void {
    try {
      handle(request, response);
    } catch (error) {
      this.#logFault(request, error);
      if (response.headersSent) response.destroy();
      else refuseRequest(response, 500, 'INTERNAL', 'The hub ran into a problem of its own.');
    }
  }

  #logFault({ method, url }: IncomingMessage, error: unknown): void {
    const path = url?.slice(0, 200);
    logFault(this.#core.log, 'REQUEST_FAILED', 'A request could not be answered.', error, { method, path });
  }

  /** `serve` has HTTP read from a connection, plain or over TLS. */
  #accept(socket: Socket, serve: (speaker: Socket) => void): void {
    const arrival = this.#arrivals.enter(socket);
    if (!arrival) return;
    lookAtFirstByte(socket, (isTls) => {
      if (isTls) {
        this.#tlsDoor.enter(socket, arrival, serve);
        return;
      }
      serve(socket);
      socket.resume();
    });
  }

  /** Whether a plain request may be dealt with; answers those that may not. */
  #letsIn(request: IncomingMessage, response: ServerResponse): boolean {
    this.#arrivals.complete(request.socket);
    const host = this.#judgeHost(request);
    if (host) {
      this.#core.refused.add(host.code);
      refuseRequest(response, host.status, host.code, host.message);
      return false;
    }
    const busy = this.#httpGate.enter(request, response);
    if (busy) {
      this.#core.refused.add(busy.code);
      refuseRequest(response, busy.status, busy.code, busy.message, { 'Retry-After': '1' });
      return false;
    }
    const plain = judgePlain(request, this.#tls);
    if (!plain) return true;
    this.#core.refused.add('TLS_REQUIRED');
    if (plain.kind === 'redirect') {
      const { location } = plain;
      refuseRequest(response, 307, 'TLS_REQUIRED', `Go on at ${location}.`, { Location: location });
    } else refuseRequest(response, 426, 'TLS_REQUIRED', plain.message, { Upgrade: 'TLS/1.2' });
    return false;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const acceptedAt = this.#arrivals.complete(socket) ?? this.#core.clock.monotonic();
    const refuse = (status: number, code: string, message: string): void => {
      this.#core.refused.add(code);
      refuseUpgrade(socket, status, code, message);
    };
    const target = parseTarget(request.url ?? '');
    if (!target.ok) return refuse(400, target.error.code, target.error.message);
    const { path } = target.value;
    const host = this.#judgeHost(request);
    if (host) return refuse(host.status, host.code, host.message);
    const plain = judgePlain(request, this.#tls);
    if (plain?.kind === 'refuse') return refuse(426, 'TLS_REQUIRED', plain.message);
    // RFC 6455 section 4.1; a client of 1.0 may have a proxy in between that knows no upgrades.
    if (request.httpVersion !== '1.1') return refuse(400, 'BAD_UPGRADE', 'WebSocket needs HTTP/1.1.');
    if (this.#isClosing) return refuse(503, 'STOPPING', 'The hub is stopping.');
    const upgrade = this.#upgrades.get(path);
    if (upgrade) return upgrade(request, socket, head);
    const endpoint = ENDPOINTS[path];
    if (!endpoint)
      return refuse(404, 'NOT_FOUND', 'Agents connect to /agent or /, tests to /echo or /echo/raw.');
    // Echoes give nothing away and take nothing in, so they answer test pages and clients from anywhere.
    const isAgent = endpoint === 'agent';
    if (isAgent && !this.#isAllowedOrigin(request)) {
      return refuse(
        403,
        'ORIGIN_NOT_ALLOWED',
        'Web pages may connect only from origins given by --allow-origin.',
      );
    }
    const address = plainAddress(request.socket.remoteAddress);
    if (isAgent && this.#core.admission.waitMs(address) > 0) {
      return refuse(429, 'TOO_MANY_FAILURES', TOO_MANY_FAILURES);
    }
    const isFull = this.sessions.openCount >= this.#core.limits.sessions;
    if (isFull && !makeRoom(this.#core, this.sessions.open(), { endpoint, address })) {
      return refuse(503, 'TOO_MANY_SESSIONS', 'The hub has as many connections as it may; try again later.');
    }
    if (this.#arrivals.isFull(address)) {
      return refuse(429, 'TOO_MANY_UNAUTHENTICATED', TOO_MANY_UNAUTHENTICATED);
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#open(webSocket, request, endpoint, path, address, acceptedAt);
    });
  }

  #open(
    webSocket: WebSocket,
    request: IncomingMessage,
    endpoint: SessionFacts['endpoint'],
    path: string,
    address: string,
    acceptedAt: number,
  ): void {
    const { clock } = this.#core;
    const asked = requestHead(request);
    const answered = responseHead(this.#responseHeads.get(request) ?? []);
    const durationMs = clock.monotonic() - acceptedAt;
    const session = new Session(
      webSocket,
      request.socket,
      {
        endpoint,
        path,
        address,
        port: request.socket.remotePort ?? 0,
        isFromOtherSite: !this.#isAllowedOrigin(request),
        tls: TlsLink.of(request.socket),
        agent: displayText(request.headers['user-agent'] ?? '', AGENT_NAME_CHARS) || null,
        handshake: {
          request: asked.head,
          response: answered.head,
          startedAt: clock.now() - durationMs,
          durationMs,
          bytes: asked.bytes + answered.bytes,
        },
      },
      this.#core,
      (ended) => {
        identified();
        this.sessions.ended(ended);
      },
    );
    let isIdentified = endpoint !== 'agent';
    if (!isIdentified) {
      if (this.#unidentified.size >= this.#core.limits.arrivals) this.#makeRoom();
      this.#unidentified.add(session);
      this.#arrivals.unauthenticated.add(address);
    }
    const identified = (): void => {
      if (isIdentified) return;
      isIdentified = true;
      this.#unidentified.delete(session);
      this.#arrivals.unauthenticated.remove(address);
    };
    session.start(
      endpoint === 'agent'
        ? new AgentEndpoint(
            session,
            this.#core,
            this.#acks,
            bearerCredentials(request.headers.authorization),
            identified,
          )
        : new EchoEndpoint(session, this.#core),
    );
    this.sessions.add(session);
    if (!this.#isReading) session.pause();
  }

  /** Cuts the agent that has kept its name to itself for longest: who means well says hello at once. */
  #makeRoom(): void {
    const [oldest] = this.#unidentified;
    if (!oldest) return;
    this.#core.refused.add('TOO_MANY_ARRIVALS');
    oldest.cut({ code: CLOSE.tryLater, text: describeCloseCode(CLOSE.tryLater) });
  }
}

const TOO_MANY_FAILURES = 'Too many wrong tokens or keys came from this address: wait a minute.';

/** arduinoWebSockets offers `arduino` and nothing else; agreeing keeps its clients happy. */
function chooseProtocol(offered: Set<string>): string | false {
  if (offered.has(SUBPROTOCOL)) return SUBPROTOCOL;
  return offered.has('arduino') ? 'arduino' : false;
}
