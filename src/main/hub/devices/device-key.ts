import * as v from 'valibot';
import { digest, equalSecrets, randomSecret } from '../secrets';

const KEY_BITS = 256;

/**
 * What the hub keeps of a device's key. `taken`: the device is known to have it, because it showed it or answered after
 * it was sent. Until then a cut may have swallowed it, so the key before stays good, and the address that the device
 * belongs to may get another one.
 */
export interface DeviceKey {
  /** SHA-256 of the key. */
  hash: string;
  issuedAt: number;
  taken: boolean;
  /** The hash of the key that this one replaces; it ends when this one is taken. */
  previous: string | null;
}

export const deviceKeySchema = v.object({
  hash: v.string(),
  issuedAt: v.number(),
  taken: v.boolean(),
  previous: v.nullable(v.string()),
});

/** What showing a key proves: `current` or `previous` that it is the device, null nothing. */
export type KeyProof = 'current' | 'previous' | null;

/** A new key, to be handed out this once, and what is kept of it. */
export function createDeviceKey(now: number, before: DeviceKey | null): { secret: string; key: DeviceKey } {
  const secret = `wwk_${randomSecret(KEY_BITS)}`;
  // A key that was never taken is not worth keeping; the one it was to replace still is.
  const previous = before === null ? null : before.taken ? before.hash : before.previous;
  return { secret, key: { hash: digest(secret), issuedAt: now, taken: false, previous } };
}

/** Whether `shown` is the key. Digests are compared in constant time. */
export function proveKey(key: DeviceKey, shown: string): KeyProof {
  const hash = digest(shown);
  if (equalSecrets(hash, key.hash)) return 'current';
  return !key.taken && key.previous !== null && equalSecrets(hash, key.previous) ? 'previous' : null;
}

/** The device has its key: from now on this one alone is good. */
export function takeKey(key: DeviceKey): DeviceKey {
  return { ...key, taken: true, previous: null };
}
