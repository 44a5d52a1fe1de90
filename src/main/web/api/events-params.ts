import { fail, succeed, type Result } from '@shared/errors';
import type { CommandParams } from '@shared/hub-api';
import { checkNames } from './query-params';
import { parseTimeRange } from './time-range';

/** Parses the parameters of `/api/v1/events`; without a range, all events up to now. */
export function parseEvents(query: URLSearchParams, nowMs: number): Result<CommandParams<'listEvents'>> {
  const names = checkNames(query, ['device', 'from', 'to', 'limit']);
  if (!names.ok) return names;
  const from = query.get('from');
  const to = query.get('to');
  const range = parseTimeRange(from ?? '0', to, nowMs);
  if (!range.ok) return range;
  const limit = query.get('limit') ?? '100';
  if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > 1_000) {
    return fail('BAD_PARAMETER', 'The parameter "limit" must be a whole number from 1 to 1000.');
  }
  const device = query.get('device') || undefined;
  // Events of this very moment belong to "up to now".
  const end = to === null ? range.value.to + 1 : range.value.to;
  return succeed({ ...(device && { device }), from: range.value.from, to: end, limit: Number(limit) });
}
