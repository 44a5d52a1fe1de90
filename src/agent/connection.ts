import type { TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import type { Clock } from '@shared/clock';
import { CLOSE, describeCloseCode } from '@shared/protocol/close-codes';
import type { Logger } from '@shared/logger';
import { DEFAULT_LIMITS, SUBPROTOCOL } from '@shared/protocol/limits';
import { BackOff, type LinkEnd } from './back-off';
import { explainFailure, explainRefusal } from './explain-failure';
import { readRefusal } from './read-refusal';
import { hostOf, plainUrl, type HubTarget } from './hub-url';
import { dialTls } from './trust/dial-tls';
import type { HubTrust, TrustedHub } from './trust/hub-trust';
import { watchEnvironment, type EnvironmentSources } from './environment-watch';
import type { AgentTimings } from './timings';

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
  /** Sends text, or drops it when the link is closing. */
  send(text: string): void;
  /** Bytes passed to the socket that the network has not taken yet. */
  readonly backlogBytes: number;
  /** Starts the closing handshake. */
  close(code: number, reason: string): void;
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
  /** Decides whether to trust the other end of a TLS connection. */
  trust: HubTrust;
  /** Certificate authorities to trust, PEM; the system's when absent. */
  ca?: string | undefined;
  log: Logger;
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
  #target: HubTarget;
  /** The target before discovery reported a new address; null once the new one has worked. */
  #formerTarget: HubTarget | null = null;
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

  /** Sets a new address for the hub. If there is no connection, the next attempt goes there at once. */
  moveTo(target: HubTarget): void {
    if (this.#socket || this.#stopping) return;
    if (target.url.href === this.#target.url.href) return;
    this.#formerTarget ??= this.#target;
    this.#aimAt(target);
    this.#backOff.reset();
    this.#cancelRetry?.();
    // An attempt at the old address may take long to fail, so it is aborted; the new address is tried when it has
    // ended.
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

  #aimAt(target: HubTarget): void {
    this.#target = target;
    this.#options.trust.moveTo(hostOf(target.url));
  }

  /**
   * Goes back to the former address, because the hub was not at the announced one. Returns whether there was one to
   * go back to.
   */
  #goBack(): boolean {
    const former = this.#formerTarget;
    this.#formerTarget = null;
    if (former) this.#aimAt(former);
    return former !== null;
  }

  #connect(): void {
    if (this.#stopping || this.#socket || this.#dialling) return;
    this.#cancelRetry = null;
    this.#handler.connecting();
    const { url } = this.#target;
    if (url.protocol === 'wss:') void this.#connectSecurely(url);
    else this.#open(url, null);
  }

  /** Completes the TLS handshake and judges the other end before a single byte is sent to it. */
  async #connectSecurely(url: URL): Promise<void> {
    const { trust, ca, timings, log } = this.#options;
    const dialling = new AbortController();
    this.#dialling = dialling;
    const dialled = await dialTls({ url, ca, timeoutMs: timings.handshakeMs, signal: dialling.signal });
    this.#dialling = null;
    if (dialling.signal.aborted) {
      if (dialled.ok) dialled.value.destroy();
      this.#connect();
      return;
    }
    if (!dialled.ok) {
      const speaksNoTls = dialled.error.code === 'NOT_TLS';
      if (speaksNoTls && this.#target.isOpenToPlain && !trust.isBound) {
        const plain = plainUrl(url);
        log.warn(`${hostOf(url)} does not support TLS: connecting without encryption to ${plain.href}`);
        this.#open(plain, null);
        return;
      }
      const text = speaksNoTls
        ? 'it does not support TLS, and this agent requires encryption'
        : explainFailure(dialled.cause ?? new Error(dialled.error.message), url);
      this.#goBack();
      this.#retry({ code: CLOSE.abnormal, text }, 0, false);
      return;
    }
    const socket = dialled.value;
    const judged = trust.judge(socket);
    if (!judged.ok) {
      socket.destroy();
      log.error(`did not connect to ${hostOf(url)}: ${judged.error.message}`, { code: judged.error.code });
      const text = 'its certificate is not trusted';
      // An attacker who lures the agent to a false address must gain nothing, not even a delay.
      this.#retry({ code: this.#goBack() ? CLOSE.abnormal : CLOSE.tlsRefused, text }, 0, false);
      return;
    }
    this.#open(url, { socket, hub: judged.value });
  }

  #open(url: URL, secure: { socket: TLSSocket; hub: TrustedHub } | null): void {
    const { userAgent, timings, clock, trust } = this.#options;
    const socket = new WebSocket(url, [SUBPROTOCOL], {
      handshakeTimeout: timings.handshakeMs,
      maxPayload: DEFAULT_LIMITS.messageBytes,
      perMessageDeflate: false,
      followRedirects: false,
      headers: { 'User-Agent': userAgent },
      ...(secure === null ? {} : { createConnection: () => secure.socket }),
    });
    this.#socket = socket;
    let session: ReturnType<ConnectionHandler['opened']> | null = null;
    let failure: string | null = null;
    let openedAt: number | null = null;
    const heard = () => {
      this.#heardAt = clock.monotonic();
      this.#probeUntil = null;
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
      if (secure) trust.opened(secure.hub);
      this.#formerTarget = null;
      session = this.#handler.opened({
        url,
        hub: secure?.hub.keyId ? `key:${secure.hub.keyId}` : hostOf(url),
        tls: secure?.socket ?? null,
        isVouchedFor: secure !== null && trust.isVouchedFor(secure.hub),
        send(text) {
          if (socket.readyState === WebSocket.OPEN) socket.send(text);
        },
        get backlogBytes() {
          return socket.bufferedAmount;
        },
        close(code, reason) {
          failure ??= reason;
          socket.close(code, reason);
        },
      });
    });
    socket.on('ping', heard);
    socket.on('pong', heard);
    socket.on('message', (data, isBinary) => {
      heard();
      if (!isBinary) session?.message(asText(data));
    });
    socket.on('close', (code, reason) => {
      this.#socket = null;
      this.#probeUntil = null;
      const text = failure ?? this.#silence ?? (reason.toString() || describeCloseCode(code));
      this.#silence = null;
      const end: LinkEnd = { code, text };
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

function asText(data: WebSocket.RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
