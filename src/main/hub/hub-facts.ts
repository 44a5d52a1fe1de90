import { hostname } from 'node:os';
import { Emitter } from '@shared/emitter';
import type { HubInfo } from '@shared/model';
import type { Moment } from '@shared/moment';
import type { Discovery } from './discovery/discovery';
import type { HubOptions } from './hub-contract';
import type { History } from './history/history';
import { lanAddresses, urlOf } from './port/agent-urls';
import type { HubTls } from './tls/hub-tls';

export interface HubFactsSources {
  bootId: string;
  started: Moment;
  options: HubOptions;
  /** The port that the hub listens on; 0 while it does not listen. */
  port: () => number;
  tls: HubTls;
  discovery: Discovery;
  history: History | null;
}

/** The hub's facts about itself, gathered on each request, with an event for changes. */
export class HubFacts {
  readonly changed = new Emitter<HubInfo>();
  readonly #sources: HubFactsSources;
  #fromOutside: Partial<Pick<HubInfo, 'uiUrls' | 'uiAccess' | 'localDevice'>> = {};

  constructor(sources: HubFactsSources) {
    this.#sources = sources;
  }

  readonly current = (): HubInfo => {
    const { bootId, started, options, port, tls, discovery, history } = this.#sources;
    return {
      bootId,
      version: options.version,
      startedAt: started.time,
      hostName: hostname(),
      runtime: options.runtime,
      platform: process.platform,
      port: port(),
      agentUrls: tls.mode === 'require' ? [] : this.#urls('ws'),
      secureAgentUrls: tls.certificate ? this.#urls('wss') : [],
      tls: tls.info(),
      discovery: discovery.info(),
      uiUrls: [],
      uiAccess: { isShared: false, isLocalOnly: false, decidedBy: [], needsToken: false },
      store: history ? 'sqlite' : 'memory',
      isStoring: history?.store.isOpen === true,
      storeProblem: options.storeProblem ?? history?.store.problem ?? null,
      dataDir: options.dataDir ?? '',
      localDevice: null,
      demo: options.demo === true,
      ...this.#fromOutside,
    };
  };

  /** Sets facts that only an outer layer knows. */
  set(facts: Partial<Pick<HubInfo, 'uiUrls' | 'uiAccess' | 'localDevice'>>): void {
    this.#fromOutside = { ...this.#fromOutside, ...facts };
    this.touch();
  }

  /** Signals that some of the facts have changed. */
  readonly touch = (): void => this.changed.emit(this.current());

  #urls(scheme: 'ws' | 'wss'): string[] {
    const { options, port } = this.#sources;
    return lanAddresses(options.host).map((address) => urlOf(scheme, address, port()));
  }
}
