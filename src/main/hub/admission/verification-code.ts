import { randomInt } from 'node:crypto';

const CODES = 1_000_000;

/** Six digits to compare, of a plain connection: they tell devices that wait apart, and prove nothing more. */
export function randomCode(): string {
  return String(randomInt(CODES)).padStart(6, '0');
}
