import { createReadStream, readdirSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuseMethod, sendError, sendSentence } from './respond';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** The bundler puts a hash of the content into these names, so that they never change. */
const HASHED = /^\/assets\/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

/** More files than any build of ours has; a wrong folder is not walked to its end. */
const MAX_FILES = 5_000;

export interface StaticFiles {
  has(path: string): boolean;
  /** Answers GET and HEAD of a path that {@link has}. */
  serve(path: string, request: IncomingMessage, response: ServerResponse): void;
}

/**
 * The files under `folder`, listed once: a path is looked up in that list and never joined to the folder,
 * so nothing outside can be reached. `/` is `index.html`.
 */
export function createStaticFiles(folder: string): StaticFiles {
  const files = new Map<string, string>();
  for (const file of listFiles(folder)) {
    files.set(`/${relative(folder, file).split(sep).join('/')}`, file);
  }
  const index = files.get('/index.html');
  if (index !== undefined) files.set('/', index);
  return {
    has: (path) => files.has(path),
    serve(path, request, response) {
      const file = files.get(path);
      if (file === undefined) sendError(request, response, 404, 'NOT_FOUND', 'There is nothing here.');
      else serveFile(file, HASHED.test(path), request, response);
    },
  };
}

function listFiles(folder: string): string[] {
  const found: string[] = [];
  let entries: string[];
  try {
    entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    // No build yet: the caller says so where the UI would be.
    return found;
  }
  for (const entry of entries) {
    const file = join(folder, entry);
    if (!entry.startsWith('.') && statSync(file, { throwIfNoEntry: false })?.isFile()) found.push(file);
    if (found.length >= MAX_FILES) break;
  }
  return found;
}

/** Sends one file with its type, an ETag, and 304 for who has it already. */
export function serveFile(
  file: string,
  immutable: boolean,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (refuseMethod(request, response, ['GET', 'HEAD'])) return;
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) {
    sendSentence(request, response, 404, 'This file is gone: run "npm run build" and try again.');
    return;
  }
  const etag = `"${stat.size.toString(36)}-${Math.floor(stat.mtimeMs).toString(36)}"`;
  response.setHeader('ETag', etag);
  response.setHeader('Cache-Control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (matches(request.headers['if-none-match'], etag)) {
    response.statusCode = 304;
    response.end();
    return;
  }
  response.statusCode = 200;
  response.setHeader('Content-Type', TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream');
  response.setHeader('Content-Length', stat.size);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const stream = createReadStream(file);
  stream.on('error', () => response.destroy());
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((candidate) => {
    const tag = candidate.trim();
    return tag === '*' || tag.replace(/^W\//, '') === etag;
  });
}
