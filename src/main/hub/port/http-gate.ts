import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { SessionContext } from '../sessions/session-context';
import { AddressBuckets } from '../bounds/address-buckets';
import { AddressCounts } from '../bounds/address-counts';
import { crowdKey, limitKey } from '../bounds/peer-address';
import { clientOf } from './client';

/** Why a request is not served now. */
export interface GateRefusal {
  status: 429 | 503;
  code: string;
  message: string;
}

/**
 * Limits on plain HTTP: requests per second and in progress for one address, and requests in progress in total. While
 * many requests are in progress, or an address has many connections, connections are not kept open for further
 * requests.
 */
export class HttpGate {
  readonly #context: SessionContext;
  readonly #rates: AddressBuckets;
  readonly #underWay = new AddressCounts();
  readonly #connections = new AddressCounts();
  readonly #known = new WeakSet<Socket>();
  #total = 0;

  constructor(context: SessionContext) {
    this.#context = context;
    this.#rates = new AddressBuckets(context.limits.requestsPerSec);
  }

  /** Admits a request and follows it until it is answered; returns the refusal otherwise. */
  enter(request: IncomingMessage, response: ServerResponse): GateRefusal | null {
    const { requests, requestsPerAddress } = this.#context.limits;
    const address = whoAsks(request);
    if (!this.#rates.take(address, this.#context.clock.monotonic())) return TOO_MANY_REQUESTS;
    if (this.#total >= requests || this.#underWay.of(address) >= requestsPerAddress) return TOO_BUSY;
    this.#total++;
    this.#underWay.add(address);
    // The connections of a proxy are its own, and it needs them all.
    if (clientOf(request).proxy === null) this.#follow(request.socket, address);
    const isCrowd = this.#connections.of(address) > requestsPerAddress;
    if (isCrowd || this.#total > requests / 2) response.setHeader('Connection', 'close');
    response.once('close', () => {
      this.#total--;
      this.#underWay.remove(address);
    });
    return null;
  }

  /** Counts a connection of an address while it is open. */
  #follow(socket: Socket, address: string): void {
    if (this.#known.has(socket)) return;
    this.#known.add(socket);
    this.#connections.add(address);
    socket.once('close', () => this.#connections.remove(address));
  }
}

/**
 * The key to count a request under: its address. Requests that pages from other sites make a browser send are counted
 * separately, so that they lock out only themselves.
 */
function whoAsks(request: IncomingMessage): string {
  const { address } = clientOf(request);
  const site = request.headers['sec-fetch-site'];
  const isOwn = site === undefined || site === 'same-origin' || site === 'none';
  return isOwn ? limitKey(address) : `${crowdKey(address)} elsewhere`;
}

const TOO_MANY_REQUESTS: GateRefusal = {
  status: 429,
  code: 'TOO_MANY_REQUESTS',
  message: 'Too many requests per second came from this address.',
};
const TOO_BUSY: GateRefusal = {
  status: 503,
  code: 'TOO_BUSY',
  message: 'The hub is busy with too many requests. Try again later.',
};
