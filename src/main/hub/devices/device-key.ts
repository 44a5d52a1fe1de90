import * as v from 'valibot';
import { digest, equalSecrets, randomSecret } from '../secrets';

const KEY_BITS = 256;

/**
 * The stored form of a device's key. `taken`: the device is known to have the key, because it presented it or
 * answered after it was sent. Until then the key may have been lost with a connection, so the previous key stays
 * valid, and the address that the device is bound to may get another key.
 */
export interface DeviceKey {
  /** SHA-256 of the key. */
  hash: string;
  issuedAt: number;
  taken: boolean;
  /** The hash of the key that this one replaces; that key ends when this one is taken. */
  previous: string | null;
}

export const deviceKeySchema = v.object({
  hash: v.string(),
  issuedAt: v.number(),
  taken: v.boolean(),
  previous: v.nullable(v.string()),
});

/** What a presented key proves: with `current` or `previous`, that the client is the device; with null, nothing. */
export type KeyProof = 'current' | 'previous' | null;

/** Creates a new key, to be sent out only this once, and its stored form. */
export function createDeviceKey(now: number, before: DeviceKey | null): { secret: string; key: DeviceKey } {
  const secret = `wwk_${randomSecret(KEY_BITS)}`;
  // A key that was never taken can be dropped, but the key it was meant to replace stays valid.
  const previous = before === null ? null : before.taken ? before.hash : before.previous;
  return { secret, key: { hash: digest(secret), issuedAt: now, taken: false, previous } };
}

/** Checks whether `shown` is the key. Digests are compared in constant time. */
export function proveKey(key: DeviceKey, shown: string): KeyProof {
  const hash = digest(shown);
  if (equalSecrets(hash, key.hash)) return 'current';
  return !key.taken && key.previous !== null && equalSecrets(hash, key.previous) ? 'previous' : null;
}

/** The device has received its key: from now on only this one is valid. */
export function takeKey(key: DeviceKey): DeviceKey {
  return { ...key, taken: true, previous: null };
}

/** Whether nothing shows that anybody has received it, and there was none before it. */
export function isUntaken({ taken, previous }: DeviceKey): boolean {
  return !taken && previous === null;
}
