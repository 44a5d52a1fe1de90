import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Socket, type AddressInfo, type DropArgument } from 'node:net';
import type { Duplex } from 'node:stream';
import { succeed, type Result } from '@shared/errors';
import { logFault } from '@shared/logger';
import { CLOSE, describeCloseCode } from '@shared/protocol/close-codes';
import type { AgentContext } from '../agents/agent-context';
import { AckQueue } from '../agents/ack-queue';
import { plainAddress } from '../bounds/peer-address';
import { refusedAddress } from '../bounds/refused-client';
import { TrustedProxies } from '../bounds/trusted-proxies';
import type { HubTls } from '../tls/hub-tls';
import { Arrivals, COOLING_OFF } from './arrivals';
import { identifyClient, refusedOf } from './client';
import { lookAtFirstByte } from './first-byte';
import { HttpGate } from './http-gate';
import { createHostPolicy, type HostPolicy } from './host-policy';
import { createOriginPolicy } from './origin-policy';
import type { RequestHandler, UpgradeHandler } from './outer-handlers';
import { listen } from './listen';
import { judgePlain } from './plain-policy';
import { PushDoor } from './push-door';
import { refuseRequest } from './refuse-request';
import { refuseUpgrade } from './refuse-upgrade';
import { SessionTable } from '../sessions/session-table';
import { TlsDoor } from './tls-door';
import { UpgradeDoor } from './upgrade-door';

/** The most requests on one kept-alive connection; then the client must open another. */
const MAX_REQUESTS_PER_SOCKET = 10_000;

/** What the port lets pass on top of its own rules. */
export interface PortOptions {
  /** Names besides this machine's own that a `Host` header may carry. */
  allowHosts?: readonly string[] | undefined;
  /** Origins of web pages that may connect as agents. */
  allowOrigins?: readonly string[] | undefined;
  /** Networks of the reverse proxies whose word about their clients counts. */
  trustProxies?: readonly string[] | undefined;
}

/**
 * The hub's single port: HTTP for the UI and API (passed on), pushes over HTTP and WebSocket upgrades for agents and
 * echoes (handled here), each plain or over TLS. Limits what a peer can hold open before it has identified itself.
 */
export class HubServer {
  readonly sessions: SessionTable;
  readonly #context: AgentContext;
  readonly #tls: HubTls;
  readonly #acks = new AckQueue();
  readonly #upgrades: UpgradeDoor;
  readonly #proxies: TrustedProxies;
  readonly #judgeHost: HostPolicy;
  readonly #arrivals: Arrivals;
  readonly #tlsDoor: TlsDoor;
  readonly #httpGate: HttpGate;
  readonly #pushes: PushDoor;
  /** The requests without a body timeout. */
  readonly #longBodies = new WeakMap<Duplex, IncomingMessage>();
  #requestHandler: RequestHandler | null = null;
  #server: Server | null = null;

