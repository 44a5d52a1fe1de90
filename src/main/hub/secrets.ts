import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Returns random text with `bits` of entropy, base64url. */
export function randomSecret(bits: number): string {
  return randomBytes(bits / 8).toString('base64url');
}

/** Returns the stored form of a secret. Looking secrets up by digest reveals nothing about them through timing. */
export function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}

/** Compares in constant time, whatever the lengths. */
export function equalSecrets(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest();
  const right = createHash('sha256').update(b).digest();
  return timingSafeEqual(left, right);
}
