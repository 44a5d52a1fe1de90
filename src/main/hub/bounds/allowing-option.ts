import type { Limits } from '@shared/protocol/limits';
import type { RefusedClient } from './refused-client';

/** The one limit behind a code, where there is one and it may be raised without opening a door to guesses. */
const LIMIT_OF: Readonly<Record<string, keyof Limits>> = {
  TOO_MANY_SESSIONS: 'sessions',
  TOO_MANY_UNAUTHENTICATED: 'unauthenticatedPerAddress',
  TOO_MANY_ARRIVALS: 'arrivals',
  COOLING_OFF: 'freeStrikes',
  TOO_MANY_REQUESTS: 'requestsPerSec',
  TOO_MANY_EXPORTS: 'exportsPerCaller',
  TOO_MANY_TLS_HANDSHAKES: 'tlsHandshakes',
  TLS_RATE_LIMITED: 'tlsHandshakesPerSec',
  UPGRADE_TIMEOUT: 'upgradeTimeoutMs',
  SLOW_MESSAGE: 'messageTimeoutMs',
  TOO_MANY_CONTROL_FRAMES: 'controlFramesPerSec',
  TOO_MANY_EVENTS: 'eventsPerSec',
  TOO_MANY_STATES: 'statesPerDevice',
  TOO_MANY_SAMPLES: 'samplesPerSec',
  TOO_MANY_CODES: 'codesPerAddress',
  TOO_MANY_ASKERS: 'askersPerDevice',
  TOO_MANY_SERIES: 'seriesPerDevice',
  HUB_FULL: 'seriesTotal',
  TOO_MANY_LABELS: 'labelsPerSeries',
  TOO_SLOW: 'pushTimeoutMs',
  SLOW_READER: 'sendBufferBytes',
  TOO_MANY_CALLS: 'callsPerUi',
  TOO_MANY_SUBSCRIPTIONS: 'subscriptionsPerUi',
  TOO_MANY_FEEDS: 'feedsPerUi',
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 'messageBytes',
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 'fragments',
  TOO_MANY_PIECES: 'messagePieces',
};

const OPTION_OF: Readonly<Record<string, string>> = {
  TLS_REQUIRED: '--tls allow',
  TLS_OFF: '--tls allow',
  UI_NOT_SHARED: '--share-ui',
  TOKEN_NEEDED: '--admit ask',
};

/**
 * The command-line option with which the hub would not have refused this client, e.g. `--allow-host nas.example`; null
 * where none would help. People paste it into a shell, and the client chose parts of it: nothing is in it that a shell
 * could take for anything else.
 */
export function allowingOption(
  code: string,
  { origin, host }: Pick<RefusedClient, 'origin' | 'host'>,
  limits: Limits,
): string | null {
  if (code === 'ORIGIN_NOT_ALLOWED')
    return origin !== null && isOrigin(origin) ? `--allow-origin ${origin}` : null;
  if (code === 'HOST_NOT_ALLOWED') {
    const name = /^([A-Za-z0-9][A-Za-z0-9._-]*?)\.?(?::\d{1,5})?$/.exec(host ?? '')?.[1];
    return name === undefined ? null : `--allow-host ${name}`;
  }
  if (Object.hasOwn(OPTION_OF, code)) return OPTION_OF[code] ?? null;
  const limit = Object.hasOwn(LIMIT_OF, code) ? LIMIT_OF[code] : undefined;
  return limit === undefined ? null : `--limit ${limit}=${2 * limits[limit]}`;
}

/** Exactly what the option accepts, and no character besides those of host names. */
function isOrigin(text: string): boolean {
  if (!/^https?:\/\/[a-z0-9][a-z0-9._-]*(?::\d{1,5})?$/i.test(text) || !URL.canParse(text)) return false;
  return new URL(text).origin === text.toLowerCase();
}
