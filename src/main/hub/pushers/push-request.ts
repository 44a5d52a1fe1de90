import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RefusedClient } from '../bounds/refused-client';
import type { PushOrigin } from '../devices/push-presence';

/** A request to one of the addresses for pushes, after the port has accepted it. */
export interface PushRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly origin: PushOrigin;
  /** The client shown in refusals of this request. */
  readonly client: RefusedClient;
}

/** How much longer a refused body is read, so that its sender gets the answer, ms. */
const MAX_DRAIN_MS = 2_000;

/** Answers once; a null body means none. */
export function answer(
  { request, response }: PushRequest,
  status: number,
  body: Buffer | string | null,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const isCut = !request.complete;
  const bytes = body === null ? null : Buffer.from(body);
  response.writeHead(status, {
    'Cache-Control': 'no-store',
    // The rest of the body would be taken for the next request.
    ...(isCut && { Connection: 'close' }),
    ...(bytes !== null && { 'Content-Type': 'application/json; charset=utf-8' }),
    ...(bytes !== null && { 'Content-Length': String(bytes.length) }),
    ...headers,
  });
  response.end(bytes === null || request.method === 'HEAD' ? undefined : bytes);
  if (isCut) drain(request);
}

export function answerJson(
  push: PushRequest,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  answer(push, status, `${JSON.stringify(value)}\n`, headers);
}

function drain(request: IncomingMessage): void {
  request.resume();
  const timer = setTimeout(() => request.destroy(), MAX_DRAIN_MS);
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
}
