import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { SessionContext } from '../sessions/session-context';
import type { HubTls } from '../tls/hub-tls';
import { AddressBuckets } from '../bounds/address-buckets';
import { crowdKey, isLocalhost } from '../bounds/peer-address';
import { refusedAddress } from '../bounds/refused-client';
import type { Arrival, Arrivals } from './arrivals';

/** A fatal `handshake_failure` alert (RFC 8446 section 6), which every TLS client understands as "no TLS here". */
const ALERT = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]);

/**
 * Only suites that authenticate what they encrypt (AEAD), with a key of their own for each connection. Those of TLS 1.3
 * all do; of TLS 1.2 it is these, for either kind of certificate.
 */
const AEAD_SUITES = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  ...['AES256-GCM-SHA384', 'CHACHA20-POLY1305', 'AES128-GCM-SHA256'].flatMap((suite) => [
    `ECDHE-ECDSA-${suite}`,
    `ECDHE-RSA-${suite}`,
  ]),
].join(':');

const LINGER_MS = 500;

interface Handshake {
  socket: Socket;
  address: string;
  then: (secure: TLSSocket) => void;
}

/**
 * Turns TCP connections that begin with a TLS handshake into TLS connections. A handshake costs the hub more than the
 * client, so there are limits on the handshakes in progress and on those that one address starts per second.
 */
export class TlsDoor {
  readonly #context: SessionContext;
  readonly #tls: HubTls;
  readonly #begun: AddressBuckets;
  /** Handshakes that are not finished, oldest first. */
  readonly #underWay = new Map<string, Handshake>();
  readonly #server: Server;
  readonly #stopFollowing: () => void;

  constructor(context: SessionContext, tls: HubTls, arrivals: Arrivals) {
    this.#context = context;
    this.#tls = tls;
    this.#begun = new AddressBuckets(context.limits.tlsHandshakesPerSec);
    this.#server = createServer({
      minVersion: 'TLSv1.2',
      ciphers: AEAD_SUITES,
      ALPNProtocols: ['http/1.1'],
      // No client needs renegotiation on an open connection, and a peer could use it to cause endless work.
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
      // We enforce the deadline in `Arrivals`; this one is only a safety net.
      handshakeTimeout: context.limits.upgradeTimeoutMs * 2,
    });
    this.#server.on('secureConnection', (secure) => {
      const peer = peerOf(secure);
      const handshake = this.#underWay.get(peer);
      this.#underWay.delete(peer);
      if (!handshake) {
        secure.destroy();
        return;
      }
      arrivals.secured(handshake.socket, secure);
      handshake.then(secure);
    });
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy());
    this.#stopFollowing = tls.changed.on(() => this.#follow());
    this.#follow();
  }

  /** Performs the handshake that `socket` begins and hands over the TLS socket, or refuses it. */
  enter(socket: Socket, arrival: Arrival, then: (secure: TLSSocket) => void): void {
    const { address } = arrival;
    const refusal = this.#refuse(arrival);
    if (refusal !== null) {
      this.#context.refused.add(refusal, refusedAddress(address));
      turnAway(socket);
      return;
    }
    if (this.#underWay.size >= this.#context.limits.tlsHandshakes) this.#makeRoom();
    arrival.speaker = null;
    const peer = peerOf(socket);
    const handshake: Handshake = { socket, address, then };
    this.#underWay.set(peer, handshake);
    socket.once('close', () => {
      if (this.#underWay.get(peer) !== handshake) return;
      this.#underWay.delete(peer);
      const code = arrival.isTooLate ? 'TLS_HANDSHAKE_TIMEOUT' : 'TLS_HANDSHAKE_FAILED';
      this.#context.refused.add(code, refusedAddress(address));
    });
    this.#server.emit('connection', socket);
  }

  dispose(): void {
    this.#stopFollowing();
  }

  #refuse({ address, isProxy }: Arrival): string | null {
    if (this.#tls.mode === 'off') return 'TLS_OFF';
    if (!this.#tls.certificate) return 'TLS_FAILED';
    // Connections from this machine: the built-in agent and the demo. A trusted proxy begins those of all its clients.
    const isOwn = isLocalhost(address);
    if (!isOwn && !isProxy && !this.#begun.take(address, this.#context.clock.monotonic()))
      return 'TLS_RATE_LIMITED';
    return null;
  }

  /**
   * Cuts the oldest handshake of the address with the most in progress, so that a flood hurts its sender and hardly
   * delays others.
   */
  #makeRoom(): void {
    const counts = new Map<string, number>();
    let most = '';
    for (const { address } of this.#underWay.values()) {
      const crowd = crowdKey(address);
      const count = (counts.get(crowd) ?? 0) + 1;
      counts.set(crowd, count);
      if (count > (counts.get(most) ?? 0)) most = crowd;
    }
    for (const [peer, { socket, address }] of this.#underWay) {
      if (crowdKey(address) !== most) continue;
      this.#underWay.delete(peer);
      this.#context.refused.add('TOO_MANY_TLS_HANDSHAKES', refusedAddress(address));
      socket.destroy();
      return;
    }
  }

  #follow(): void {
    const { certificate } = this.#tls;
    if (!certificate) return;
    // Open connections are not affected.
    this.#server.setSecureContext({
      cert: certificate.certPem,
      key: certificate.keyPem,
      minVersion: 'TLSv1.2',
      ciphers: AEAD_SUITES,
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    });
  }
}

/**
 * Tells a client that there is no TLS here and leaves it a moment to read that, because unread bytes would reset the
 * connection first.
 */
function turnAway(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
  socket.once('end', () => socket.destroy());
  socket.resume().end(ALERT);
}

/** Identifies a connection while it is open, whichever of its two sockets is given. */
function peerOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}
