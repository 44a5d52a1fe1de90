import type { Clock } from '@shared/clock';
import { displayText } from '@shared/display-text';
import type { Disposable } from '@shared/disposable';
import { Emitter } from '@shared/emitter';
import { listenerFaults, type Logger } from '@shared/logger';
import type { UiRole } from '@shared/model';
import { digest, randomSecret } from '../hub/secrets';
import { openSessionFile, type SavedSession } from './session-file';

const MAX_SESSIONS = 64;
const MAX_USER_AGENT = 256;
export const SESSION_LIFETIME_MS = 30 * 24 * 3_600_000;
/** How far in the future a session may start, in case the clock was set back. */
const MAX_FUTURE_MS = 24 * 3_600_000;
/** How often the times at which browsers were last seen are saved, and expired sessions removed. */
const SAVE_EVERY_MS = 60_000;

/** A browser that has proved that it may use the UI. */
export interface UiSession {
  readonly id: string;
  readonly role: UiRole;
  /** Whether it signed in on the hub's own machine. */
  readonly local: boolean;
  address: string;
  userAgent: string | null;
  readonly signedInAt: number;
  lastSeenAt: number;
}

export interface SignIn {
  role: UiRole;
  local: boolean;
  /**
   * The basis of the session: being on this machine, a link, or a token; sessions from a token end when the token
   * changes.
   */
  by: 'machine' | 'link' | { token: string };
  address: string;
  userAgent: string | undefined;
}

/** The rules in force at start: sessions from the previous run that they would not admit are dropped. */
export interface SessionPolicy {
  isShared: boolean;
  /** Whether this machine needs no credentials. */
  machineMayEnter: boolean;
  tokens: readonly { token: string; role: UiRole }[];
}

/** The signed-in browsers: bounded, expiring, and kept over a restart, with only a digest of each secret. */
export interface UiSessions extends Disposable {
  /** Ids of sessions that have ended, for whatever reason. */
  readonly ended: Emitter<string>;
  /**
   * Opens a session and returns its secret, for the cookie. If there are too many, a session that was idle for long
   * ends.
   */
  open(signIn: SignIn): string;
  /** Returns the live session with this secret; records that it was seen now at this address. */
  use(secret: string | undefined, address: string): UiSession | null;
  list(): UiSession[];
  /** Ends a session; false if there is none. */
  end(id: string): boolean;
  /** Ends the sessions of other machines. */
  endRemote(): void;
}

export interface UiSessionOptions {
  clock: Clock;
  log: Logger;
  /** Null stores nothing. */
  dataDir: string | null;
  policy: SessionPolicy;
  maxSessions?: number | undefined;
}

type Kept = SavedSession & UiSession;

export function createUiSessions(options: UiSessionOptions): UiSessions {
  const { clock, policy, maxSessions = MAX_SESSIONS } = options;
  const file = openSessionFile(options.dataDir, clock, options.log);
  const ended = new Emitter<string>(listenerFaults(options.log));
  /** Keyed by digest of the secret; the longest idle come first. */
  const sessions = new Map<string, Kept>();
  let unsaved = false;

  for (const saved of file.load().slice(-maxSessions)) {
    if (isYoung(saved, clock.now()) && isStillLetIn(saved, policy)) sessions.set(saved.digest, saved);
    else unsaved = true;
  }
  const stopSaving = clock.every(SAVE_EVERY_MS, () => {
    for (const session of [...sessions.values()]) if (!isYoung(session, clock.now())) drop(session);
    save();
  });

  function save(): void {
    if (!unsaved) return;
    unsaved = false;
    file.save([...sessions.values()]);
  }

  function drop(session: Kept): void {
    sessions.delete(session.digest);
    unsaved = true;
    ended.emit(session.id);
  }

  /**
   * Returns the session that a new one replaces: the longest idle one of this machine's, which need no credentials to
   * return, otherwise one of the viewers'. So a client cannot push others out by signing in endlessly, and a viewer
   * cannot push out an admin while another viewer is signed in.
   */
  function idlest(newcomer: UiRole): Kept | undefined {
    const all = [...sessions.values()];
    const viewer = all.find(({ role }) => role === 'viewer');
    const local = policy.machineMayEnter ? all.find((one) => one.local) : undefined;
    return (newcomer === 'viewer' ? (viewer ?? local) : (local ?? viewer)) ?? all[0];
  }

  return {
    ended,
    open({ role, local, by, address, userAgent }) {
      const victim = sessions.size >= maxSessions ? idlest(role) : undefined;
      if (victim) drop(victim);
      const secret = randomSecret(256);
      const now = clock.now();
      const id = randomSecret(96);
      sessions.set(digest(secret), {
        id,
        digest: digest(secret),
        role,
        local,
        by: typeof by === 'string' ? by : 'token',
        tokenDigest: typeof by === 'string' ? null : tokenDigest(id, by.token),
        address,
        userAgent: displayText(userAgent ?? '', MAX_USER_AGENT) || null,
        signedInAt: now,
        lastSeenAt: now,
      });
      unsaved = true;
      save();
      return secret;
    },
    use(secret, address) {
      if (secret === undefined) return null;
      const key = digest(secret);
      const session = sessions.get(key);
      if (session === undefined) return null;
      const now = clock.now();
      if (!isYoung(session, now)) {
        drop(session);
        return null;
      }
      sessions.delete(key);
      sessions.set(key, session);
      session.lastSeenAt = now;
      session.address = address;
      unsaved = true;
      return session;
    },
    list: () => [...sessions.values()],
    end(id) {
      const session = [...sessions.values()].find((one) => one.id === id);
      if (session) drop(session);
      save();
      return session !== undefined;
    },
    endRemote() {
      for (const session of [...sessions.values()]) if (!session.local) drop(session);
      save();
    },
    dispose() {
      stopSaving();
      save();
    },
  };
}

function isYoung({ signedInAt }: { signedInAt: number }, now: number): boolean {
  const age = now - signedInAt;
  return age <= SESSION_LIFETIME_MS && age >= -MAX_FUTURE_MS;
}

function isStillLetIn(session: SavedSession, policy: SessionPolicy): boolean {
  if (!session.local && !policy.isShared) return false;
  if (session.by === 'machine') return policy.machineMayEnter;
  if (session.by === 'link') return true;
  return policy.tokens.some(
    ({ token, role }) => role === session.role && tokenDigest(session.id, token) === session.tokenDigest,
  );
}

/**
 * Returns a digest of the token, which may be short. It is salted per session, so that no table of digests reveals the
 * token.
 */
function tokenDigest(sessionId: string, token: string): string {
  return digest(`${sessionId}:${token}`);
}
