import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { displayText } from '@shared/display-text';
import { CLOSE, describeCloseCode } from '@shared/protocol/close-codes';
import { SUBPROTOCOL } from '@shared/protocol/limits';
import { bearerCredentials } from '../admission/credentials';
import type { AckQueue } from '../agents/ack-queue';
import type { AgentContext } from '../agents/agent-context';
import { AgentEndpoint } from '../agents/agent-endpoint';
import type { TrustedProxies } from '../bounds/trusted-proxies';
import { EchoEndpoint } from '../sessions/echo-endpoint';
import { requestHead, responseHead } from '../sessions/handshake';
import { HubWebSocket } from '../sessions/hub-web-socket';
import { Session } from '../sessions/session';
import type { SessionFacts } from '../sessions/session-facts';
import type { SessionTable } from '../sessions/session-table';
import { TlsLink } from '../sessions/tls-link';
import type { HubTls } from '../tls/hub-tls';
import { COOLING_OFF, TOO_MANY_UNAUTHENTICATED, type Arrivals } from './arrivals';
import { identifyClient, refusedOf } from './client';
import type { HostPolicy } from './host-policy';
import { makeRoom } from './make-room';
import type { OriginPolicy } from './origin-policy';
import { describeOtherProtocol } from './other-protocols';
import type { UpgradeHandler } from './outer-handlers';
import { judgePlain } from './plain-policy';
import { refuseUpgrade } from './refuse-upgrade';
import { parseTarget } from './request-target';

const ENDPOINTS: Readonly<Record<string, SessionFacts['endpoint']>> = {
  '/': 'agent',
  '/agent': 'agent',
  '/echo': 'echo',
  '/echo/raw': 'echo-raw',
};
/** The only version of the protocol (RFC 6455 section 4.1); the drafts before it had others. */
const WEBSOCKET_VERSION = '13';
const AGENT_NAME_CHARS = 128;

export interface UpgradeDoorOptions {
  context: AgentContext;
  tls: HubTls;
  arrivals: Arrivals;
  sessions: SessionTable;
  acks: AckQueue;
  proxies: TrustedProxies;
  judgeHost: HostPolicy;
  isAllowedOrigin: OriginPolicy;
}

/**
 * Answers upgrades to WebSocket (RFC 6455 section 4.2): refuses with a message, or answers 101 and begins a session
 * whose endpoint depends on the path. Limits how many agents may be connected without having identified themselves.
 */
export class UpgradeDoor {
  /** Whether the hub is stopping. */
  isClosing = false;
  /** Whether new sessions are read at once; false while history cannot keep up. */
  isReading = true;
  readonly #options: UpgradeDoorOptions;
  readonly #context: AgentContext;
  readonly #webSockets: WebSocketServer;
  readonly #outer = new Map<string, UpgradeHandler>();
  /** Agents that have not sent hello, oldest first. */
  readonly #unidentified = new Set<Session>();
  readonly #responseHeads = new WeakMap<IncomingMessage, string[]>();

