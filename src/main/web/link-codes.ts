import type { Clock } from '@shared/clock';
import { digest, equalSecrets, randomSecret } from '../hub/secrets';

export const CODE_LIFETIME_MS = 10 * 60_000;
/** Links that were made and not yet opened; the oldest makes room. */
const MAX_CODES = 64;

/** Codes that links to the UI carry in their fragment, where no server log and no `Referer` sees them. */
export interface LinkCodes {
  /** For the link printed at start: opens the UI from this machine as often as wanted, as long as this run lasts. */
  readonly startup: string;
  /** Good once, from anywhere the UI may be opened, for ten minutes. */
  create(): { code: string; expiresAt: number };
  redeem(code: string, fromThisMachine: boolean): boolean;
}

export function createLinkCodes(clock: Clock): LinkCodes {
  const startup = randomSecret(128);
  /** When each ends (monotonic), by digest; the oldest first. */
  const codes = new Map<string, number>();
  return {
    startup,
    create() {
      const code = randomSecret(128);
      codes.set(digest(code), clock.monotonic() + CODE_LIFETIME_MS);
      if (codes.size > MAX_CODES) {
        const [oldest] = codes.keys();
        if (oldest !== undefined) codes.delete(oldest);
      }
      return { code, expiresAt: clock.now() + CODE_LIFETIME_MS };
    },
    redeem(code, fromThisMachine) {
      if (fromThisMachine && equalSecrets(code, startup)) return true;
      const key = digest(code);
      const endsAt = codes.get(key);
      codes.delete(key);
      return endsAt !== undefined && clock.monotonic() < endsAt;
    },
  };
}
