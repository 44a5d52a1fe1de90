import { BoundedMap } from '@shared/bounded-map';
import type { Clock } from '@shared/clock';
import type { UiRole } from '@shared/model';
import { digest, equalSecrets, randomSecret } from '../hub/secrets';

export const CODE_LIFETIME_MS = 10 * 60_000;
/** The most unopened links; beyond it the oldest is dropped. */
const MAX_CODES = 64;

/** Codes that links to the UI carry in their fragment, which no server log and no `Referer` contains. */
export interface LinkCodes {
  /**
   * The code in the link printed at start: makes this machine's browsers admins, any number of times, as long as this
   * run lasts.
   */
  readonly startup: string;
  /** Creates a code that works once, from anywhere the UI may be opened, for ten minutes. */
  create(role: UiRole): { code: string; expiresAt: number };
  /** Returns the role that the code grants; null if it is wrong or expired. */
  redeem(code: string, fromThisMachine: boolean): UiRole | null;
}

export function createLinkCodes(clock: Clock): LinkCodes {
  const startup = randomSecret(128);
  /** Keyed by digest, oldest first. `endsAt` is monotonic. */
  const codes = new BoundedMap<string, { role: UiRole; endsAt: number }>(MAX_CODES);
  return {
    startup,
    create(role) {
      const code = randomSecret(128);
      codes.set(digest(code), { role, endsAt: clock.monotonic() + CODE_LIFETIME_MS });
      return { code, expiresAt: clock.now() + CODE_LIFETIME_MS };
    },
    redeem(code, fromThisMachine) {
      if (fromThisMachine && equalSecrets(code, startup)) return 'admin';
      const key = digest(code);
      const known = codes.get(key);
      codes.delete(key);
      return known !== undefined && clock.monotonic() < known.endsAt ? known.role : null;
    },
  };
}
