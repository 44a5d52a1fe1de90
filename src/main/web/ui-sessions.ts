import type { Clock } from '@shared/clock';
import { digest, randomSecret } from '../hub/secrets';

const MAX_SESSIONS = 64;
export const SESSION_LIFETIME_MS = 30 * 24 * 3_600_000;

/** Browsers that proved they may use the UI. In memory: a restarted hub asks again. */
export interface UiSessions {
  /** The new session's secret, for the cookie. The session that was idle longest goes when there are too many. */
  open(): string;
  /** Whether the secret is of a session that is not over; marks it used. */
  use(secret: string | undefined): boolean;
}

export function createUiSessions(clock: Clock, maxSessions: number = MAX_SESSIONS): UiSessions {
  /** When each was opened, by digest of its secret; the longest idle first. */
  const sessions = new Map<string, number>();
  return {
    open() {
      const secret = randomSecret(256);
      sessions.set(digest(secret), clock.monotonic());
      if (sessions.size > maxSessions) {
        const [idlest] = sessions.keys();
        if (idlest !== undefined) sessions.delete(idlest);
      }
      return secret;
    },
    use(secret) {
      if (secret === undefined) return false;
      const key = digest(secret);
      const openedAt = sessions.get(key);
      if (openedAt === undefined) return false;
      sessions.delete(key);
      if (clock.monotonic() - openedAt > SESSION_LIFETIME_MS) return false;
      sessions.set(key, openedAt);
      return true;
    },
  };
}
