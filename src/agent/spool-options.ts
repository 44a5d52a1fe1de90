import { InvalidArgumentError } from 'commander';

const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};
const MIN_BYTES = 1024 ** 2;
const MAX_BYTES = 1024 ** 4;

const AGE_UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
const MIN_AGE_MS = 60_000;
const MAX_AGE_MS = 3_650 * 86_400_000;

/** Parses `256MiB`, `500 MB`, `1GiB`; a bare number is bytes. Throws an error that commander shows. */
export function parseSpoolBytes(text: string): number {
  const bytes = Math.round(measure(text, SIZE_UNITS));
  if (!(bytes >= MIN_BYTES && bytes <= MAX_BYTES)) {
    throw new InvalidArgumentError('Use a size from 1MiB to 1024GiB, such as 64MiB or 1GiB.');
  }
  return bytes;
}

/** Parses `12h`, `7d`, `2w` to ms. Throws an error that commander shows. */
export function parseSpoolAge(text: string): number {
  const ms = Math.round(measure(text, AGE_UNITS));
  if (!(ms >= MIN_AGE_MS && ms <= MAX_AGE_MS)) {
    throw new InvalidArgumentError('Use a time from 1min to 3650d, such as 12h, 7d or 2w.');
  }
  return ms;
}

/** NaN unless the text is a number with one of the units. */
function measure(text: string, units: Readonly<Record<string, number>>): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text.trim().toLowerCase()) ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  return number === '' || factor === undefined ? Number.NaN : Number(number) * factor;
}
