import { readFileSync, statSync } from 'node:fs';
import { fail, type Result } from '@shared/errors';
import { readCertificate, type HubCertificate } from './certificate';

/** The user's PEM files: the certificate with its chain, and its key. */
export interface CertificateFiles {
  certFile: string;
  keyFile: string;
}

/** A certificate that the user provides; reread when one of its files changes. */
export class BroughtCertificate {
  readonly #files: CertificateFiles;
  #seen = '';

  constructor(files: CertificateFiles) {
    this.#files = files;
  }

  /** Whether a file has changed since {@link read}: certificates are renewed by replacing the files. */
  get isChanged(): boolean {
    return this.#stamp() !== this.#seen;
  }

  /** Fails with `TLS_CERT_UNREADABLE`, `TLS_KEY_UNREADABLE`, `TLS_KEY_MISMATCH` or `TLS_CERT_REFUSED`. */
  read(): Result<HubCertificate> {
    const { certFile, keyFile } = this.#files;
    this.#seen = this.#stamp();
    const certPem = readText(certFile);
    if (!certPem.ok) return fail('TLS_CERT_UNREADABLE', certPem.error.message);
    const keyPem = readText(keyFile);
    if (!keyPem.ok) return fail('TLS_KEY_UNREADABLE', keyPem.error.message);
    const read = readCertificate(certPem.value, keyPem.value);
    return read.ok ? read : fail(read.error.code, `${read.error.message} (${certFile}, ${keyFile})`);
  }

  #stamp(): string {
    return [this.#files.certFile, this.#files.keyFile].map(stampOf).join(' ');
  }
}

function stampOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs}/${size}/${ino}`;
  } catch {
    return 'none';
  }
}

function readText(path: string): Result<string> {
  try {
    return { ok: true, value: readFileSync(path, 'utf8') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'permission denied' : String(error);
    return fail('FILE_UNREADABLE', `${path} cannot be read: ${why}.`);
  }
}
