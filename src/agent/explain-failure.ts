/** Why a connection could not be made, for people: `ws` and Node say it in words for programmers. */
export function explainFailure(error: Error, url: URL): string {
  const code = (error as NodeJS.ErrnoException).code;
  const status = /^Unexpected server response: (\d+)/.exec(error.message)?.[1];
  if (status === '426') return `it takes encrypted connections only, use wss://${url.host}`;
  if (status === '429')
    return 'it makes this address wait: too much, or wrong keys or tokens, came from here';
  if (status !== undefined) return `it answered with HTTP status ${status} instead of a WebSocket`;
  if (error.message.includes('subprotocol'))
    return 'it does not speak wirewatch.v1, so it is no Wirewatch hub';
  if (error.message === 'Opening handshake has timed out') return 'it did not answer in time';
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name ${url.hostname} is not known`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no way to it in this network';
    case 'ETIMEDOUT':
      return 'it did not answer in time';
    case 'ECONNRESET':
      return 'it cut the connection';
    default:
      return error.message || 'the connection failed';
  }
}
