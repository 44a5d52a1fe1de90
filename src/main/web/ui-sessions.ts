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
/** How far a clock that was put back may make a session come from the future. */
const MAX_FUTURE_MS = 24 * 3_600_000;
/** When a browser was last seen is written this often, and with it what has ended by itself. */
const SAVE_EVERY_MS = 60_000;

/** A browser that proved that it may use the UI. */
export interface UiSession {
  readonly id: string;
  readonly role: UiRole;
  /** Where it signed in: on the hub's own machine, or on another. */
  readonly local: boolean;
  address: string;
  userAgent: string | null;
  readonly signedInAt: number;
  lastSeenAt: number;
}

export interface SignIn {
  role: UiRole;
  local: boolean;
  /** What let it in: being on this machine, a link, or a token, whose sessions end when it is changed. */
  by: 'machine' | 'link' | { token: string };
  address: string;
  userAgent: string | undefined;
}

/** What holds at start: a session that it would not let in any more is not taken over from the run before. */
export interface SessionPolicy {
  isShared: boolean;
  /** Whether this machine gets in for the asking. */
  machineMayEnter: boolean;
  tokens: readonly { token: string; role: UiRole }[];
}

/** The signed-in browsers: bounded, expiring, and kept over a restart, of each secret its digest only. */
export interface UiSessions extends Disposable {
  /** Ids of sessions that are over, however they ended. */
  readonly ended: Emitter<string>;
  /** The new session's secret, for the cookie. When there are too many, one that was idle long goes. */
  open(signIn: SignIn): string;
  /** The session of a secret that is not over, seen at this address now. */
  use(secret: string | undefined, address: string): UiSession | null;
  list(): UiSession[];
  /** False when there is none. */
  end(id: string): boolean;
  /** Ends those of other machines. */
  endRemote(): void;
}

export interface UiSessionOptions {
  clock: Clock;
  log: Logger;
  /** Null keeps nothing. */
  dataDir: string | null;
  policy: SessionPolicy;
  maxSessions?: number | undefined;
}

type Kept = SavedSession & UiSession;

export function createUiSessions(options: UiSessionOptions): UiSessions {
  const { clock, policy, maxSessions = MAX_SESSIONS } = options;
  const file = openSessionFile(options.dataDir, clock, options.log);
  const ended = new Emitter<string>(listenerFaults(options.log));
  /** By digest of the secret; the longest idle first. */
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
   * Whose place a new one takes, the longest idle first: of this machine's, which get in again for the asking; then of
   * viewers'. So nobody pushes out others by signing in without end, and viewers no admin while one of them is there.
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

/** Of a token that may be short: each session has its own, so that no table of digests tells it. */
function tokenDigest(sessionId: string, token: string): string {
  return digest(`${sessionId}:${token}`);
}
