import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** `bits` of randomness as URL-safe text. */
export function randomSecret(bits: number): string {
  return randomBytes(bits / 8).toString('base64url');
}

/** What is kept of a secret: looking one up by its digest tells nothing about the secret by timing. */
export function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}

/** Constant-time, whatever the lengths. */
export function equalSecrets(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest();
  const right = createHash('sha256').update(b).digest();
  return timingSafeEqual(left, right);
}
