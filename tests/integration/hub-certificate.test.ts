import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '@shared/logger';
import { ManualClock } from '../fakes/manual-clock';
import { SettingsStore } from '../../src/main/hub/settings/settings-store';
import type { CertificateFiles } from '../../src/main/hub/tls/brought-certificate';
import { HubTls } from '../../src/main/hub/tls/hub-tls';
import { testCertificate, writeCertificate } from '../fakes/certificates';
import { eventually } from '../patience';

const DAY_MS = 86_400_000;

describe("the hub's certificate", () => {
  let folder: string;
  let clock: ManualClock;
  const started: HubTls[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wirewatch-'));
    clock = new ManualClock(Date.now());
  });
  afterEach(() => {
    for (const tls of started.splice(0)) tls.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(options: { dataDir?: string | null; files?: CertificateFiles; mode?: 'off' } = {}) {
    const { dataDir = folder, files = null, mode } = options;
    const overrides = mode === undefined ? {} : { tls: mode };
    const settings = new SettingsStore(null, overrides, silentLogger, clock.now());
    const tls = new HubTls({ dataDir, files, settings, clock, log: silentLogger });
    started.push(tls);
    await tls.start();
    return { tls, settings };
  }

  const inFolder = (name: string): string => join(folder, 'tls', name);

  it('is made once, on P-256, for its owner only, and is what openssl makes of it', async () => {
    const { tls } = await start();
    const { fingerprint, problem } = tls.info();
    expect(problem).toBeNull();
    for (const name of ['certificate.pem', 'key.pem']) {
      if (process.platform !== 'win32') expect(statSync(inFolder(name)).mode & 0o777, name).toBe(0o600);
    }
    if (process.platform !== 'win32') expect(statSync(join(folder, 'tls')).mode & 0o777).toBe(0o700);
    const args = ['x509', '-in', inFolder('certificate.pem'), '-noout', '-fingerprint', '-sha256', '-text'];
    const text = execFileSync('openssl', args, { encoding: 'utf8' });
    expect(text).toContain(`Fingerprint=${fingerprint}`);
    expect(text).toMatch(/NIST CURVE: P-256/);
    expect(text).toMatch(/DNS:localhost.*IP Address:127\.0\.0\.1/);
    const again = await start();
    expect(again.tls.info().fingerprint).toBe(fingerprint);
  });

  it('lives in memory where nothing is kept', async () => {
    const { tls } = await start({ dataDir: null });
    expect(tls.info()).toMatchObject({ custom: false, problem: null });
    expect(tls.info().fingerprint).toMatch(/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is renewed a month before its end, while running, with the same key', async () => {
    const { tls } = await start();
    const before = tls.certificate;
    if (!before) throw new Error('no certificate');
    let changes = 0;
    tls.changed.on(() => changes++);
    clock.skip(before.notAfter - clock.now() - 31 * DAY_MS, 0);
    clock.advance(60_000);
    await tls.start();
    expect(tls.certificate).toBe(before);
    clock.skip(2 * DAY_MS, 0);
    clock.advance(60_000);
    await eventually(
      () => changes,
      (count) => count > 0,
    );
    expect(tls.certificate?.fingerprint).not.toBe(before.fingerprint);
    expect(tls.certificate?.keyId).toBe(before.keyId);
    expect(tls.certificate?.notAfter).toBeGreaterThan(before.notAfter);
    expect(readFileSync(inFolder('certificate.pem'), 'utf8')).toBe(tls.certificate?.certPem);
  });

  it('keeps its key when the certificate is lost, and sets damaged files aside', async () => {
    const { tls } = await start();
    const keyId = tls.certificate?.keyId;
    rmSync(inFolder('certificate.pem'));
    expect((await start()).tls.certificate?.keyId).toBe(keyId);
    writeFileSync(inFolder('certificate.pem'), 'not a certificate');
    expect((await start()).tls.certificate?.keyId).toBe(keyId);
    writeFileSync(inFolder('key.pem'), 'not a key');
    const anew = await start();
    expect(anew.tls.info().problem).toBeNull();
    expect(anew.tls.certificate?.keyId).not.toBe(keyId);
    expect(
      readdirSync(join(folder, 'tls')).filter((name) => name.includes('damaged')).length,
    ).toBeGreaterThan(1);
  });

  it('is no certificate at all while TLS is off, and one as soon as it is on', async () => {
    const { tls, settings } = await start({ mode: 'off' });
    expect(tls.info()).toMatchObject({ mode: 'off', fingerprint: null, problem: null });
    expect(readdirSync(folder)).toEqual([]);
    const changed = new Promise<void>((resolve) => tls.changed.on(resolve));
    settings.update({ tls: 'require' });
    await changed;
    expect(tls.info()).toMatchObject({ mode: 'require', problem: null });
    expect(tls.certificate).not.toBeNull();
  });

  describe('when the user brings one', () => {
    it('is read again when its files change, and the old one stays while the new one is no good', async () => {
      const files = writeCertificate(folder, await testCertificate());
      const { tls } = await start({ files });
      const first = tls.info();
      expect(first).toMatchObject({ custom: true, problem: null });
      writeFileSync(files.certFile, 'half a');
      clock.advance(60_000);
      await eventually(
        () => tls.info().problem?.code,
        (code) => code === 'TLS_CERT_UNREADABLE',
      );
      expect(tls.info().fingerprint).toBe(first.fingerprint);
      writeCertificate(folder, await testCertificate());
      clock.advance(60_000);
      await eventually(
        () => tls.info().problem,
        (problem) => problem === null,
      );
      expect(tls.info().fingerprint).not.toBe(first.fingerprint);
    });

    it.each([
      ['there is no such file', 'TLS_CERT_UNREADABLE', (files: CertificateFiles) => rmSync(files.certFile)],
      [
        'it is no PEM',
        'TLS_CERT_UNREADABLE',
        (files: CertificateFiles) => writeFileSync(files.certFile, 'x'),
      ],
      [
        'its key is no PEM',
        'TLS_KEY_UNREADABLE',
        (files: CertificateFiles) => writeFileSync(files.keyFile, 'x'),
      ],
    ])('says so when %s', async (_what, code, spoil) => {
      const files = writeCertificate(folder, await testCertificate());
      spoil(files);
      const { tls } = await start({ files });
      expect(tls.info()).toMatchObject({ fingerprint: null, problem: { code } });
      expect(tls.certificate).toBeNull();
    });

    it('says so when the key is of another certificate', async () => {
      const { certPem } = await testCertificate();
      const { keyPem } = await testCertificate();
      const { tls } = await start({ files: writeCertificate(folder, { certPem, keyPem }) });
      expect(tls.info().problem?.code).toBe('TLS_KEY_MISMATCH');
    });

    it('says so when it has expired or not begun, and goes on with it for those who hold on to it', async () => {
      const past = { notBefore: Date.now() - 20 * DAY_MS, notAfter: Date.now() - DAY_MS };
      const expired = await start({ files: writeCertificate(folder, await testCertificate(past)) });
      expect(expired.tls.info().problem?.code).toBe('TLS_CERT_EXPIRED');
      expect(expired.tls.certificate).not.toBeNull();
      const future = { notBefore: Date.now() + 2 * DAY_MS };
      const early = await start({ files: writeCertificate(folder, await testCertificate(future)) });
      expect(early.tls.info().problem?.code).toBe('TLS_CERT_NOT_YET_VALID');
    });

    it('notices that it expires while running', async () => {
      const soon = { notAfter: Date.now() + DAY_MS };
      const { tls } = await start({ files: writeCertificate(folder, await testCertificate(soon)) });
      expect(tls.info().problem).toBeNull();
      clock.skip(2 * DAY_MS, 0);
      clock.advance(60_000);
      await eventually(
        () => tls.info().problem?.code,
        (code) => code === 'TLS_CERT_EXPIRED',
      );
    });
  });

  it('is a problem in words, and no crash, when its own files cannot be read', async () => {
    await start();
    rmSync(inFolder('key.pem'));
    // A folder in its place is unreadable to root too.
    execFileSync('mkdir', [inFolder('key.pem')]);
    chmodSync(inFolder('key.pem'), 0o700);
    const { tls } = await start();
    expect(tls.info()).toMatchObject({ fingerprint: null, problem: { code: 'TLS_CERT_UNREADABLE' } });
  });
});
