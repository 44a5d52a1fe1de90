import { formatAgo, formatDuration } from '@shared/metrics/units';
import type { JoinToken } from '@shared/model';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long a new token may be used; `never` does not expire. */
export const LIFETIMES = [
  { value: 'hour', label: '1 hour', ms: HOUR_MS },
  { value: 'day', label: '1 day', ms: DAY_MS },
  { value: 'week', label: '7 days', ms: 7 * DAY_MS },
  { value: 'month', label: '30 days', ms: 30 * DAY_MS },
  { value: 'never', label: 'Never', ms: null },
] as const;
export type Lifetime = (typeof LIFETIMES)[number]['value'];

/** How many devices may join with it. */
export const USES = [
  { value: 'one', label: '1 device', count: 1 },
  { value: 'ten', label: '10 devices', count: 10 },
  { value: 'any', label: 'Any number', count: null },
] as const;
export type Uses = (typeof USES)[number]['value'];

export function lifetimeMs(lifetime: Lifetime): number | null {
  return LIFETIMES.find(({ value }) => value === lifetime)?.ms ?? null;
}

export function maxUses(uses: Uses): number | null {
  return USES.find(({ value }) => value === uses)?.count ?? null;
}

export type TokenState = 'usable' | 'expired' | 'used-up';

/** Whether a token can still be used; `now` in ms since the epoch. */
export function tokenState(token: JoinToken, now: number): TokenState {
  if (token.maxUses !== null && token.uses >= token.maxUses) return 'used-up';
  return token.expiresAt !== null && token.expiresAt <= now ? 'expired' : 'usable';
}

/** `2 of 10`, `3`. */
export function describeUses(token: JoinToken): string {
  return token.maxUses === null ? String(token.uses) : `${token.uses} of ${token.maxUses}`;
}

/** Describes what a token allows, as a sentence: `Up to 10 devices can join with it until 1 Dec 2026, 03:05.` */
export function describeGrant(token: JoinToken, describeMoment: (timeMs: number) => string): string {
  const who =
    token.maxUses === null
      ? 'Any number of devices'
      : token.maxUses === 1
        ? 'One device'
        : `Up to ${token.maxUses} devices`;
  const until =
    token.expiresAt === null ? '; the token does not expire' : ` until ${describeMoment(token.expiresAt)}`;
  return `${who} can join with it${until}.`;
}

/** Describes when a token ends: `in 5 d`, `3 h ago`, `never`; `now` in ms since the epoch. */
export function describeExpiry(token: JoinToken, now: number): string {
  if (token.expiresAt === null) return 'never';
  const left = token.expiresAt - now;
  return left > 0 ? `in ${formatDuration(left)}` : formatAgo(token.expiresAt, now);
}
