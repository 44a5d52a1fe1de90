import { createHash } from 'node:crypto';

/** Small files that are written whole end with a checksum, so that one flipped bit is noticed. */
const KEY = 'checksum';

/** The object with a checksum of the rest as its last entry. */
export function withChecksum(value: object): object {
  return { ...value, [KEY]: sumOf(value) };
}

/**
 * The object without its checksum. Null if that is not the one of the rest. Files of earlier versions have none, nor has
 * one from which a person who edited it removed the line.
 */
export function checkedObject(value: object): object | null {
  if (!Object.hasOwn(value, KEY)) return value;
  const { [KEY]: sum, ...rest } = value as Record<string, unknown>;
  return sum === sumOf(rest) ? rest : null;
}

function sumOf(value: object): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
