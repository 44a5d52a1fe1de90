import { fail, succeed, type Result } from '@shared/errors';
import type { CommandParams } from '@shared/hub-api';
import { parseTimeRange } from './time-range';

/**
 * Fails with `UNKNOWN_PARAMETER` or `REPEATED_PARAMETER`, so that a mistyped name does not silently mean the default.
 */
export function checkNames(query: URLSearchParams, known: readonly string[]): Result<null> {
  const seen = new Set<string>();
  for (const name of query.keys()) {
    if (!known.includes(name)) {
      const names = known.length === 0 ? 'none' : known.join(', ');
      return fail(
        'UNKNOWN_PARAMETER',
        `Unknown parameter "${name.slice(0, 64)}". Known parameters: ${names}.`,
      );
    }
    if (seen.has(name)) return fail('REPEATED_PARAMETER', `The parameter "${name}" is given more than once.`);
    seen.add(name);
  }
  return succeed(null);
}

/** Parses the parameters of `/api/v1/query` into those of the hub's `query`. */
export function parseQuery(query: URLSearchParams, nowMs: number): Result<CommandParams<'query'>> {
  const names = checkNames(query, ['device', 'metric', 'from', 'to', 'points', 'raw']);
  if (!names.ok) return names;
  const device = query.get('device') ?? undefined;
  const metric = query.get('metric') ?? undefined;
  if (!device && !metric) {
    return fail('MISSING_PARAMETER', 'The parameter "device" or "metric" is required.');
  }
  const range = parseTimeRange(query.get('from'), query.get('to'), nowMs);
  if (!range.ok) return range;
  const points = query.get('points');
  if (points !== null && (!/^[1-9]\d{0,4}$/.test(points) || Number(points) > 10_000)) {
    return fail('BAD_PARAMETER', 'The parameter "points" must be a whole number from 1 to 10000.');
  }
  const raw = query.get('raw');
  if (raw !== null && raw !== '0' && raw !== '1') {
    return fail('BAD_PARAMETER', 'The parameter "raw" must be 0 or 1.');
  }
  return succeed({
    ...(device && { device }),
    ...(metric && { metric }),
    ...range.value,
    ...(points !== null && { points: Number(points) }),
    ...(raw === '1' && { raw: true }),
  });
}
