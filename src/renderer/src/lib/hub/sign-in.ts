import { fail, succeed, type Result } from '@shared/errors';

/** Relative to the page, which a reverse proxy may serve below a path of its own. */
const SESSION_URL = 'ui/session';
/** A network that swallows packets must not keep the link from trying again, ms. */
const CHECK_TIMEOUT_MS = 5_000;
const CREDENTIAL = /(^#|[#?&])(code|token)=([^&#]*)&?/;

type Credential = { code: string } | { token: string };

/**
 * Signs this browser in if needed: with its cookie, with a code or token in the address's fragment (removed
 * from the address bar at once), or without credentials on the hub's own machine. Also `ok` when the hub cannot
 * be reached: the link reports that and tries again.
 */
export async function ensureSession(): Promise<'ok' | 'needs-code'> {
  if (window.wirewatch) return 'ok';
  const { credential, fragment } = takeCredential(location.hash);
  if (credential) {
    history.replaceState(history.state, '', `${location.pathname}${location.search}${fragment}`);
    if ((await createSession(credential)).ok) return 'ok';
  }
  // A request without credentials succeeds with a cookie too, and spares the browser a logged 401.
  const known = await createSession({});
  return known.ok || known.error.code === 'UNREACHABLE' ? 'ok' : 'needs-code';
}

/** Signs this browser in with a pasted code, token, or link that contains one. */
export async function signIn(tokenOrCode: string): Promise<Result<null>> {
  const text = tokenOrCode.trim();
  if (text === '') return fail('EMPTY', 'Enter a link, code or token first.');
  const hash = text.indexOf('#');
  const { credential } = hash < 0 ? { credential: null } : takeCredential(text.slice(hash));
  if (credential) return createSession(credential);
  const asCode = await createSession({ code: text });
  if (asCode.ok || asCode.error.code === 'UNREACHABLE') return asCode;
  const asToken = await createSession({ token: text });
  if (asToken.ok || asToken.error.code !== 'WRONG_TOKEN') return asToken;
  const words = 'Wrong or expired code or token. A link or code works only once, within ten minutes.';
  return fail('WRONG_CODE', words);
}

/** Whether the hub knows this browser; `unknown` when it cannot be asked. */
export async function checkSession(): Promise<'ok' | 'needs-code' | 'unknown'> {
  try {
    const response = await fetch(SESSION_URL, {
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(CHECK_TIMEOUT_MS),
    });
    if (response.ok) return 'ok';
    return response.status === 401 ? 'needs-code' : 'unknown';
  } catch {
    return 'unknown';
  }
}

/** Removes `code=` or `token=` from a fragment, at any position; the rest of the route is kept. */
export function takeCredential(fragment: string): { credential: Credential | null; fragment: string } {
  const match = CREDENTIAL.exec(fragment);
  if (!match) return { credential: null, fragment };
  const [whole, before, name, encoded] = match;
  const value = decode(encoded ?? '');
  const rest = fragment.slice(match.index + whole.length);
  const left = (fragment.slice(0, match.index) + (rest === '' ? '' : before + rest)).replace(/[?&]$/, '');
  return {
    credential: value === '' ? null : name === 'code' ? { code: value } : { token: value },
    fragment: left === '#' ? '' : left,
  };
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

async function createSession(credential: Credential | Record<string, never>): Promise<Result<null>> {
  let response: Response;
  try {
    response = await fetch(SESSION_URL, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(credential),
    });
  } catch {
    return fail('UNREACHABLE', 'The hub does not answer. Is it running?');
  }
  if (response.ok) return succeed(null);
  return readFault(await response.text());
}

function readFault(body: string): Result<null> {
  try {
    const fault: unknown = JSON.parse(body);
    if (typeof fault === 'object' && fault !== null && 'code' in fault && 'message' in fault) {
      return fail(String(fault.code), String(fault.message));
    }
  } catch {
    // Not the hub's own answer; most likely one of a proxy in between.
  }
  return fail('UNAUTHORISED', 'The hub refused to sign this browser in.');
}
