import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  BasicConstraintsExtension,
  KeyUsagesExtension,
  KeyUsageFlags,
  X509Certificate as Parsed,
} from '@peculiar/x509';
import { silentLogger } from '@shared/logger';
import { CapturingLog } from '../../../../tests/fakes/capturing-log';
import { testCertificate } from '../../../../tests/fakes/certificates';
import { readCertificate, type HubCertificate } from './certificate';
import { makeCertificate, makeKey } from './make-certificate';
import { isDueForRenewal, OwnCertificate } from './own-certificate';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 2, 12, 12);

describe('the stored certificate', () => {
  async function made(): Promise<{
    dir: string;
    keyId: string;
    said: () => string;
    load: () => Promise<string>;
  }> {
    const dir = mkdtempSync(join(tmpdir(), 'wirewatch-certificate-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const log = new CapturingLog();
    const said = (): string => log.lines.map(({ message }) => message).join('\n');
    const load = async (): Promise<string> => {
      const loaded = await new OwnCertificate(dir, log).current(NOW);
      if (!loaded.ok) throw new Error(loaded.error.message);
      return loaded.value.keyId;
    };
    return { dir, keyId: await load(), said, load };
  }

  it('with another key beside it counts the key as damaged, says so, and sets both aside', async () => {
    const { dir, keyId, said, load } = await made();
    const other = makeKey();
    writeFileSync(join(dir, 'tls', 'key.pem'), other);
    const now = await load();
    expect(now).not.toBe(keyId);
    expect(said()).toContain('The key of the certificate is damaged and was set aside as');
    const aside = readdirSync(join(dir, 'tls')).find((name) => name.startsWith('key.pem.damaged'));
    expect(readFileSync(join(dir, 'tls', aside ?? ''), 'utf8')).toBe(other);
    expect(await load()).toBe(now);
  });

  it('that is damaged itself is made again with its key, which agents know', async () => {
    const { dir, keyId, said, load } = await made();
    const file = join(dir, 'tls', 'certificate.pem');
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 200));
    expect(await load()).toBe(keyId);
    expect(said()).toContain('The certificate was set aside as');
    expect(said()).not.toContain('key of the certificate is damaged');
  });
});

describe('the certificate that a hub makes', () => {
  let shown: X509Certificate;
  let parsed: Parsed;

  beforeAll(async () => {
    const names = ['nas', 'nas.local', 'nas', '192.168.1.5', 'fe80::1'];
    const certPem = await makeCertificate({
      keyPem: makeKey(),
      commonName: 'Wirewatch on nas',
      names,
      notBefore: NOW,
      notAfter: NOW + DAY_MS,
    });
    shown = new X509Certificate(certPem);
    parsed = new Parsed(certPem);
  });

  it('is no authority: it can sign for nobody else', () => {
    expect(shown.ca).toBe(false);
    const constraints = parsed.getExtension(BasicConstraintsExtension);
    expect([constraints?.ca, constraints?.critical]).toEqual([false, true]);
    const usages = parsed.getExtension(KeyUsagesExtension);
    expect([usages?.usages, usages?.critical]).toEqual([KeyUsageFlags.digitalSignature, true]);
  });

  it('is for servers and nothing else', () => {
    expect(shown.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  it('has each name and address once, for what it is', () => {
    expect(shown.subjectAltName).toBe(
      'DNS:nas, DNS:nas.local, IP Address:192.168.1.5, IP Address:FE80:0:0:0:0:0:0:1',
    );
    expect(shown.subject).toBe('CN=Wirewatch on nas');
  });

  it('is valid from and to what was asked for, and has a positive serial number', () => {
    expect([Date.parse(shown.validFrom), Date.parse(shown.validTo)]).toEqual([NOW, NOW + DAY_MS]);
    expect(shown.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
  });

  it('is signed by its own key, on P-256', () => {
    expect(shown.verify(shown.publicKey)).toBe(true);
    expect(shown.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  });
});

describe('the certificate that a hub uses', () => {
  const certificateOf = async (own: OwnCertificate, now: number): Promise<HubCertificate> => {
    const made = await own.current(now);
    if (!made.ok) throw new Error(made.error.message);
    return made.value;
  };

  it('is valid for two years, and a day before for clocks that are behind', async () => {
    const { notBefore, notAfter } = await certificateOf(new OwnCertificate(null, silentLogger), NOW);
    expect([NOW - notBefore, notAfter - NOW]).toEqual([DAY_MS, 2 * 365 * DAY_MS]);
  });

  it('is renewed a month before its end, or when it is from the future, with the same key', async () => {
    const own = new OwnCertificate(null, silentLogger);
    const first = await certificateOf(own, NOW);
    const due = first.notAfter - 30 * DAY_MS;
    expect([isDueForRenewal(first, due - 1), isDueForRenewal(first, due)]).toEqual([false, true]);
    expect(isDueForRenewal(first, first.notBefore)).toBe(false);
    expect(isDueForRenewal(first, first.notBefore - 1)).toBe(true);
    expect(await certificateOf(own, due - 1)).toBe(first);
    const second = await certificateOf(own, due);
    expect(second.keyId).toBe(first.keyId);
    expect(second.fingerprint).not.toBe(first.fingerprint);
    expect(second.notAfter).toBe(due + 2 * 365 * DAY_MS);
  });
});

describe('a certificate that is read', () => {
  it('says its fingerprint, its key and its dates', async () => {
    const { certPem, keyPem } = await testCertificate({ notBefore: NOW, notAfter: NOW + DAY_MS });
    const read = readCertificate(certPem, keyPem);
    if (!read.ok) throw new Error(read.error.message);
    const { fingerprint, keyId, notBefore, notAfter } = read.value;
    expect(fingerprint).toBe(new X509Certificate(certPem).fingerprint256);
    expect(keyId).toMatch(/^[\w-]{43}$/);
    expect([notBefore, notAfter]).toEqual([NOW, NOW + DAY_MS]);
  });

  it('has to belong to its key', async () => {
    const { certPem } = await testCertificate();
    expect(readCertificate(certPem, makeKey())).toMatchObject({ error: { code: 'TLS_KEY_MISMATCH' } });
    expect(readCertificate('x', makeKey())).toMatchObject({ error: { code: 'TLS_CERT_UNREADABLE' } });
    expect(readCertificate(certPem, 'x')).toMatchObject({ error: { code: 'TLS_KEY_UNREADABLE' } });
  });
});
