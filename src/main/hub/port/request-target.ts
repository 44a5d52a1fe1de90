import { fail, succeed, type Result } from '@shared/errors';

export interface RequestTarget {
  /** Decoded, starting with a slash; free of dot segments, backslashes and control characters. */
  path: string;
  query: URLSearchParams;
}

const MAX_TARGET_LENGTH = 4_096;

const bad = (message: string) => fail('BAD_PATH', message);

/**
 * Parses a request's target without normalising it. A path that would need normalising is refused (`BAD_PATH`), so
 * the path that is checked here is the one that is looked up later. An encoded slash is refused too.
 */
export function parseTarget(target: string): Result<RequestTarget> {
  if (!target.startsWith('/')) return bad('The request target must be a path.');
  if (target.length > MAX_TARGET_LENGTH) return bad('The request target is too long.');
  const mark = target.indexOf('?');
  const rawPath = mark < 0 ? target : target.slice(0, mark);
  if (/%2f|%5c/i.test(rawPath)) return bad('The path contains an encoded slash.');
  let path: string;
  try {
    path = decodeURIComponent(rawPath);
  } catch {
    return bad('The path has invalid percent-encoding.');
  }
  // eslint-disable-next-line no-control-regex -- control characters are what this looks for
  if (/[\\\u0000-\u001f\u007f]/.test(path)) return bad('The path contains a character that is not allowed.');
  // Decoded once more, "%252e" would be a dot segment to code that decodes twice.
  const segments = path.replace(/%2e/gi, '.').split('/');
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    return bad('The path contains a dot segment.');
  }
  return succeed({ path, query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)) });
}
