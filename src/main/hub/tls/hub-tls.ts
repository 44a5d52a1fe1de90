import type { Clock } from '@shared/clock';
import { DisposableStore, type Disposable } from '@shared/disposable';
import { Emitter } from '@shared/emitter';
import type { Fault } from '@shared/errors';
import { listenerFaults, logFault, type Logger } from '@shared/logger';
import type { Settings, TlsInfo } from '@shared/model';
import type { SettingsStore } from '../settings/settings-store';
import { BroughtCertificate, type CertificateFiles } from './brought-certificate';
import type { HubCertificate } from './certificate';
import { OwnCertificate } from './own-certificate';

/** How often expiry and the files of the user's certificate are checked. */
const CHECK_EVERY_MS = 30_000;

export interface HubTlsOptions {
  dataDir: string | null;
  /** The user's own certificate; without it the hub creates one. */
  files: CertificateFiles | null;
  settings: SettingsStore;
  clock: Clock;
  log: Logger;
}

/**
 * Manages whether the port uses TLS, and with which certificate. Nothing here throws: problems appear in
 * `info().problem` and in the log, and a working certificate stays in use until a better one is available.
 */
export class HubTls implements Disposable {
  /** Emitted when the mode, the certificate or the problem has changed. */
  readonly changed = new Emitter<void>();
  readonly #settings: SettingsStore;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #own: OwnCertificate;
  readonly #brought: BroughtCertificate | null;
  readonly #running = new DisposableStore();
  #certificate: HubCertificate | null = null;
  #problem: Fault | null = null;
  /** The {@link info} that was emitted last, as JSON. */
  #told = '';
  /** Checks run one after another. */
  #work: Promise<void> = Promise.resolve();

  constructor({ dataDir, files, settings, clock, log }: HubTlsOptions) {
    this.#settings = settings;
    this.#clock = clock;
    this.#log = log;
    this.changed = new Emitter(listenerFaults(log));
    this.#own = new OwnCertificate(dataDir, log);
    this.#brought = files === null ? null : new BroughtCertificate(files);
  }

  get mode(): Settings['tls'] {
    return this.#settings.current.tls;
  }

  /** The certificate to present to clients now; null when TLS is off or has failed. */
  get certificate(): HubCertificate | null {
    return this.mode === 'off' ? null : this.#certificate;
  }

  info(): TlsInfo {
    const { certificate, mode } = this;
    return {
      mode,
      fingerprint: certificate?.fingerprint ?? null,
      keyPin: certificate ? pinOf(certificate) : null,
      notAfter: certificate?.notAfter ?? null,
      custom: this.#brought !== null,
      problem: mode === 'off' ? null : this.#problem,
    };
  }

  /** Prepares the certificate, then keeps it current. */
  async start(): Promise<void> {
    this.#running.add(this.#settings.changed.on(() => void this.#look()));
    this.#running.add(this.#clock.every(CHECK_EVERY_MS, () => void this.#look()));
    await this.#look();
  }

  dispose(): void {
    this.#running.dispose();
    this.changed.clear();
  }

  #look(): Promise<void> {
    this.#work = this.#work
      .then(() => this.#refresh())
      .catch((error: unknown) =>
        logFault(this.#log, 'TLS_FAILED', 'The look at the certificate failed.', error),
      );
    return this.#work;
  }

  async #refresh(): Promise<void> {
    if (this.mode !== 'off') await (this.#brought ? this.#refreshBrought(this.#brought) : this.#refreshOwn());
    const told = JSON.stringify(this.info());
    if (told === this.#told) return;
    this.#told = told;
    this.changed.emit();
  }

  async #refreshOwn(): Promise<void> {
    const made = await this.#own.current(this.#clock.now());
    if (!made.ok) return this.#report(made.error);
    const isRenewal = this.#certificate !== null && this.#certificate !== made.value;
    this.#certificate = made.value;
    this.#problem = null;
    if (isRenewal) this.#log.info('the certificate was renewed', { fingerprint: made.value.fingerprint });
  }

  #refreshBrought(brought: BroughtCertificate): void {
    if (brought.isChanged) {
      const read = brought.read();
      if (!read.ok) return this.#report(read.error);
      if (this.#certificate)
        this.#log.info('the certificate was reloaded', { fingerprint: read.value.fingerprint });
      this.#certificate = read.value;
      this.#problem = null;
    }
    if (!this.#certificate) return;
    const { notBefore, notAfter } = this.#certificate;
    const now = this.#clock.now();
    const when = (at: number): string => new Date(at).toISOString().slice(0, 10);
    if (now >= notAfter) {
      this.#report({
        code: 'TLS_CERT_EXPIRED',
        message: `The certificate expired on ${when(notAfter)}. Agents that know it still connect; everyone else refuses it.`,
      });
    } else if (now < notBefore) {
      this.#report({
        code: 'TLS_CERT_NOT_YET_VALID',
        message: `The certificate is not valid before ${when(notBefore)}. Agents that know it still connect; everyone else refuses it.`,
      });
    }
  }

  #report(problem: Fault): void {
    if (this.#problem?.code === problem.code && this.#problem.message === problem.message) return;
    this.#problem = problem;
    this.#log.error(problem.message, { code: problem.code });
  }
}

function pinOf({ keyId }: HubCertificate): string {
  return `sha256//${Buffer.from(keyId, 'base64url').toString('base64')}`;
}
