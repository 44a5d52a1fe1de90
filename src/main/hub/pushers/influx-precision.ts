import { FaultError } from '@shared/errors';
import type { Precision } from '../ingest/dialects/said-time';

const PRECISIONS: Readonly<Record<string, Precision>> = {
  n: 'ns',
  ns: 'ns',
  u: 'us',
  us: 'us',
  µ: 'us',
  ms: 'ms',
  s: 's',
};
/** Additional names in the first version of the API. */
const OF_FIRST: Readonly<Record<string, Precision>> = { m: 'min', h: 'h' };

/**
 * Reads the parameter `precision` of a write. Null if there is none, which means nanoseconds unless those give no time
 * since 2000.
 */
export function readInfluxPrecision(said: string | null, version: 1 | 2): Precision | null {
  if (said === null || said === '') return null;
  const known = version === 1 ? { ...PRECISIONS, ...OF_FIRST } : PRECISIONS;
  const precision = Object.hasOwn(known, said) ? known[said] : undefined;
  if (precision) return precision;
  const names = version === 1 ? 'ns, us, ms, s, m or h' : 'ns, us, ms or s';
  throw new FaultError('BAD_PRECISION', `invalid precision "${said.slice(0, 20)}": use ${names}`);
}
