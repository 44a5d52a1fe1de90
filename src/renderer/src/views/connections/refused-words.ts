/** Why something was turned away, by the code under which the hub counts it. */
const WORDS: Readonly<Record<string, string>> = {
  BAD_UPGRADE: 'The request was no valid WebSocket upgrade.',
  BAD_HTTP: 'The request was not valid HTTP.',
  BAD_PATH: 'The request asked for a path that is not allowed.',
  UPGRADE_TIMEOUT: 'The request took too long to arrive.',
  TLS_REQUIRED: 'Something tried to connect without encryption, which is required.',
  TLS_OFF: 'Something tried to connect with TLS, which is off.',
  TLS_FAILED: 'Something tried to connect with TLS, for which there is no certificate.',
  TLS_HANDSHAKE_FAILED: 'A TLS handshake broke off, or the other side did not take the certificate.',
  TLS_HANDSHAKE_TIMEOUT: 'A TLS handshake took too long.',
  TLS_RATE_LIMITED: 'One address began more TLS handshakes in a second than the hub takes.',
  TOO_MANY_TLS_HANDSHAKES: 'As many TLS handshakes were under way as may be; the oldest of a flood was cut.',
  HOST_NOT_ALLOWED: 'The request named a host that is not this machine.',
  BAD_HOST: 'The request named no host, or more than one.',
  ORIGIN_NOT_ALLOWED: 'A web page that is not allowed tried to connect.',
  TOO_MANY_CONNECTIONS: 'There were as many connections as may be.',
  TOO_MANY_SESSIONS: 'There were as many connections as may be.',
  TOO_MANY_UNAUTHENTICATED: 'Too many connections from one address had not said who they are.',
  RATE_LIMITED: 'More was sent in a second than the hub takes.',
  SLOW_READER: 'The device did not take what the hub sent it.',
  DUPLICATE_DEVICE: 'Two machines use the same identity.',
  NOT_UTF8: 'A message was not valid UTF-8 text.',
  NOT_JSON: 'A message was not valid JSON.',
  REJECTED: 'A device that was rejected in the app tried again.',
  UNKNOWN_TYPE: 'A message was of a type that the hub does not know.',
  UNKNOWN_REQUEST: 'An answer came to a question that nobody asked.',
  HELLO_TWICE: 'A connection said hello more than once.',
  PENDING_APPROVAL: 'A device sent values before it was approved.',
  NOT_ALLOWED: 'A viewer tried to change something.',
  OTHER_SITE: 'A web page of another site tried to use this Wirewatch.',
  WRONG_TOKEN: 'A browser or program showed a UI token that is not right.',
  WRONG_CODE: 'A browser opened a link that was used already, is too old, or never was one.',
  TOO_MANY_FAILURES: 'Too many wrong tokens or codes came from one address.',
  UI_NOT_SHARED: 'Another machine asked for the UI, which is not shared.',
  SESSION_NEEDED: 'A browser that is not signed in tried to open the UI.',
  UNAUTHORISED: 'A program asked for the API without saying who it is.',
  TOO_MANY_UIS: 'There were as many open UIs as may be.',
  STOPPING: 'The hub was stopping.',
};

/** One sentence for any code; one that is not known is spelled out. */
export function describeRefusal(code: string): string {
  const known = Object.hasOwn(WORDS, code) ? WORDS[code] : undefined;
  if (known) return known;
  const words = code.toLowerCase().replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
