import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { fail, succeed, type Result } from '@shared/errors';

export interface DialOptions {
  url: URL;
  /** Certificate authorities to trust instead of the system's, PEM. */
  ca?: string | undefined;
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * Opens a TLS connection, to any peer, without sending anything over it: the caller judges the peer first. Fails with
 * `NOT_TLS` if the peer does not speak TLS, else with `DIAL_FAILED` and Node's own error code.
 */
export function dialTls(options: DialOptions): Promise<Result<TLSSocket> & { cause?: Error }> {
  const { url, ca, timeoutMs, signal } = options;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: url.port === '' ? 443 : Number(url.port),
      // The name to match the certificate against; IP addresses are not sent (RFC 6066 section 3).
      servername: isIP(host) === 0 ? host : '',
      ...(ca === undefined ? {} : { ca }),
      ALPNProtocols: ['http/1.1'],
      minVersion: 'TLSv1.2',
      rejectUnauthorized: false,
    });
    const settle = (result: Result<TLSSocket> & { cause?: Error }): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.off('secureConnect', onSecure).off('error', onError);
      if (!result.ok) socket.on('error', () => {}).destroy();
      resolve(result);
    };
    const onSecure = (): void => {
      socket.setNoDelay(true);
      settle(succeed(socket));
    };
    const onError = (error: NodeJS.ErrnoException): void => {
      const isOther = error.code === 'EPROTO' || error.code?.startsWith('ERR_SSL_') === true;
      settle({ ...fail(isOther ? 'NOT_TLS' : 'DIAL_FAILED', error.message), cause: error });
    };
    const abort = (): void => settle(fail('DIAL_FAILED', 'the attempt was cancelled'));
    const timer = setTimeout(() => settle(fail('DIAL_FAILED', 'it did not answer in time')), timeoutMs);
    signal.addEventListener('abort', abort);
    socket.on('secureConnect', onSecure).on('error', onError);
  });
}
