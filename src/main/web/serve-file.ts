import { createReadStream, statSync } from 'node:fs';
import { extname } from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createCompressor } from './compressor';
import { mediaTypeOf } from './media-types';
import { refuseMethod, sendSentence } from './respond';

/** File types that are worth compressing. */
const COMPRESSED = new Set(['.css', '.html', '.js', '.mjs', '.json', '.map', '.svg', '.txt']);
const MIN_COMPRESSED_BYTES = 1_024;

const compressor = createCompressor();

/**
 * Sends one file with its type and an ETag, gzipped if the client accepts that, and 304 if the client has it already.
 */
export function serveFile(
  file: string,
  immutable: boolean,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (refuseMethod(request, response, ['GET', 'HEAD'])) return;
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) {
    sendSentence(request, response, 404, 'This file is missing. Run "npm run build" and try again.');
    return;
  }
  const extension = extname(file).toLowerCase();
  const version = `${stat.size.toString(36)}-${Math.floor(stat.mtimeMs).toString(36)}`;
  const mayCompress = COMPRESSED.has(extension) && stat.size >= MIN_COMPRESSED_BYTES;
  if (mayCompress) response.setHeader('Vary', 'Accept-Encoding');
  const compress = mayCompress && takesGzip(request.headers['accept-encoding']);
  // The two forms have different bytes, so they need different tags (RFC 9110 section 8.8.3.3).
  const etag = compress ? `"${version}-gz"` : `"${version}"`;
  response.setHeader('ETag', etag);
  response.setHeader('Cache-Control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (matches(request.headers['if-none-match'], etag)) {
    response.statusCode = 304;
    response.end();
    return;
  }
  response.statusCode = 200;
  response.setHeader('Content-Type', mediaTypeOf(file) ?? 'application/octet-stream');
  if (compress) void sendCompressed(file, version, request, response);
  else sendPlain(file, stat.size, request, response);
}

function sendPlain(file: string, size: number, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Content-Length', size);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const stream = createReadStream(file);
  stream.on('error', () => response.destroy());
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}

async function sendCompressed(
  file: string,
  version: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const bytes = await compressor.gzip(file, version);
    response.setHeader('Content-Encoding', 'gzip');
    response.setHeader('Content-Length', bytes.length);
    response.end(request.method === 'HEAD' ? undefined : bytes);
  } catch {
    response.destroy();
  }
}

/** Whether the encodings include `gzip` and do not refuse it with `q=0`. */
function takesGzip(header: string | string[] | undefined): boolean {
  const accepted = Array.isArray(header) ? header.join(',') : (header ?? '');
  return accepted.split(',').some((part) => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$)[\d.]+\s*)?$/i.test(part));
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((candidate) => {
    const tag = candidate.trim();
    return tag === '*' || tag.replace(/^W\//, '') === etag;
  });
}
