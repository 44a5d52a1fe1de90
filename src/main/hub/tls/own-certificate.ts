import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fail, succeed, toFault, type Result } from '@shared/errors';
import { logFault, type Logger } from '@shared/logger';
import { setFileAside } from '../../../files/json-file';
import { makeFolders } from '../../../files/make-folders';
import { replaceFile } from '../../../files/replace-file';
import { readCertificate, type HubCertificate } from './certificate';
import { makeCertificate, makeKey } from './make-certificate';
import { ownNames } from './own-names';

const DAY_MS = 86_400_000;
const LIFETIME_MS = 2 * 365 * DAY_MS;
const RENEW_BEFORE_MS = 30 * DAY_MS;
/** The clocks of other machines may be slightly behind. */
const BACKDATE_MS = DAY_MS;

/** Whether our certificate must be renewed, keeping its key. */
export function isDueForRenewal({ notBefore, notAfter }: HubCertificate, now: number): boolean {
  // A certificate from the future means that the clock was wrong when it was created.
  return now >= notAfter - RENEW_BEFORE_MS || now < notBefore;
}

/**
 * The hub's own certificate. It is created at the first start and stored in `tls/` in the data folder (0600), or
 * without a data folder only for this run. It is renewed in time with the same key, which agents pin. A damaged file
 * is set aside. Fails with `TLS_CERT_UNREADABLE` when the files exist and cannot be read, and with `TLS_FAILED` when
 * no certificate can be created.
 */
export class OwnCertificate {
  readonly #folder: string | null;
  readonly #log: Logger;
  #kept: HubCertificate | null = null;

  constructor(dataDir: string | null, log: Logger) {
    this.#folder = dataDir === null ? null : join(dataDir, 'tls');
    this.#log = log;
  }

  /** The certificate to use now: the stored one, or a new one if there is none or it is due for renewal. */
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
      return fail('TLS_FAILED', `No certificate could be created: ${toFault(error).message}.`);
    }
  }

  #load(now: number): HubCertificate | null {
    if (this.#folder === null) return null;
    const certPem = readIfThere(this.#certFile(this.#folder));
    const keyPem = readIfThere(this.#keyFile(this.#folder));
    if (certPem === null || keyPem === null) return null;
    const read = readCertificate(certPem, keyPem);
    if (read.ok) return read.value;
    if (read.error.code === 'TLS_KEY_MISMATCH' && isWhole(certPem)) this.#setKeyAside(this.#folder, now);
    const aside = setFileAside(this.#certFile(this.#folder), now);
    this.#log.error(`${read.error.message} The certificate was set aside as ${aside}.`, {
      code: read.error.code,
    });
    return null;
  }

  /** Agents still know this hub by its key, even if the certificate is lost. */
  #loadKey(now: number): string | null {
    if (this.#folder === null) return null;
    const file = this.#keyFile(this.#folder);
    const keyPem = readIfThere(file);
    if (keyPem === null) return null;
    try {
      const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(keyPem);
      if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1') return keyPem;
    } catch {
      // Reported below.
    }
    this.#setKeyAside(this.#folder, now);
    return null;
  }

  #setKeyAside(folder: string, now: number): void {
    const aside = setFileAside(this.#keyFile(folder), now);
    this.#log.error(
      `The key of the certificate is damaged and was set aside as ${aside}. The hub makes a new one, by which agents do not recognise it: put key.pem back from a backup, or start each agent with the new fingerprint (--fingerprint).`,
    );
  }

  #keep(certPem: string, keyPem: string): void {
    if (this.#folder === null) return;
    try {
      makeFolders(this.#folder);
      // The key is written first: a key without a certificate can get a new one, but a certificate without its key is
      // useless.
      replaceFile(this.#keyFile(this.#folder), keyPem);
      replaceFile(this.#certFile(this.#folder), certPem);
    } catch (error) {
      this.#log.error(
        `The certificate cannot be saved (${toFault(error).message}). Agents will not recognise this hub after a restart.`,
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

/** Whether a certificate of ours is as it was made: it is signed with its own key. */
function isWhole(certPem: string): boolean {
  try {
    const certificate = new X509Certificate(certPem);
    return certificate.verify(certificate.publicKey);
  } catch {
    return false;
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
