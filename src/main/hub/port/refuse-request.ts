import type { ServerResponse } from 'node:http';
import { SECURITY_HEADERS } from './security-headers';

/** Answers a request that is not passed on with `{"error":{"code","message"}}`, and closes its connection. */
export function refuseRequest(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    Connection: 'close',
    ...headers,
  });
  response.end(JSON.stringify({ error: { code, message } }));
}
