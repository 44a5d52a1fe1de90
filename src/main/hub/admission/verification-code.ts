import { randomInt } from 'node:crypto';

const CODES = 1_000_000;

/** Six random digits for a plain connection. They tell waiting devices apart and prove nothing more. */
export function randomCode(): string {
  return String(randomInt(CODES)).padStart(6, '0');
}