  constructor(options: UpgradeDoorOptions) {
    this.#options = options;
    this.#context = options.context;
    this.#webSockets = new WebSocketServer({
      WebSocket: HubWebSocket,
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.context.limits.messageBytes,
      maxFragments: options.context.limits.fragments,
      maxBufferedChunks: options.context.limits.messagePieces,
      handleProtocols: (offered) => chooseProtocol(offered),
    });
    this.#webSockets.on('headers', (lines, request) => this.#responseHeads.set(request, [...lines]));
    this.#webSockets.on('wsClientError', (error, socket, request) => {
      options.context.refused.add('BAD_UPGRADE', refusedOf(request));
      refuseUpgrade(socket, 400, 'BAD_UPGRADE', `This is not a WebSocket upgrade: ${error.message}.`);
    });
  }

  /** Passes upgrades to this path to a handler. */
  handle(path: string, handler: UpgradeHandler): void {
    this.#outer.set(path, handler);
  }

  enter(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const acceptedAt = this.#options.arrivals.complete(socket) ?? this.#context.clock.monotonic();
    const { address, proxy } = identifyClient(request, this.#options.proxies);
    const refuse = (
      status: number,
      code: string,
      message: string,
      headers: Readonly<Record<string, string>> = {},
    ): void => {
      this.#context.refused.add(code, refusedOf(request));
      refuseUpgrade(socket, status, code, message, headers);
    };
    if (proxy !== null && this.#context.penalties.waitMs(address) > 0) {
      return refuse(429, 'COOLING_OFF', COOLING_OFF);
    }
    const target = parseTarget(request.url ?? '');
    if (!target.ok) return refuse(400, target.error.code, target.error.message);
    const { path } = target.value;
    const host = this.#options.judgeHost(request);
    if (host) return refuse(host.status, host.code, host.message);
    const plain = judgePlain(request, this.#options.tls);
    if (plain?.kind === 'refuse') return refuse(426, 'TLS_REQUIRED', plain.message);
    // RFC 6455 section 4.1. An HTTP/1.0 client may be behind a proxy that does not understand upgrades.
    if (request.httpVersion !== '1.1')
      return refuse(400, 'BAD_UPGRADE', 'A WebSocket connection needs HTTP/1.1.');
    const version = request.headers['sec-websocket-version'];
    if (version !== undefined && version !== WEBSOCKET_VERSION) {
      const message = `The hub speaks version ${WEBSOCKET_VERSION} of WebSocket (RFC 6455).`;
      return refuse(426, 'BAD_WEBSOCKET_VERSION', message, {
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': WEBSOCKET_VERSION,
      });
    }
    if (this.isClosing) return refuse(503, 'STOPPING', 'The hub is stopping.');
    const upgrade = this.#outer.get(path);
    if (upgrade) return upgrade(request, socket, head);
    const endpoint = ENDPOINTS[path];
    const isEcho = endpoint !== undefined && endpoint !== 'agent';
    const other = isEcho ? null : describeOtherProtocol(path, request, SPOKEN);
    if (other !== null) return refuse(400, 'OTHER_PROTOCOL', other);
    if (!endpoint)
      return refuse(404, 'NOT_FOUND', 'Agents connect to /agent or /, and tests to /echo or /echo/raw.');
    // Echoes reveal nothing and store nothing, so they answer test pages and clients from anywhere.
    const isAgent = endpoint === 'agent';
    if (isAgent && !this.#options.isAllowedOrigin(request)) {
      return refuse(
        403,
        'ORIGIN_NOT_ALLOWED',
        'Web pages may connect only from origins given with --allow-origin.',
      );
    }
    if (isAgent && this.#context.admission.waitMs(address) > 0) {
      return refuse(429, 'TOO_MANY_FAILURES', TOO_MANY_FAILURES);
    }
    const isFull = this.#options.sessions.openCount >= this.#context.limits.sessions;
    if (isFull && !makeRoom(this.#context, this.#options.sessions.open(), { endpoint, address })) {
      return refuse(503, 'TOO_MANY_SESSIONS', 'The hub has reached its connection limit. Try again later.');
    }
    if (this.#options.arrivals.isFull(address)) {
      return refuse(429, 'TOO_MANY_UNAUTHENTICATED', TOO_MANY_UNAUTHENTICATED);
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      // Always true: the server was configured with this class.
      if (!(webSocket instanceof HubWebSocket)) return;
      this.#open(webSocket, request, endpoint, path, address, acceptedAt);
    });
  }

  #open(
    webSocket: HubWebSocket,
    request: IncomingMessage,
    endpoint: SessionFacts['endpoint'],
    path: string,
    address: string,
    acceptedAt: number,
  ): void {
    const { clock } = this.#context;
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
        isFromOtherSite: !this.#options.isAllowedOrigin(request),
        tls: TlsLink.of(request.socket),
        agent: displayText(request.headers['user-agent'] ?? '', AGENT_NAME_CHARS) || null,
        client: refusedOf(request),
        handshake: {
          request: asked.head,
          response: answered.head,
          startedAt: clock.now() - durationMs,
          durationMs,
          bytes: asked.bytes + answered.bytes,
        },
      },
      this.#context,
      (ended) => {
        identified();
        this.#options.sessions.ended(ended);
      },
    );
    let isIdentified = endpoint !== 'agent';
    if (!isIdentified) {
      if (this.#unidentified.size >= this.#context.limits.arrivals) this.#makeRoom();
      this.#unidentified.add(session);
      this.#options.arrivals.unauthenticated.add(address);
    }
    const identified = (): void => {
      if (isIdentified) return;
      isIdentified = true;
      this.#unidentified.delete(session);
      this.#options.arrivals.unauthenticated.remove(address);
    };
    session.start(
      endpoint === 'agent'
        ? new AgentEndpoint(
            session,
            this.#context,
            this.#options.acks,
            bearerCredentials(request.headers.authorization),
            identified,
          )
        : new EchoEndpoint(session, this.#context),
    );
    this.#options.sessions.add(session);
    if (!this.isReading) session.pause();
  }

  /** Cuts the agent that has gone longest without identifying itself: honest agents send hello at once. */
  #makeRoom(): void {
    const [oldest] = this.#unidentified;
    if (!oldest) return;
    this.#context.refused.add('TOO_MANY_ARRIVALS', oldest.client);
    oldest.closing.cut({ code: CLOSE.tryLater, text: describeCloseCode(CLOSE.tryLater) });
  }
}

const TOO_MANY_FAILURES = 'Too many wrong tokens or keys came from this address. Wait a minute.';

/**
 * The subprotocols that the hub accepts, best first. arduinoWebSockets offers only `arduino`, and its clients work only
 * if the server accepts it.
 */
const SPOKEN: readonly string[] = [SUBPROTOCOL, 'arduino'];

function chooseProtocol(offered: Set<string>): string | false {
  return SPOKEN.find((protocol) => offered.has(protocol)) ?? false;
}
