import type { IncomingMessage } from 'node:http';
import { displayText } from '@shared/display-text';
import type { HttpHead } from '@shared/model';
import { hideSecrets } from '@shared/hide-secrets';

const SECRET_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization']);
/** Request heads can be 16 KiB; the part kept for display is bounded. */
const MAX_HEADERS = 64;
const MAX_VALUE = 512;

/** The opening handshake of one connection (RFC 6455 section 4), as it was sent, without secrets. */
export interface Handshake {
  request: HttpHead;
  response: HttpHead;
  startedAt: number;
  durationMs: number;
  bytes: number;
}

export function requestHead(request: IncomingMessage): { head: HttpHead; bytes: number } {
  const startLine = `${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/${request.httpVersion}`;
  const headers: [string, string][] = [];
  let bytes = startLine.length + 4;
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i] ?? '';
    const value = request.rawHeaders[i + 1] ?? '';
    bytes += name.length + value.length + 4;
    if (headers.length >= MAX_HEADERS) continue;
    const shown = SECRET_HEADERS.has(name.toLowerCase()) ? '(hidden)' : hideSecrets(value);
    headers.push([name, displayText(shown, MAX_VALUE)]);
  }
  return { head: { startLine: displayText(hideSecrets(startLine), MAX_VALUE), headers }, bytes };
}

/** Parses the 101 response from its raw lines, start line first. */
export function responseHead(lines: readonly string[]): { head: HttpHead; bytes: number } {
  const [startLine = '', ...rest] = lines;
  const headers = rest.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { head: { startLine, headers }, bytes: lines.reduce((sum, line) => sum + line.length + 2, 2) };
}
