import { randomBytes } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import createMdns from 'multicast-dns';
import type { Clock } from '@shared/clock';
import { explainMulticast } from '@shared/discovery/explain-multicast';
import { linkAddresses, socketOpener } from '@shared/discovery/mdns-socket';
import { Emitter } from '@shared/emitter';
import { listenerFaults, logFault, type Logger } from '@shared/logger';
import type { DiscoveryInfo } from '@shared/model';
import { isLoopback } from '../bounds/peer-address';
import type { SettingsStore } from '../settings/settings-store';
import type { HubTls } from '../tls/hub-tls';
import { Advertiser } from './advertiser';
import type { Advertised } from './records';

export interface DiscoveryOptions {
  /** The address that the hub listens on. */
  host: string;
  /** The port; 0 until it listens. */
  port(): number;
  version: string;
  settings: SettingsStore;
  tls: HubTls;
  clock: Clock;
  log: Logger;
}

/**
 * Lets agents find the hub while the setting `advertise` is on, unless it listens only to this machine. The
 * announcement follows changes of port and certificate. Nothing here throws: a network without multicast is reported
 * in `info().problem`.
 */
export class Discovery {
  readonly changed: Emitter<void>;
  readonly #options: DiscoveryOptions;
  /** A unique host name. */
  readonly #target = `wirewatch-${randomBytes(4).toString('hex')}.local`;
  #running: { advertiser: Advertiser; advertised: Advertised } | null = null;
  #name: string | null = null;
  #problem: DiscoveryInfo['problem'] = null;
  #isDisposed = false;
  #stopFollowing: (() => void)[] = [];
  /** Starts and stops run one after another. */
  #work: Promise<void> = Promise.resolve();

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.changed = new Emitter(listenerFaults(options.log));
  }

  info(): DiscoveryInfo {
    if (!this.#isWanted) return { state: 'off', name: null, problem: null };
    return { state: this.#problem ? 'failed' : 'on', name: this.#name, problem: this.#problem };
  }

  start(): void {
    const { settings, tls } = this.#options;
    this.#stopFollowing = [
      settings.changed.on(() => void this.#follow()),
      tls.changed.on(() => void this.#follow()),
    ];
    void this.#follow();
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    for (const stop of this.#stopFollowing) stop();
    await this.#follow();
    this.changed.clear();
  }

  get #isWanted(): boolean {
    const { host, settings } = this.#options;
    return !this.#isDisposed && settings.current.advertise && !isThisMachineOnly(host);
  }

  #follow(): Promise<void> {
    const follow = async (): Promise<void> => {
      const wanted = this.#isWanted && this.#options.port() !== 0 ? this.#advertised() : null;
      if (wanted !== null && JSON.stringify(wanted) === JSON.stringify(this.#running?.advertised)) return;
      const before = this.#running;
      this.#running = null;
      await before?.advertiser.stop();
      this.#name = null;
      this.#problem = null;
      if (wanted) this.#advertise(wanted);
      if (wanted || before) this.changed.emit();
    };
    this.#work = this.#work.then(follow).catch((error: unknown) => {
      logFault(this.#options.log, 'DISCOVERY_FAILED', 'The hub could not be announced.', error);
    });
    return this.#work;
  }

  #advertise(advertised: Advertised): void {
    const { clock, host } = this.#options;
    const advertiser = new Advertiser({
      advertised,
      clock,
      open: socketOpener(createMdns, (thrown) => {
        logFault(this.#options.log, 'DISCOVERY_FAILED', 'A packet of mDNS could not be dealt with.', thrown);
      }),
      ownAddresses: () => linkAddresses(networkInterfaces(), host),
      onName: (name) => {
        this.#name = name;
        this.changed.emit();
      },
      onProblem: (error) => this.#report(error),
    });
    this.#running = { advertiser, advertised };
    advertiser.start();
  }

  #advertised(): Advertised {
    const { port, version, tls } = this.#options;
    const { certificate, mode } = tls;
    return {
      name: hostname(),
      target: this.#target,
      port: port(),
      version,
      tls: certificate ? mode : 'off',
      keyId: certificate?.keyId ?? null,
      fingerprint: certificate?.fingerprint ?? null,
    };
  }

  #report(error: Error | null): void {
    const message =
      error &&
      `Agents cannot find this hub by themselves: ${explainMulticast(error)}. Give them the hub's address instead.`;
    if (message === (this.#problem?.message ?? null)) return;
    this.#problem = message === null ? null : { code: 'DISCOVERY_FAILED', message };
    if (message !== null) this.#options.log.warn(message, { code: 'DISCOVERY_FAILED' });
    this.changed.emit();
  }
}

function isThisMachineOnly(host: string): boolean {
  return host === 'localhost' || isLoopback(host);
}
