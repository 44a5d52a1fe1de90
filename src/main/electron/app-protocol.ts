import { readFile } from 'node:fs/promises';
import { relative, resolve, isAbsolute, sep } from 'node:path';
import { protocol } from 'electron';
import { contentSecurityPolicy } from '@shared/content-security-policy';
import { mediaTypeOf } from '../web/media-types';
import { BACKUP_PATH, EXPORT_PATH, type AppExport } from './app-export';
import { APP_HOST, APP_SCHEME } from './app-origin';

const HEADERS = {
  // `blob:` images are chart exports.
  'Content-Security-Policy': contentSecurityPolicy({ 'img-src': "'self' data: blob:" }),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Gives `app://` an origin, `fetch` and storage. Call it once, before the app is ready. */
export function setupAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: APP_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
}

/**
 * Serves `app://wirewatch/…` from the folder of the built renderer and nothing outside it, and exports from the hub.
 */
export function setupAppProtocol(rendererDir: string, exportTo: AppExport): void {
  protocol.handle(APP_SCHEME, (request) => serveApp(rendererDir, exportTo, request));
}

/** Answers one request: an export, or a file (see {@link serveAppFile}). */
export async function serveApp(
  rendererDir: string,
  exportTo: AppExport,
  request: Pick<Request, 'method' | 'url'>,
): Promise<Response> {
  const url = URL.canParse(request.url) ? new URL(request.url) : null;
  if (url?.host !== APP_HOST || (url.pathname !== EXPORT_PATH && url.pathname !== BACKUP_PATH)) {
    return serveAppFile(rendererDir, request);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
  const response = await exportTo(url, request.method);
  for (const [name, value] of Object.entries(HEADERS)) response.headers.set(name, value);
  return response;
}

/**
 * Answers one request for a file: 405 unless it is GET or HEAD, 400 for dot segments and control characters, 404 for
 * a missing file.
 */
export async function serveAppFile(
  rendererDir: string,
  request: Pick<Request, 'method' | 'url'>,
): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
  if (!URL.canParse(request.url)) return refuse(400);
  const url = new URL(request.url);
  if (url.host !== APP_HOST) return refuse(404);
  const path = safePath(rendererDir, url.pathname);
  if (path === null) return refuse(400);
  const mediaType = mediaTypeOf(path);
  if (mediaType === undefined) return refuse(404);
  try {
    const body = await readFile(path);
    const headers = { ...HEADERS, 'Content-Type': mediaType, 'Content-Length': String(body.length) };
    return new Response(request.method === 'HEAD' ? null : body, { headers });
  } catch {
    return refuse(404);
  }
}

/** The file that a URL path names, or null if the path is malformed or leaves the folder. */
function safePath(rendererDir: string, pathname: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  // The URL parser resolved plain and singly encoded dot segments; one that remains was hidden on purpose.
  // eslint-disable-next-line no-control-regex -- control characters are what this looks for
  if (/[\\\u0000-\u001f]|%/.test(decoded)) return null;
  if (decoded.split('/').some((segment) => segment === '..' || segment === '.')) return null;
  const path = resolve(rendererDir, `.${decoded.endsWith('/') ? `${decoded}index.html` : decoded}`);
  const inside = relative(rendererDir, path);
  if (inside === '' || isAbsolute(inside) || inside.split(sep)[0] === '..') return null;
  return path;
}

function refuse(status: number): Response {
  return new Response(null, { status, headers: HEADERS });
}
