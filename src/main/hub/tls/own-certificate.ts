import { createPrivateKey } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fail, succeed, toFault, type Result } from '@shared/errors';
import { logFault, type Logger } from '@shared/logger';
import { setFileAside } from '../../../files/json-file';
import { makeFolders } from '../../../files/make-folders';
import { readCertificate, type HubCertificate } from './certificate';
import { makeCertificate, makeKey } from './make-certificate';
import { ownNames } from './own-names';

const DAY_MS = 86_400_000;
const LIFETIME_MS = 2 * 365 * DAY_MS;
const RENEW_BEFORE_MS = 30 * DAY_MS;
/** Clocks of others may be a little behind. */
const BACKDATE_MS = DAY_MS;

/** Whether a certificate of ours has to be made anew, keeping its key. */
export function isDueForRenewal({ notBefore, notAfter }: HubCertificate, now: number): boolean {
  // A certificate from the future means that the clock was wrong when it was made.
  return now >= notAfter - RENEW_BEFORE_MS || now < notBefore;
}

/**
 * The hub's own certificate: made at the first start, kept in `tls/` of the data folder (0600) or, without one, for
 * this run, and renewed in time with the same key, which is what agents hold on to. A damaged file is set aside. Fails
 * with `TLS_CERT_UNREADABLE` when the files are there and cannot be read, `TLS_FAILED` when none can be made.
 */
export class OwnCertificate {
  readonly #folder: string | null;
  readonly #log: Logger;
  #kept: HubCertificate | null = null;

  constructor(dataDir: string | null, log: Logger) {
    this.#folder = dataDir === null ? null : join(dataDir, 'tls');
    this.#log = log;
  }

  /** The certificate to show now: the kept one, or a new one when there is none or it is due. */
  async current(now: number): Promise<Result<HubCertificate>> {
    try {
      this.#kept ??= this.#load(now);
    } catch (error) {
      return fail('TLS_CERT_UNREADABLE', `The certificate cannot be read: ${toFault(error).message}.`);
    }
    if (this.#kept && !isDueForRenewal(this.#kept, now)) return succeed(this.#kept);
    try {
      const keyPem = this.#kept?.keyPem ?? this.#loadKey(now) ?? makeKey();
      const certPem = await makeCertificate({
        keyPem,
        commonName: `Wirewatch on ${hostname()}`,
        names: ownNames(),
        notBefore: now - BACKDATE_MS,
        notAfter: now + LIFETIME_MS,
      });
      const made = readCertificate(certPem, keyPem);
      if (!made.ok) return made;
      this.#keep(certPem, keyPem);
      this.#kept = made.value;
      return made;
    } catch (error) {
      logFault(this.#log, 'TLS_FAILED', 'No certificate could be made.', error);
      return fail('TLS_FAILED', `No certificate could be made: ${toFault(error).message}.`);
    }
  }

  #load(now: number): HubCertificate | null {
    if (this.#folder === null) return null;
    const certPem = readIfThere(this.#certFile(this.#folder));
    const keyPem = readIfThere(this.#keyFile(this.#folder));
    if (certPem === null || keyPem === null) return null;
    const read = readCertificate(certPem, keyPem);
    if (read.ok) return read.value;
    const aside = setFileAside(this.#certFile(this.#folder), now);
    this.#log.error(`${read.error.message} It is set aside as ${aside}.`, { code: read.error.code });
    return null;
  }

  /** A key whose certificate is lost is still what agents know this hub by. */
  #loadKey(now: number): string | null {
    if (this.#folder === null) return null;
    const file = this.#keyFile(this.#folder);
    const keyPem = readIfThere(file);
    if (keyPem === null) return null;
    try {
      const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(keyPem);
      if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1') return keyPem;
    } catch {
      // Told below.
    }
    const aside = setFileAside(file, now);
    this.#log.error(
      `The key of the certificate is damaged and set aside as ${aside}; agents will not know this hub.`,
    );
    return null;
  }

  #keep(certPem: string, keyPem: string): void {
    if (this.#folder === null) return;
    try {
      makeFolders(this.#folder);
      // The key first: one without a certificate gets another, the reverse is of no use.
      replaceFile(this.#keyFile(this.#folder), keyPem);
      replaceFile(this.#certFile(this.#folder), certPem);
    } catch (error) {
      this.#log.error(
        `The certificate cannot be kept (${toFault(error).message}): agents will not know this hub again after a restart.`,
      );
    }
  }

  #certFile(folder: string): string {
    return join(folder, 'certificate.pem');
  }

  #keyFile(folder: string): string {
    return join(folder, 'key.pem');
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function replaceFile(path: string, text: string): void {
  const draft = `${path}.new`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}
