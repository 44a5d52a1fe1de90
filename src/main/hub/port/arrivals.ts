import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SessionContext } from '../sessions/session-context';
import { AddressCounts } from '../bounds/address-counts';
import { plainAddress } from '../bounds/peer-address';
import { refusedAddress } from '../bounds/refused-client';
import type { TrustedProxies } from '../bounds/trusted-proxies';
import { refuseUpgrade } from './refuse-upgrade';
import { TokenBucket } from '@shared/token-bucket';

/** The most refusals per second that get an answer; beyond it connections are cut without one. */
const ANSWERS_PER_SEC = 100;

/** One connection from accept to a complete request head. */
export interface Arrival {
  readonly address: string;
  /** Whether it is a trusted proxy: then the limits count the client that the head names, not this address. */
  readonly isProxy: boolean;
  /** Monotonic ms. */
  readonly startedAt: number;
  /** The stream it uses now: the TCP socket, later the TLS socket on top of it; null during the TLS handshake. */
  speaker: Duplex | null;
  isTooLate: boolean;
}

/**
 * All connections between accept and a complete request head, with or without TLS. They share one deadline, and the
 * number per address is limited. An HTTP server that is given sockets does not enforce this itself.
 */
export class Arrivals {
  /** The number of unidentified connections per address, both here and after their upgrade. */
  readonly unauthenticated = new AddressCounts();
  readonly #context: SessionContext;
  readonly #proxies: TrustedProxies;
  readonly #waiting = new Map<Socket, Arrival>();
  readonly #tcpSockets = new WeakMap<Duplex, Socket>();
  readonly #open = new Set<Socket>();
  readonly #told = new WeakSet<Duplex>();
  readonly #answers: TokenBucket;

  constructor(context: SessionContext, proxies: TrustedProxies) {
    this.#context = context;
    this.#proxies = proxies;
    this.#answers = new TokenBucket(ANSWERS_PER_SEC, ANSWERS_PER_SEC, context.clock.monotonic());
  }

  /** Admits a connection; null when its address has too many already or is being refused. */
  enter(socket: Socket): Arrival | null {
    socket.on('error', () => socket.destroy());
    socket.setNoDelay(true);
    const address = plainAddress(socket.remoteAddress);
    const isProxy = this.#proxies.has(address);
    if (!isProxy && this.#context.penalties.waitMs(address) > 0) {
      return this.#refuse(socket, address, 'COOLING_OFF', COOLING_OFF);
    }
    if (!isProxy && this.isFull(address)) {
      return this.#refuse(socket, address, 'TOO_MANY_UNAUTHENTICATED', TOO_MANY_UNAUTHENTICATED);
    }
    if (this.#waiting.size >= this.#context.limits.arrivals) this.#makeRoom();
    const startedAt = this.#context.clock.monotonic();
    const arrival: Arrival = { address, isProxy, startedAt, speaker: socket, isTooLate: false };
    this.unauthenticated.add(address);
    this.#waiting.set(socket, arrival);
    this.#open.add(socket);
    socket.once('close', () => {
      this.#leave(socket);
      this.#open.delete(socket);
    });
    return arrival;
  }

  isFull(address: string): boolean {
    return this.unauthenticated.of(address) >= this.#context.limits.unauthenticatedPerAddress;
  }

  /** The TLS handshake is complete: from now on `secure` stands for `socket`. */
  secured(socket: Socket, secure: Duplex): void {
    this.#tcpSockets.set(secure, socket);
    const arrival = this.#waiting.get(socket);
    if (arrival) arrival.speaker = secure;
  }

  /**
   * The request head is complete. Returns when the connection was accepted, monotonic ms; null when this was already
   * reported.
   */
  complete(speaker: Duplex): number | null {
    const socket = this.#tcpSockets.get(speaker) ?? (speaker as Socket);
    return this.#leave(socket)?.startedAt ?? null;
  }

  /** Whether it was already refused as too slow; a later timeout from HTTP is then a repetition. */
  wasTooLate(speaker: Duplex): boolean {
    return this.#told.has(speaker);
  }

  /** Call once a second: cuts connections that take too long. */
  second(monotonic: number): void {
    for (const [socket, arrival] of this.#waiting) {
      if (monotonic - arrival.startedAt < this.#context.limits.upgradeTimeoutMs) continue;
      this.#leave(socket);
      arrival.isTooLate = true;
      // A client that has not finished the TLS handshake cannot get an answer; the TLS door counts it.
      if (!arrival.speaker) {
        socket.destroy();
        continue;
      }
      this.#context.refused.add('UPGRADE_TIMEOUT', refusedAddress(arrival.address));
      this.#told.add(arrival.speaker);
      refuseUpgrade(arrival.speaker, 408, 'UPGRADE_TIMEOUT', 'The request did not arrive in time.');
    }
  }

  destroyAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #refuse(socket: Socket, address: string, code: string, message: string): null {
    this.#context.refused.add(code, refusedAddress(address));
    // An answer costs more than the connection, so a flood is cut off without one.
    if (this.#answers.take(1, this.#context.clock.monotonic())) refuseUpgrade(socket, 429, code, message);
    else socket.resetAndDestroy();
    return null;
  }

  /** Cuts the one that has taken longest: honest clients are done within milliseconds. */
  #makeRoom(): void {
    const [oldest] = this.#waiting.entries();
    if (!oldest) return;
    const [socket, { address, isProxy }] = oldest;
    this.#context.refused.add('TOO_MANY_ARRIVALS', refusedAddress(address));
    if (!isProxy) this.#context.penalties.strike(address);
    this.#leave(socket);
    socket.resetAndDestroy();
  }

  #leave(socket: Socket): Arrival | undefined {
    const arrival = this.#waiting.get(socket);
    if (!arrival) return undefined;
    this.#waiting.delete(socket);
    this.unauthenticated.remove(arrival.address);
    return arrival;
  }
}

export const COOLING_OFF = 'Connections from this address were cut off. Try again later.';

export const TOO_MANY_UNAUTHENTICATED =
  'Too many connections from this address have not identified themselves. Try again later.';
