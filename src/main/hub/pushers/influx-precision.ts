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

/** The parameter `precision` of a write; null where it is not given: nanoseconds, unless they give no time since 2000. */
export function readInfluxPrecision(said: string | null): Precision | null {
  if (said === null || said === '') return null;
  const precision = PRECISIONS[said];
  if (precision) return precision;
  throw new FaultError('BAD_PRECISION', `invalid precision "${said.slice(0, 20)}": use ns, us, ms or s`);
}
