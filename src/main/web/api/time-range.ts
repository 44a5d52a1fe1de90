import { fail, succeed, type Result } from '@shared/errors';

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

export const DEFAULT_RANGE_MS = 15 * 60_000;

/**
 * A date, with or without a time. A time without a zone is UTC, so that the answer does not depend on the hub's zone.
 */
const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Parses one moment to ms since the epoch: a whole number of ms, ISO 8601, `now`, or relative to now such as `-5m`
 * (units ms, s, m, h, d, w). Null when it is none of these.
 */
export function parseMoment(text: string, nowMs: number): number | null {
  if (text === 'now') return nowMs;
  if (/^\d{1,15}(\.\d+)?$/.test(text)) return Number(text);
  const relative = /^-(\d{1,9})(ms|s|m|h|d|w)$/.exec(text);
  if (relative) return nowMs - Number(relative[1]) * (UNIT_MS[relative[2] ?? ''] ?? 0);
  if (!ISO.test(text)) return null;
  const zoned = /T.*(Z|[+-]\d{2}:?\d{2})$/.test(text) || !text.includes('T') ? text : `${text}Z`;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? null : time;
}

/** Parses `[from, to)`; the default is the last 15 minutes. Fails with `BAD_TIME` or `EMPTY_RANGE`. */
export function parseTimeRange(
  from: string | null,
  to: string | null,
  nowMs: number,
): Result<{ from: number; to: number }> {
  const end = to === null ? nowMs : parseMoment(to, nowMs);
  if (end === null) return badTime('to');
  const start = from === null ? end - DEFAULT_RANGE_MS : parseMoment(from, nowMs);
  if (start === null) return badTime('from');
  if (start >= end) return fail('EMPTY_RANGE', 'The time "from" must be before "to".');
  return succeed({ from: start, to: end });
}

function badTime(name: string) {
  const message = `The time "${name}" must be ms since the epoch, ISO 8601, or relative such as -5m.`;
  return fail('BAD_TIME', message);
}
