/**
 * The path of a request target, without its query; null for what no honest client sends: other forms than
 * origin-form (RFC 9112 section 3.2), backslashes, NUL, dot segments raw or percent-encoded.
 */
export function requestPath(target: string | undefined): string | null {
  if (target === undefined || !target.startsWith('/')) return null;
  const path = target.split(/[?#]/, 1)[0] ?? '';
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return null;
  }
  if (/[\\\0]/.test(decoded)) return null;
  const hasDots = decoded.split('/').some((segment) => segment === '.' || segment === '..');
  return hasDots ? null : path;
}
