import { readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendError } from './respond';
import { serveFile } from './serve-file';

/** The bundler puts a content hash into these names, so the files never change. */
const HASHED = /^\/assets\/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

/** More files than any of our builds contains; it limits the walk through a wrong folder. */
const MAX_FILES = 5_000;

export interface StaticFiles {
  has(path: string): boolean;
  /** Answers GET and HEAD of a path that {@link has}. */
  serve(path: string, request: IncomingMessage, response: ServerResponse): void;
}

/**
 * Lists the files under `folder`, once. Paths are looked up in that list and never joined to the folder, so nothing
 * outside can be reached. `/` is `index.html`.
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
      if (file === undefined)
        sendError(request, response, 404, 'NOT_FOUND', 'There is nothing at this address.');
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
    // There is no build yet; the caller then explains this in place of the UI.
    return found;
  }
  for (const entry of entries) {
    const file = join(folder, entry);
    if (!entry.startsWith('.') && statSync(file, { throwIfNoEntry: false })?.isFile()) found.push(file);
    if (found.length >= MAX_FILES) break;
  }
  return found;
}
