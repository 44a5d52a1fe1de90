import type { IncomingMessage, ServerResponse } from 'node:http';

/** Sends an answer. For HEAD the body is omitted but its length is sent. */

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
): void {
  if (response.headersSent || response.destroyed) return;
  const bytes = Buffer.from(body);
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', bytes.length);
  if (!response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'no-store');
  // An unread body would be read as the next request on this connection.
  if (!request.complete && request.method === 'POST') response.setHeader('Connection', 'close');
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

export function sendJson(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  value: unknown,
): void {
  send(request, response, status, 'application/json; charset=utf-8', `${JSON.stringify(value)}\n`);
}

/** Sends `{"error":{"code","message"}}`, the shape of every failure of the HTTP API. */
export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
): void {
  sendJson(request, response, status, { error: { code, message } });
}

/** Sends one sentence for people: a small page for browsers, plain text for everything else. */
export function sendSentence(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  sentence: string,
): void {
  if (request.headers.accept?.includes('text/html') !== true) {
    send(request, response, status, 'text/plain; charset=utf-8', `${sentence}\n`);
    return;
  }
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="dark light">
<title>Wirewatch</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:20vh auto;padding:0 1.5rem}</style>
<h1>Wirewatch</h1>
<p>${escapeHtml(sentence)}</p>
</html>
`;
  send(request, response, status, 'text/html; charset=utf-8', page);
}

export function sendNoContent(response: ServerResponse): void {
  if (!response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'no-store');
  response.statusCode = 204;
  response.end();
}

/** Answers 405 unless the method is one of these; returns true if it answered. */
export function refuseMethod(
  request: IncomingMessage,
  response: ServerResponse,
  allowed: readonly string[],
): boolean {
  if (allowed.includes(request.method ?? '')) return false;
  response.setHeader('Allow', allowed.join(', '));
  const message = `This address accepts only ${allowed.join(' and ')}.`;
  sendError(request, response, 405, 'METHOD_NOT_ALLOWED', message);
  return true;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
