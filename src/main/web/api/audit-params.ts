import { fail, succeed, type Result } from '@shared/errors';
import type { CommandParams } from '@shared/hub-api';
import { checkNames } from './query-params';

/** Parses the parameters of `/api/v1/audit`; `before` is the id of the oldest entry that the caller has. */
export function parseAudit(query: URLSearchParams): Result<CommandParams<'listAudit'>> {
  const names = checkNames(query, ['limit', 'before']);
  if (!names.ok) return names;
  const limit = query.get('limit') ?? '100';
  if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > 1_000) {
    return fail('BAD_PARAMETER', 'The parameter "limit" must be a whole number from 1 to 1000.');
  }
  const before = query.get('before');
  if (before === null) return succeed({ limit: Number(limit) });
  if (!/^[1-9]\d{0,14}$/.test(before)) {
    return fail('BAD_PARAMETER', 'The parameter "before" must be the id of an entry.');
  }
  return succeed({ limit: Number(limit), before: Number(before) });
}
