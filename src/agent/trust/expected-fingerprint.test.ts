import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '@shared/logger';
import { testCertificate } from '../../../tests/fakes/certificates';
import { ManualClock } from '../../../tests/fakes/manual-clock';
import { keyIdOf, parseFingerprint } from './fingerprint';
import { HubTrust, type HubTrustOptions } from './hub-trust';
import { KnownHubs } from './known-hubs';

const HOST = '192.168.1.5:7411';

/** A hub's key, the certificate that it was met with, and the one that it shows now. */
interface Hub {
  before: X509Certificate;
  now: X509Certificate;
}

async function createTestHub(): Promise<Hub> {
  const before = await testCertificate();
  const now = await testCertificate({ keyPem: before.keyPem });
  return { before: new X509Certificate(before.certPem), now: new X509Certificate(now.certPem) };
}

const shows = (certificate: X509Certificate, authorized = false): TLSSocket =>
  ({
    getPeerX509Certificate: () => certificate,
    authorized,
    authorizationError: authorized ? undefined : new Error('DEPTH_ZERO_SELF_SIGNED_CERT'),
  }) as unknown as TLSSocket;

describe('the hub at the other end', () => {
  let hub: Hub;
  let stranger: Hub;
  let known: KnownHubs;

  beforeAll(async () => {
    [hub, stranger] = await Promise.all([createTestHub(), createTestHub()]);
  });
  beforeEach(() => {
    known = new KnownHubs(null, silentLogger);
  });

  const met = ({ before }: Hub, host = HOST): void =>
    known.met(
      { keyId: keyIdOf(before), host, fingerprint: before.fingerprint256, name: null, found: false },
      1,
    );
  const judge = (
    certificate: X509Certificate,
    options: Partial<HubTrustOptions> = {},
    authorized = false,
  ): string => {
    const trust = new HubTrust({
      known,
      host: HOST,
      clock: new ManualClock(),
      log: silentLogger,
      ...options,
    });
    const judged = trust.judge(shows(certificate, authorized), HOST);
    return judged.ok ? 'accepted' : judged.error.code;
  };

  it('with --fingerprint, has to show that certificate', () => {
    const fingerprint = hub.now.fingerprint256;
    expect(judge(hub.now, { fingerprint })).toBe('accepted');
    expect(judge(stranger.now, { fingerprint })).toBe('HUB_NOT_TRUSTED');
    expect(judge(hub.before, { fingerprint })).toBe('HUB_NOT_TRUSTED');
    expect(judge(stranger.now, { fingerprint }, true)).toBe('HUB_NOT_TRUSTED');
  });

  it('with --fingerprint, may have renewed it since it was met with it', () => {
    met(hub);
    expect(judge(hub.now, { fingerprint: hub.before.fingerprint256 })).toBe('accepted');
  });

  it('with --fingerprint, is not another one that is known', () => {
    met(hub);
    const fingerprint = stranger.before.fingerprint256;
    expect(judge(hub.now, { fingerprint })).toBe('HUB_NOT_TRUSTED');
    expect(judge(hub.before, { fingerprint })).toBe('HUB_NOT_TRUSTED');
    met(stranger, '192.168.1.6:7411');
    expect(judge(hub.now, { fingerprint })).toBe('HUB_NOT_TRUSTED');
  });

  it('is any at the first meeting, and then only the one that was met', () => {
    expect(judge(hub.now)).toBe('accepted');
    met(hub);
    expect(judge(hub.now)).toBe('accepted');
    expect(judge(stranger.now)).toBe('HUB_CHANGED');
    expect(judge(stranger.now, {}, true)).toBe('HUB_CHANGED');
  });

  it('with --ca, is one that the authority vouches for', () => {
    expect(judge(hub.now, { hasAuthority: true })).toBe('HUB_NOT_TRUSTED');
    met(hub);
    expect(judge(hub.now, { hasAuthority: true })).toBe('HUB_NOT_TRUSTED');
    expect(judge(stranger.now, { hasAuthority: true }, true)).toBe('accepted');
  });

  it('is bound to TLS once it was met, or has to prove who it is', () => {
    const isBound = (options: Partial<HubTrustOptions> = {}): boolean =>
      new HubTrust({ known, host: HOST, clock: new ManualClock(), log: silentLogger, ...options }).isBound;
    expect(isBound()).toBe(false);
    expect(isBound({ fingerprint: hub.now.fingerprint256 })).toBe(true);
    expect(isBound({ hasAuthority: true })).toBe(true);
    met(hub, '192.168.1.6:7411');
    expect(isBound()).toBe(false);
    met(hub);
    expect(isBound()).toBe(true);
  });
});

it('a fingerprint is taken as people paste it, and only in full', () => {
  const digits = '0123456789abcdef'.repeat(4);
  const colons = (digits.toUpperCase().match(/../g) ?? []).join(':');
  for (const text of [digits, colons, ` sha256 ${colons}\n`, `SHA-256=${colons}`]) {
    expect(parseFingerprint(text)).toBe(colons);
  }
  for (const text of ['', digits.slice(1), `${digits}0`, digits.replace('a', 'g')]) {
    expect(parseFingerprint(text)).toBeNull();
  }
});