  constructor(
    context: AgentContext,
    tls: HubTls,
    { allowHosts = [], allowOrigins = [], trustProxies = [] }: PortOptions,
  ) {
    this.#context = context;
    this.#tls = tls;
    this.#proxies = new TrustedProxies(trustProxies);
    this.#arrivals = new Arrivals(context, this.#proxies);
    this.#httpGate = new HttpGate(context);
    this.#tlsDoor = new TlsDoor(context, tls, this.#arrivals);
    this.sessions = new SessionTable(context.limits.endedSessions);
    this.#judgeHost = createHostPolicy(allowHosts);
    const isAllowedOrigin = createOriginPolicy(allowOrigins);
    this.#pushes = new PushDoor(context, isAllowedOrigin, (request) => this.allowLongBody(request));
    this.#upgrades = new UpgradeDoor({
      context,
      tls,
      arrivals: this.#arrivals,
      sessions: this.sessions,
      acks: this.#acks,
      proxies: this.#proxies,
      judgeHost: this.#judgeHost,
      isAllowedOrigin,
    });
  }

  get port(): number {
    const address = this.#server?.address() as AddressInfo | null | undefined;
    return address?.port ?? 0;
  }

  onRequest(handler: RequestHandler): void {
    this.#requestHandler = handler;
  }

  /** Exempts a request from the body timeout, until it is complete. */
  allowLongBody(request: IncomingMessage): void {
    this.#longBodies.set(request.socket, request);
  }

  onUpgrade(path: string, handler: UpgradeHandler): void {
    this.#upgrades.handle(path, handler);
  }

  /** Starts listening, and stops listening at the previous address; open connections stay. */
  async listen(host: string, port: number): Promise<Result<{ port: number }>> {
    const server = this.#createServer();
    const listening = await listen(server, host, port);
    if (!listening.ok) return listening;
    this.#server?.close();
    this.#server = server;
    return succeed({ port: this.port });
  }

  /** Call once a second: heartbeats, deadlines, rates. */
  second(): void {
    const now = this.#context.clock.now();
    const monotonic = this.#context.clock.monotonic();
    for (const session of [...this.sessions.open()]) session.second(now, monotonic);
    this.#arrivals.second(monotonic);
    this.#pushes.second(now);
  }

  /** The hub's clock was set by this much, forward or back when negative: agents hear of it. */
  clockSet(stepMs: number): void {
    for (const session of [...this.sessions.open()]) session.clockSet(stepMs);
    this.#pushes.clockSet();
  }

  /** Makes every agent wait while history cannot keep up with them. */
  setReading(isReading: boolean): void {
    this.#upgrades.isReading = isReading;
    for (const session of this.sessions.open()) {
      if (isReading) session.resume();
      else session.pause();
    }
  }

  flushAcks(): void {
    this.#acks.flush(this.#context.series.recorder.durable);
  }

  /** Closes all connections with 1001, waits for the closing handshakes for a bounded time, then cuts the rest. */
  async dispose(): Promise<void> {
    this.#upgrades.isClosing = true;
    this.#acks.flush(this.#context.series.recorder.durable);
    const server = this.#server;
    this.#server = null;
    const closed = server ? new Promise<void>((resolve) => server.close(() => resolve())) : null;
    const reason = describeCloseCode(CLOSE.goingAway);
    for (const session of [...this.sessions.open()]) session.close(CLOSE.goingAway, reason);
    const giveUpAt = this.#context.clock.monotonic() + this.#context.timings.closeTimeoutMs;
    while (this.sessions.openCount > 0 && this.#context.clock.monotonic() < giveUpAt) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const session of [...this.sessions.open()]) {
      session.closing.cut({ code: CLOSE.goingAway, text: 'The hub stopped.' });
    }
    this.#arrivals.destroyAll();
    this.#pushes.dispose();
    this.#tlsDoor.dispose();
    await closed;
  }

  #createServer(): Server {
    const { upgradeTimeoutMs, sessions } = this.#context.limits;
    const server = createServer({
      // We enforce the deadline from accept to a complete head ourselves, see `second()`.
      headersTimeout: 0,
      // We answer this ourselves, with our headers, and in the same way for upgrades.
      requireHostHeader: false,
      requestTimeout: upgradeTimeoutMs * 2,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 16 * 1024,
    });
    // Besides the sessions, some connections are arriving, and browsers keep some open.
    server.maxConnections = sessions + 2_048;
    server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET;
    // Node's HTTP server accepts connections through its own listener. Ours replaces it and calls it when it is
    // HTTP's turn.
    const [serve] = server.listeners('connection');
    server.removeAllListeners('connection');
    server.on('connection', (socket) => this.#accept(socket, (speaker) => void serve?.call(server, speaker)));
    server.on('drop', (dropped?: DropArgument) => {
      const remoteAddress = dropped?.remoteAddress;
      const client = remoteAddress === undefined ? null : refusedAddress(plainAddress(remoteAddress));
      this.#context.refused.add('TOO_MANY_CONNECTIONS', client);
    });
    server.on('request', (request, response) => {
      if (!this.#letsIn(request, response) || this.#pushes.enter(request, response)) return;
      if (this.#requestHandler) this.#handle(this.#requestHandler, request, response);
      else refuseRequest(response, 404, 'NOT_FOUND', 'There is nothing at this address.');
    });
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      if (!this.#letsIn(request, response)) return;
      refuseRequest(
        response,
        417,
        'EXPECTATION_FAILED',
        'The hub supports no expectation except 100-continue.',
      );
    });
    server.on('connect', (request, socket) => {
      this.#context.refused.add('BAD_HTTP', refusedOf(request));
      socket.destroy();
    });
    server.on('upgrade', (request, socket, head) => {
      try {
        this.#upgrades.enter(request, socket, head);
      } catch (error) {
        this.#logFault(request, error);
        socket.destroy();
      }
    });
    server.on('clientError', (error, socket) => {
      const isTimeout = 'code' in error && error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
      if (isTimeout && this.#longBodies.get(socket)?.complete === false) return;
      if (this.#arrivals.wasTooLate(socket)) return;
      const client = socket instanceof Socket ? refusedAddress(plainAddress(socket.remoteAddress)) : null;
      this.#context.refused.add(isTimeout ? 'UPGRADE_TIMEOUT' : 'BAD_HTTP', client);
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
      else refuseRequest(response, 500, 'INTERNAL', 'The hub had an internal error.');
    }
  }

  #logFault({ method, url }: IncomingMessage, error: unknown): void {
    const path = url?.slice(0, 200);
    const { log } = this.#context;
    logFault(log, 'REQUEST_FAILED', 'A request could not be answered.', error, { method, path });
  }

  /** Handles a new connection. `serve` makes HTTP read from it, plain or over TLS. */
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

  /** Whether a plain request is allowed; answers those that are not. */
  #letsIn(request: IncomingMessage, response: ServerResponse): boolean {
    this.#arrivals.complete(request.socket);
    const { address, proxy } = identifyClient(request, this.#proxies);
    if (proxy !== null && this.#context.penalties.waitMs(address) > 0) {
      this.#context.refused.add('COOLING_OFF', refusedOf(request));
      refuseRequest(response, 429, 'COOLING_OFF', COOLING_OFF, { 'Retry-After': '1' });
      return false;
    }
    const host = this.#judgeHost(request);
    if (host) {
      this.#context.refused.add(host.code, refusedOf(request));
      refuseRequest(response, host.status, host.code, host.message);
      return false;
    }
    const busy = this.#httpGate.enter(request, response);
    if (busy) {
      this.#context.refused.add(busy.code, refusedOf(request));
      refuseRequest(response, busy.status, busy.code, busy.message, { 'Retry-After': '1' });
      return false;
    }
    const plain = judgePlain(request, this.#tls);
    if (!plain) return true;
    this.#context.refused.add('TLS_REQUIRED', refusedOf(request));
    if (plain.kind === 'redirect') {
      const { location } = plain;
      refuseRequest(response, 307, 'TLS_REQUIRED', `Continue at ${location}.`, { Location: location });
    } else refuseRequest(response, 426, 'TLS_REQUIRED', plain.message, { Upgrade: 'TLS/1.2' });
    return false;
  }
}
