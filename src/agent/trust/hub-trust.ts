import type { TLSSocket } from 'node:tls';
import type { Clock } from '@shared/clock';
import { fail, succeed, type Result } from '@shared/errors';
import type { Logger } from '@shared/logger';
import { keyIdOf, shortFingerprint } from './fingerprint';
import type { KnownHub, KnownHubs } from './known-hubs';

/** What a hub announces about itself on the network. It proves nothing. */
export interface FoundHub {
  name: string;
  keyId: string | null;
  fingerprint: string | null;
}

export interface HubTrustOptions {
  known: KnownHubs;
  /** `host:port`, as the user gave it or as the hub was found. */
  host: string;
  /** The certificate fingerprint that the user specified, `AB:CD:…`. */
  fingerprint?: string | undefined;
  /** Whether only a certificate authority that the user named is trusted. */
  hasAuthority?: boolean | undefined;
  /** The announcement of a hub that was found on the network; only a hub with the announced key is accepted. */
  found?: FoundHub | undefined;
  clock: Clock;
  log: Logger;
}

/** A hub whose certificate was accepted. */
export interface TrustedHub {
  /** The key that identifies it, or null if a certificate authority does. */
  keyId: string | null;
  fingerprint: string;
}

/**
 * Decides whether the other end of a TLS connection is the right hub, before anything is sent to it. It checks, in this
 * order: the fingerprint that the user specified; the authority that the user specified; the key that this hub had before,
 * and nothing else; a certificate authority. Where the hub was found on the network, key and certificate must be the announced ones. On the very first connection it trusts any hub, as ssh does.
 */
export class HubTrust {
  readonly #options: HubTrustOptions;

  constructor(options: HubTrustOptions) {
    this.#options = options;
  }

  /** Whether the hub was met over TLS before or must prove its identity: then plain connections are refused. */
  get isBound(): boolean {
    const { known, host, fingerprint, hasAuthority } = this.#options;
    return (
      fingerprint !== undefined || hasAuthority === true || known.problem !== null || !!this.#before(host)
    );
  }

  /** The hub that is expected at `host`, as known from before: the same as at the first address, if that is known. */
  #before(host: string): KnownHub | undefined {
    const { known, found } = this.#options;
    const keyId = found?.keyId ?? known.byHost(this.#options.host)?.keyId ?? null;
    return (keyId === null ? undefined : known.byKey(keyId)) ?? known.byHost(host);
  }

  /** Judges the peer at `host`. Fails with `HUB_NOT_TRUSTED` or `HUB_CHANGED`, with advice. */
  judge(socket: TLSSocket, host: string): Result<TrustedHub> {
    const { known, fingerprint: expected, hasAuthority, found } = this.#options;
    const certificate = socket.getPeerX509Certificate();
    if (!certificate) return fail('HUB_NOT_TRUSTED', 'it has no certificate');
    const keyId = keyIdOf(certificate);
    const shown = { keyId, fingerprint: certificate.fingerprint256 };
    const before = this.#before(host);

    if (expected !== undefined) {
      // A renewed certificate is accepted if the same key had the expected fingerprint before.
      const isRenewal = before?.keyId === keyId && before.fingerprints.includes(expected);
      if (shown.fingerprint === expected || isRenewal) return succeed(shown);
      return fail(
        'HUB_NOT_TRUSTED',
        `its certificate has the fingerprint ${shown.fingerprint}, not the one given with --fingerprint`,
      );
    }
    // The user may have chosen the hub by the announced fingerprint. A known key may have a new certificate.
    const isAnnounced =
      (found?.keyId ?? keyId) === keyId &&
      (before !== undefined || (found?.fingerprint ?? shown.fingerprint) === shown.fingerprint);
    if (hasAuthority) {
      if (!socket.authorized) {
        return fail('HUB_NOT_TRUSTED', `its certificate is not trusted by --ca: ${whyNot(socket)}`);
      }
      return isAnnounced ? succeed({ ...shown, keyId: null }) : fail('HUB_NOT_TRUSTED', NOT_ANNOUNCED);
    }
    if (before && before.keyId !== keyId && !(before.keyId === null && socket.authorized)) {
      const known = before.hosts.includes(host) ? host : (before.hosts[0] ?? host);
      return fail(
        'HUB_CHANGED',
        changed(known, shown.fingerprint, before.fingerprints[0] ?? '', whyNot(socket)),
      );
    }
    if (!isAnnounced) return fail('HUB_NOT_TRUSTED', NOT_ANNOUNCED);
    if (before) return succeed(before.keyId === null ? { ...shown, keyId: null } : shown);
    if (socket.authorized) return succeed({ ...shown, keyId: null });
    if (known.byKey(keyId)) return succeed(shown);
    if (known.problem !== null) return fail('HUB_NOT_TRUSTED', known.problem);
    return succeed(shown);
  }

  /** Whether an authority or the user's fingerprint vouches for an accepted hub, not only the first meeting. */
  isVouchedFor({ keyId }: TrustedHub): boolean {
    return keyId === null || this.#options.fingerprint !== undefined;
  }

  /** The peer at `host` turned out to be a hub: from now on only this one is accepted there. */
  opened({ keyId, fingerprint }: TrustedHub, host: string): void {
    const { known, found, clock, log } = this.#options;
    const isNew = this.#isFirstUse(keyId);
    const before = keyId === null ? undefined : known.byKey(keyId);
    if (before && !before.hosts.includes(host)) {
      log.info(
        `what answers at ${host} is the hub ${before.name ?? before.hosts[0] ?? ''}, met before elsewhere`,
      );
    }
    known.met(
      { keyId, host, fingerprint, name: found?.name ?? null, found: found !== undefined },
      clock.now(),
    );
    if (!isNew) return;
    log.warn(
      `first connection to the hub ${host}: trusting its certificate ${fingerprint} from now on. Compare it with the fingerprint in the app under Settings`,
    );
  }

  #isFirstUse(keyId: string | null): boolean {
    const { known, fingerprint } = this.#options;
    return keyId !== null && fingerprint === undefined && known.byKey(keyId) === undefined;
  }
}

const NOT_ANNOUNCED =
  'it does not have the key and the certificate that were announced for it on the network, so somebody may be pretending to be a hub';

function changed(host: string, shown: string, before: string, why: string): string {
  return (
    `its certificate has changed (${shortFingerprint(shown)} instead of ${shortFingerprint(before)}; ${why}). ` +
    `Either the hub was reinstalled or somebody is intercepting the connection. If you know that it was reinstalled: wirewatch agent --forget-hub ${host}`
  );
}

function whyNot({ authorized, authorizationError }: TLSSocket): string {
  if (authorized) return 'signed by a trusted authority';
  return String(authorizationError instanceof Error ? authorizationError.message : authorizationError)
    .toLowerCase()
    .replaceAll('_', ' ');
}
