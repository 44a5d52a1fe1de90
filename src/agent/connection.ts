import type { TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import { BoundedMap } from '@shared/bounded-map';
import type { Clock } from '@shared/clock';
import { CLOSE, describeCloseCode } from '@shared/protocol/close-codes';
import type { Logger } from '@shared/logger';
import { AGENT_LIMITS, SUBPROTOCOL } from '@shared/protocol/limits';
import { BackOff, type LinkEnd } from './back-off';
import { explainFailure, explainRefusal } from './explain-failure';
import { readRefusal } from './read-refusal';
import { hostOf, plainUrl, type HubTarget } from './hub-url';
import type { HubBudget } from './hub-budget';
import type { HubLog } from './hub-log';
import { dialHub, type DialFailure, type ReachedHub } from './trust/dial-hub';
import type { HubTrust } from './trust/hub-trust';
import { watchEnvironment, type EnvironmentSources } from './environment-watch';
import type { AgentTimings } from './timings';

/** A peer that is not the hub is mentioned again after this time. */
const TELL_AGAIN_MS = 10 * 60_000;
const MAX_TOLD = 256;

/** One open WebSocket, from upgrade to close. */
export interface Link {
  /** The address that this link connects to. */
  readonly url: URL;
  /** Identifies the hub: by its key if it has shown one, else by `host:port`. */
  readonly hub: string;
  /** The TLS socket below it; null for a plain connection. */
  readonly tls: TLSSocket | null;
  /**
   * Whether an authority or a fingerprint that the user specified vouches for the other end of the TLS connection. The
   * other end may then be a reverse proxy in front of the hub.
   */
  readonly isVouchedFor: boolean;
  /** Sends text, or drops it when the link is closing. Cuts the link when the hub does not read. */
  send(text: string): void;
  /** Bytes passed to the socket that the network has not taken yet. */
  readonly backlogBytes: number;
  /** Starts the closing handshake. */
  close(code: number, reason: string): void;
  /** Ends a link whose hub asks too much: it gets a short time to close, and the next attempt waits as after a refusal. */
  cut(reason: string): void;
}

export interface ConnectionHandler {
  connecting(): void;
  /** Called when a link opens. The returned handlers receive its messages until `closed`. */
  opened(link: Link): { message(text: string): void; closed(end: LinkEnd): void };
  /** There is no link now; the next attempt starts in `waitMs`. */
  waiting(end: LinkEnd, waitMs: number, hadLink: boolean): void;
  /** Which close code decides the wait after a link that ended with `code`. */
  patience(code: number): number;
}

export interface ConnectionOptions {
  target: HubTarget;
  /** Further addresses at which the same hub may be. They are tried over TLS only, all at the same time. */
  alternatives: readonly HubTarget[];
  /** Others may follow (`lookAt`), so somebody else at `target` is no reason to wait for long. */
  mayMove: boolean;
  /** Decides whether to trust the other end of a TLS connection. */
  trust: HubTrust;
  /** Certificate authorities to trust, PEM; the system's when absent. */
  ca?: string | undefined;
  log: Logger;
  /** For what hubs can cause again and again. */
  hubLog: HubLog;
  budget: Pick<HubBudget, 'message' | 'controlFrame'>;
  userAgent: string;
  timings: AgentTimings;
  clock: Clock;
  random?: (() => number) | undefined;
  environment?: EnvironmentSources | undefined;
}

/**
 * Keeps one WebSocket to the hub: connects, notices when it is dead, waits, and reconnects. It never opens a second
 * socket before the first one is fully closed.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #handler: ConnectionHandler;
  readonly #backOff: BackOff;
  /** Where the hub was last, or where the user said it is. */
  #target: HubTarget;
  #alternatives: readonly HubTarget[];
  /** When something was last said about the peer at an address, so that it is not said at each attempt. */
  readonly #toldAt = new BoundedMap<string, number>(MAX_TOLD);
  #socket: WebSocket | null = null;
  #dialling: AbortController | null = null;
  #unwatch: (() => void) | null = null;
  #cancelRetry: (() => void) | null = null;
  #waitsPatiently = false;
  #stopping = false;
  #heardAt = 0;
  #probeUntil: number | null = null;
  /** Why this end closed a link that the hub did not close. */
  #silence: string | null = null;

  constructor(options: ConnectionOptions, handler: ConnectionHandler) {
    this.#options = options;
    this.#handler = handler;
    this.#target = options.target;
    this.#alternatives = options.alternatives;
    this.#backOff = new BackOff(options.timings, options.random);
  }

  start(): void {
    const { clock, timings, environment } = this.#options;
    if (this.#unwatch) return;
    const stopEnvironment = watchEnvironment(
      clock,
      timings.watchEveryMs,
      () => this.#environmentChanged(),
      environment,
    );
    // If the process could not run for a while, it first reads what arrived meanwhile.
    const stopSilence = clock.every(Math.min(1_000, timings.watchEveryMs), () =>
      setImmediate(() => this.#checkSilence()),
    );
    this.#unwatch = () => {
      stopEnvironment();
      stopSilence();
    };
    this.#connect();
  }

  /**
   * The hub may be at these addresses, says somebody on the network. If there is no connection, they are tried at once,
   * beside the last one that worked and those named before.
   */
  lookAt(targets: readonly HubTarget[]): void {
    if (this.#socket || this.#stopping) return;
    const before = new Set([this.#target, ...this.#alternatives].map(({ url }) => url.href));
    // First those that this agent remembers: nobody can push them out by naming others.
    const others = [...this.#options.alternatives, ...targets, ...this.#alternatives];
    const all = new Map(others.map((one) => [one.url.href, one]));
    all.delete(this.#target.url.href);
    this.#alternatives = [...all.values()].slice(0, AGENT_LIMITS.addresses);
    if (targets.every(({ url }) => before.has(url.href))) return;
    this.#cancelRetry?.();
    // An attempt at the old address may take long to fail, so it is aborted; a new one starts when it has ended.
    if (this.#dialling) this.#dialling.abort();
    else this.#connect();
  }

  /** Closes with 1001 and waits for the answer, for a bounded time. */
  async stop(reason: string): Promise<void> {
    this.#stopping = true;
    this.#unwatch?.();
    this.#unwatch = null;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#dialling?.abort();
    const socket = this.#socket;
    if (!socket) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(this.#options.timings.closeMs, () => socket.terminate());
      socket.once('close', () => {
        cancel();
        resolve();
      });
      if (socket.readyState === WebSocket.OPEN) socket.close(CLOSE.goingAway, reason);
      else if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
    });
  }

  #connect(): void {
    if (this.#stopping || this.#socket || this.#dialling) return;
    this.#cancelRetry = null;
    this.#handler.connecting();
    const { url } = this.#target;
    if (url.protocol === 'wss:') void this.#connectSecurely(url);
    else this.#open(url, null);
  }

  /** Completes TLS handshakes and judges the other ends before a single byte is sent to any of them. */
  async #connectSecurely(url: URL): Promise<void> {
    const { trust, ca, timings, log } = this.#options;
    const dialling = new AbortController();
    this.#dialling = dialling;
    const options = { ca, timeoutMs: timings.handshakeMs, trust, signal: dialling.signal };
    const reached = await dialHub([this.#target, ...this.#alternatives], options);
    this.#dialling = null;
    if (dialling.signal.aborted) {
      if ('socket' in reached) reached.socket.destroy();
      this.#connect();
      return;
    }
    if ('socket' in reached) {
      this.#aimAt(reached.target);
      this.#open(reached.target.url, reached);
      return;
    }
    this.#tellImpostors(reached);
    const failure = reached.find(({ target }) => target === this.#target);
    const code = failure?.fault.code;
    if (code === 'NOT_TLS' && this.#target.isOpenToPlain && !trust.isBound) {
      const plain = plainUrl(url);
      log.warn(`${hostOf(url)} does not support TLS: connecting without encryption to ${plain.href}`);
      this.#open(plain, null);
      return;
    }
    // Somebody who lures the agent to false addresses must gain nothing, not even a delay.
    const isRefusal = failure?.isImpostor === true && !this.#options.mayMove;
    this.#retry({ code: isRefusal ? CLOSE.tlsRefused : CLOSE.abnormal, text: whyFailed(failure) }, 0, false);
  }

  /** The hub is here. The address that is left stays among those to try. */
  #aimAt(target: HubTarget): void {
    if (target === this.#target) return;
    const others = [this.#target, ...this.#alternatives].filter((one) => one !== target);
    this.#alternatives = others.slice(0, AGENT_LIMITS.addresses);
    this.#target = target;
  }

  /** Advice is given only on the address that the user or this agent knows, never on one from the network. */
  #tellImpostors(failures: readonly DialFailure[]): void {
    const { clock, hubLog } = this.#options;
    const now = clock.monotonic();
    for (const { target, fault, isImpostor } of failures) {
      const host = hostOf(target.url);
      if (!isImpostor || now - (this.#toldAt.get(host) ?? -Infinity) < TELL_AGAIN_MS) continue;
      this.#toldAt.set(host, now);
      if (target === this.#target) {
        hubLog.error(`did not connect to ${host}: ${fault.message}`, { code: fault.code });
      } else hubLog.warn(`what answers at ${host} is not the hub, so it was ignored`, { code: fault.code });
    }
  }

  #open(url: URL, secure: Pick<ReachedHub, 'socket' | 'hub'> | null): void {
    const { userAgent, timings, clock, trust, budget } = this.#options;
    const socket = new WebSocket(url, [SUBPROTOCOL], {
      handshakeTimeout: timings.handshakeMs,
      maxPayload: AGENT_LIMITS.messageBytes,
      maxFragments: AGENT_LIMITS.fragments,
      // Each answer takes memory if the other end does not read, so they are counted first.
      autoPong: false,
      perMessageDeflate: false,
      followRedirects: false,
      headers: { 'User-Agent': userAgent },
      ...(secure === null ? {} : { createConnection: () => secure.socket }),
    });
    this.#socket = socket;
    let session: ReturnType<ConnectionHandler['opened']> | null = null;
    let failure: string | null = null;
    let openedAt: number | null = null;
    let isCut = false;
    const heard = () => {
      this.#heardAt = clock.monotonic();
      this.#probeUntil = null;
    };
    const cut = (reason: string) => {
      if (isCut) return;
      isCut = true;
      failure ??= reason;
      socket.close(CLOSE.policy, reason);
      clock.after(timings.closeMs, () => socket.terminate());
    };
    const send = (data: string | Buffer, kind: 'send' | 'pong') => {
      if (socket.readyState !== WebSocket.OPEN) return;
      if (socket.bufferedAmount > AGENT_LIMITS.unsentBytes) cut('it does not read what the agent sends');
      else if (kind === 'send') socket.send(data);
      else socket.pong(data);
    };

    socket.on('error', (error) => {
      failure ??= explainFailure(error, url);
    });
    socket.on('unexpected-response', (_request, response) => {
      void readRefusal(response, clock, timings.closeMs).then((refusal) => {
        failure ??= explainRefusal(refusal, url);
        socket.terminate();
      });
    });
    socket.on('open', () => {
      openedAt = clock.monotonic();
      heard();
      if (secure) trust.opened(secure.hub, hostOf(url));
      session = this.#handler.opened({
        url,
        hub: secure?.hub.keyId ? `key:${secure.hub.keyId}` : hostOf(url),
        tls: secure?.socket ?? null,
        isVouchedFor: secure !== null && trust.isVouchedFor(secure.hub),
        send: (text) => send(text, 'send'),
        get backlogBytes() {
          return socket.bufferedAmount;
        },
        close(code, reason) {
          failure ??= reason;
          socket.close(code, reason);
        },
        cut,
      });
    });
    const onControlFrame = (data: Buffer, isPing: boolean) => {
      if (isCut) return;
      heard();
      if (!budget.controlFrame()) cut('it sends pings without end');
      else if (isPing) send(data, 'pong');
    };
    socket.on('ping', (data) => onControlFrame(data, true));
    socket.on('pong', (data) => onControlFrame(data, false));
    socket.on('message', (data, isBinary) => {
      if (isCut) return;
      heard();
      if (!budget.message(sizeOf(data))) cut('it sends more than an agent takes');
      else if (!isBinary) session?.message(asText(data));
    });
    socket.on('close', (code, reason) => {
      this.#socket = null;
      this.#probeUntil = null;
      const text = failure ?? this.#silence ?? (reason.toString() || describeCloseCode(code));
      this.#silence = null;
      const end: LinkEnd = { code: isCut ? CLOSE.policy : code, text };
      session?.closed(end);
      if (this.#stopping) return;
      this.#retry(end, openedAt === null ? 0 : clock.monotonic() - openedAt, openedAt !== null);
    });
  }

  #retry(end: LinkEnd, uptimeMs: number, hadLink: boolean): void {
    const code = this.#handler.patience(end.code);
    const wait = this.#backOff.next({ ...end, code }, uptimeMs);
    this.#waitsPatiently = wait.patient;
    this.#cancelRetry = this.#options.clock.after(wait.ms, () => this.#connect());
    this.#handler.waiting(end, wait.ms, hadLink);
  }

  #checkSilence(): void {
    const socket = this.#socket;
    if (!socket || socket.readyState !== WebSocket.OPEN) return;
    const now = this.#options.clock.monotonic();
    const silent = now - this.#heardAt >= this.#options.timings.silenceMs;
    const unanswered = this.#probeUntil !== null && now >= this.#probeUntil;
    if (!silent && !unanswered) return;
    this.#silence = unanswered
      ? 'it stopped answering'
      : `it was silent for ${Math.round((now - this.#heardAt) / 1_000)} s`;
    socket.terminate();
  }

  #environmentChanged(): void {
    const { clock, timings } = this.#options;
    // Earlier failures say nothing about the network after the change.
    this.#backOff.reset();
    const socket = this.#socket;
    if (socket?.readyState === WebSocket.OPEN) {
      // The link may be dead or alive; a ping will tell. Data that arrived in the meantime has not been read yet.
      this.#heardAt = clock.monotonic();
      this.#probeUntil = clock.monotonic() + timings.probeMs;
      socket.ping();
    } else if (!socket && this.#cancelRetry && !this.#waitsPatiently) {
      this.#cancelRetry();
      this.#connect();
    }
  }
}

function whyFailed(failure: DialFailure | undefined): string {
  if (!failure) return 'it did not answer';
  const { target, fault, isImpostor, cause } = failure;
  if (isImpostor) return 'its certificate is not trusted';
  if (fault.code === 'NOT_TLS') return 'it does not support TLS, and this agent requires encryption';
  return explainFailure(cause ?? new Error(fault.message), target.url);
}

function sizeOf(data: WebSocket.RawData): number {
  return Array.isArray(data) ? data.reduce((sum, { length }) => sum + length, 0) : data.byteLength;
}

function asText(data: WebSocket.RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
