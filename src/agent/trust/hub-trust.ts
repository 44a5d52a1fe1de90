import type { TLSSocket } from 'node:tls';
import type { Clock } from '@shared/clock';
import { fail, succeed, type Result } from '@shared/errors';
import type { Logger } from '@shared/logger';
import { keyIdOf, shortFingerprint } from './fingerprint';
import type { KnownHub, KnownHubs } from './known-hubs';

/** What a hub says of itself on the network. */
export interface FoundHub {
  name: string;
  keyId: string | null;
  fingerprint: string | null;
}

export interface HubTrustOptions {
  known: KnownHubs;
  /** `host:port`, as the user gave it or as the hub was found. */
  host: string;
  /** The certificate that the user told to expect, `AB:CD:…`. */
  fingerprint?: string | undefined;
  /** Whether only a certificate authority that the user named may vouch for the hub. */
  hasAuthority?: boolean | undefined;
  /** For a hub that was found on the network: what it said of itself there, which anybody can say. */
  found?: FoundHub | undefined;
  clock: Clock;
  log: Logger;
}

/** A hub whose certificate was accepted. */
export interface TrustedHub {
  /** What its identity rests on: its key, or null where an authority vouches for any. */
  keyId: string | null;
  fingerprint: string;
}

/**
 * Decides whether the other end of a TLS connection is the hub. In this order: the fingerprint that the user gave; the
 * key that this hub had before, nothing else; an authority; and, the first time only, whoever it is (as ssh does).
 */
export class HubTrust {
  readonly #options: HubTrustOptions;
  #host: string;
  /** The key of the hub that was looked for first, wherever it is looked for now. */
  #keyId: string | null = null;

  constructor(options: HubTrustOptions) {
    this.#options = options;
    this.#host = options.host;
  }

  /** The hub is looked for at another `host:port` from now on; who it has to be stays. */
  moveTo(host: string): void {
    this.#keyId ??= this.#before?.keyId ?? null;
    this.#host = host;
  }

  /** Whether the hub was met over TLS before or has to show something: then nothing less will do. */
  get isBound(): boolean {
    const { known, fingerprint, hasAuthority } = this.#options;
    return fingerprint !== undefined || hasAuthority === true || known.problem !== null || !!this.#before;
  }

  /** The hub that has to be here, as it was met before. */
  get #before(): KnownHub | undefined {
    const { known, found } = this.#options;
    const keyId = this.#keyId ?? found?.keyId ?? null;
    return (keyId === null ? undefined : known.byKey(keyId)) ?? known.byHost(this.#host);
  }

  /** Fails with `HUB_NOT_TRUSTED` or `HUB_CHANGED`, with what to do about it. */
  judge(socket: TLSSocket): Result<TrustedHub> {
    const { known, fingerprint: expected, hasAuthority } = this.#options;
    const host = this.#host;
    const certificate = socket.getPeerX509Certificate();
    if (!certificate) return fail('HUB_NOT_TRUSTED', 'it shows no certificate');
    const shown: TrustedHub = { keyId: keyIdOf(certificate), fingerprint: certificate.fingerprint256 };
    const before = this.#before;

    if (expected !== undefined) {
      // A renewed certificate is as good when this key showed the expected one earlier.
      const isRenewal = before?.keyId === shown.keyId && before.fingerprints.includes(expected);
      if (shown.fingerprint === expected || isRenewal) return succeed(shown);
      return fail(
        'HUB_NOT_TRUSTED',
        `its certificate is ${shown.fingerprint} and not the one of --fingerprint`,
      );
    }
    if (hasAuthority) {
      if (socket.authorized) return succeed({ ...shown, keyId: null });
      return fail('HUB_NOT_TRUSTED', `its certificate does not pass with --ca: ${whyNot(socket)}`);
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

  /** It turned out to be a hub: from now on only this one will do here. */
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
      `first time at the hub ${host}: trusting its certificate ${fingerprint} from now on. Compare it with the one in the app under Settings`,
    );
    if (found?.fingerprint && found.fingerprint !== fingerprint) {
      log.warn(
        `the announcement of ${host} on the network names another certificate, ${shortFingerprint(found.fingerprint)}: somebody may be in between`,
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
    `it shows another certificate than before (${shortFingerprint(shown)} instead of ${shortFingerprint(before)}; ${why}). ` +
    `Either the hub was set up anew or somebody is in between. If you know that it was set up anew: wirewatch agent --forget-hub ${host}`
  );
}

function whyNot({ authorized, authorizationError }: TLSSocket): string {
  if (authorized) return 'an authority vouches for it';
  return String(authorizationError instanceof Error ? authorizationError.message : authorizationError)
    .toLowerCase()
    .replaceAll('_', ' ');
}
