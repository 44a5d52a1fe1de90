import type { HubInfo, Settings } from '@shared/model';

const FINGERPRINT = Array.from({ length: 32 }, (_, i) => ((i * 37 + 11) % 256).toString(16).padStart(2, '0'))
  .join(':')
  .toUpperCase();

/** Problems that keep the store from opening. */
const NOT_OPEN: ReadonlySet<string> = new Set(['STORE_IN_USE', 'STORE_UNWRITABLE', 'STORE_NEWER']);

const KEY_PIN = 'sha256//9pQ2mD4v1XbYc7LkT0sWf5NqRz8HjUe3GiAoVyBxMlE=';

export interface HubFacts extends Pick<HubInfo, 'bootId' | 'startedAt' | 'store' | 'storeProblem'> {
  settings: Settings;
  /** Whether TLS and discovery have failed although they are turned on. */
  broken: boolean;
}

/** Creates the info of a fake hub for its current settings. */
export function makeHubInfo({ bootId, startedAt, settings, store, storeProblem, broken }: HubFacts): HubInfo {
  const encrypts = settings.tls !== 'off' && !broken;
  const urls = (scheme: string) => [`${scheme}://192.168.1.20:7411`, `${scheme}://nas.local:7411`];
  return {
    bootId,
    version: '1.0.0',
    startedAt,
    hostName: 'nas',
    runtime: 'fake 1',
    platform: 'linux',
    port: 7411,
    agentUrls: settings.tls === 'require' ? [] : urls('ws'),
    secureAgentUrls: encrypts ? urls('wss') : [],
    tls: {
      mode: settings.tls,
      fingerprint: encrypts ? FINGERPRINT : null,
      keyPin: encrypts ? KEY_PIN : null,
      notAfter: encrypts ? startedAt + 365 * 86_400_000 : null,
      custom: false,
      problem: broken
        ? { code: 'TLS_CERT_UNREADABLE', message: 'The certificate is not in PEM format.' }
        : null,
    },
    discovery: {
      state: broken ? 'failed' : settings.advertise ? 'on' : 'off',
      name: settings.advertise && !broken ? 'nas' : null,
      problem: broken ? { code: 'MDNS_PORT', message: 'Another program keeps port 5353 to itself.' } : null,
    },
    uiUrls: ['http://192.168.1.20:7411'],
    uiAccess: { isShared: false, isLocalOnly: false, decidedBy: [], needsToken: false },
    store,
    isStoring: store === 'sqlite' && !NOT_OPEN.has(storeProblem?.code ?? ''),
    storeProblem,
    dataDir: '/var/lib/wirewatch',
    localDevice: 'fake-0',
    demo: true,
  };
}
