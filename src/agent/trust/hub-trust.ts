import type { TLSSocket } from 'node:tls';
import type { Clock } from '@shared/clock';
import { fail, succeed, type Result } from '@shared/errors';
import type { Logger } from '@shared/logger';
import { keyIdOf, shortFingerprint } from './fingerprint';
import type { KnownHub, KnownHubs } from './known-hubs';

/** What a hub announces about itself on the network. */
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
  /** The announcement of a hub that was found on the network; it is unauthenticated. */
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
 * Decides whether the other end of a TLS connection is the right hub. It checks, in this order: the fingerprint that
 * the user specified; the key that this hub had before, and nothing else; a certificate authority. On the very first
 * connection it trusts any hub, as ssh does.
 */
export class HubTrust {
  readonly #options: HubTrustOptions;
  #host: string;
  /** The key of the hub that this agent started with, wherever it now looks for it. */
  #keyId: string | null = null;

  constructor(options: HubTrustOptions) {
    this.#options = options;
    this.#host = options.host;
  }

  /** Looks for the same hub at another `host:port` from now on. */
  moveTo(host: string): void {
    this.#keyId ??= this.#before?.keyId ?? null;
    this.#host = host;
  }

  /** Whether the hub was met over TLS before or must prove its identity: then plain connections are refused. */
  get isBound(): boolean {
    const { known, fingerprint, hasAuthority } = this.#options;
    return fingerprint !== undefined || hasAuthority === true || known.problem !== null || !!this.#before;
  }

  /** The hub that is expected here, as known from before. */
  get #before(): KnownHub | undefined {
    const { known, found } = this.#options;
    const keyId = this.#keyId ?? found?.keyId ?? null;
    return (keyId === null ? undefined : known.byKey(keyId)) ?? known.byHost(this.#host);
  }

  /** Judges the peer. Fails with `HUB_NOT_TRUSTED` or `HUB_CHANGED`, with advice. */
  judge(socket: TLSSocket): Result<TrustedHub> {
    const { known, fingerprint: expected, hasAuthority } = this.#options;
    const host = this.#host;
    const certificate = socket.getPeerX509Certificate();
    if (!certificate) return fail('HUB_NOT_TRUSTED', 'it has no certificate');
    const shown: TrustedHub = { keyId: keyIdOf(certificate), fingerprint: certificate.fingerprint256 };
    const before = this.#before;

    if (expected !== undefined) {
      // A renewed certificate is accepted if the same key had the expected fingerprint before.
      const isRenewal = before?.keyId === shown.keyId && before.fingerprints.includes(expected);
      if (shown.fingerprint === expected || isRenewal) return succeed(shown);
      return fail(
        'HUB_NOT_TRUSTED',
        `its certificate has the fingerprint ${shown.fingerprint}, not the one given with --fingerprint`,
      );
    }
    if (hasAuthority) {
      if (socket.authorized) return succeed({ ...shown, keyId: null });
      return fail('HUB_NOT_TRUSTED', `its certificate is not trusted by --ca: ${whyNot(socket)}`);
    }
    if (before) {
      if (before.keyId === shown.keyId) return succeed(shown);
      if (before.keyId === null && socket.authorized) return succeed({ ...shown, keyId: null });
      return fail(
        'HUB_CHANGED',
        changed(host, shown.fingerprint, before.fingerprints[0] ?? '', whyNot(socket)),
      );
    }
    if (socket.authorized) return succeed({ ...shown, keyId: null });
    if (known.byKey(shown.keyId ?? '')) return succeed(shown);
    if (known.problem !== null) return fail('HUB_NOT_TRUSTED', known.problem);
    return succeed(shown);
  }

  /** Whether an authority or the user's fingerprint vouches for an accepted hub, not only the first meeting. */
  isVouchedFor({ keyId }: TrustedHub): boolean {
    return keyId === null || this.#options.fingerprint !== undefined;
  }

  /** The peer turned out to be a hub: from now on only this one is accepted here. */
  opened({ keyId, fingerprint }: TrustedHub): void {
    const { known, found, clock, log } = this.#options;
    const host = this.#host;
    const isNew = this.#isFirstUse(keyId);
    known.met(
      { keyId, host, fingerprint, name: found?.name ?? null, found: found !== undefined },
      clock.now(),
    );
    if (!isNew) return;
    log.warn(
      `first connection to the hub ${host}: trusting its certificate ${fingerprint} from now on. Compare it with the fingerprint in the app under Settings`,
    );
    if (found?.fingerprint && found.fingerprint !== fingerprint) {
      log.warn(
        `the announcement of ${host} on the network names a different certificate, ${shortFingerprint(found.fingerprint)}: somebody may be intercepting the connection`,
      );
    }
  }

  #isFirstUse(keyId: string | null): boolean {
    const { known, fingerprint } = this.#options;
    return keyId !== null && fingerprint === undefined && known.byKey(keyId) === undefined;
  }
}

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
