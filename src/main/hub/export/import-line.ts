import * as v from 'valibot';
import { dictionary } from '@shared/dictionary';
import { fail, succeed, type Result } from '@shared/errors';
import { DEVICE_ID } from '@shared/protocol/agent-messages';
import { MS_PER, readTime, unitOf, type Precision } from '../ingest/dialects/said-time';

const MAX_TIME_MS = 8.64e15;

/** Its elements are checked afterwards: a schema for each of a hundred thousand would take too long. */
const list = v.custom<unknown[]>(Array.isArray);

const lineSchema = v.object({
  device: v.pipe(v.string(), v.regex(DEVICE_ID, 'must be 1 to 64 characters from A-Z a-z 0-9 . _ : -')),
  metric: v.pipe(v.string(), v.minLength(1)),
  labels: v.optional(dictionary(v.string()), {}),
  unit: v.optional(v.pipe(v.string(), v.maxLength(32))),
  kind: v.optional(v.picklist(['gauge', 'counter'])),
  rate: v.optional(v.boolean(), false),
  precision: v.optional(v.picklist(['s', 'ms', 'us', 'ns'])),
  // A line with one sample may omit the lists.
  t: v.union(
    [
      list,
      v.pipe(
        v.union([v.number(), v.string()]),
        v.transform((time): unknown[] => [time]),
      ),
    ],
    'must be a list or a number',
  ),
  v: v.union(
    [
      list,
      v.pipe(
        v.nullable(v.number()),
        v.transform((value) => [value]),
      ),
    ],
    'must be a list or a number',
  ),
});

/** Samples of one series; null in `v` means no value. */
export interface ImportLine extends Omit<v.InferOutput<typeof lineSchema>, 't' | 'v' | 'rate' | 'precision'> {
  t: number[];
  v: (number | null)[];
}

/**
 * Reads one line of an NDJSON export at `now`, ms since the epoch. Times are ms as an export writes them, or what else
 * {@link readTime} understands. Fails with `BAD_LINE` or `RATES_NOT_IMPORTED`; then nothing of the line is
 * used.
 */
export function parseImportLine(text: string, now: number): Result<ImportLine> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return fail('BAD_LINE', 'This is not valid JSON.');
  }
  const parsed = v.safeParse(lineSchema, json, { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const field = v.getDotPath(issue);
    return fail('BAD_LINE', `${field === null ? 'The line' : `"${field}"`} is invalid: ${issue.message}.`);
  }
  const { rate, precision, ...line } = parsed.output;
  if (rate) {
    const message =
      'The line holds rates, which cannot be turned back into a counter. Export again with raw=1.';
    return fail('RATES_NOT_IMPORTED', message);
  }
  const { v: values } = line;
  const t = line.t.map((time: unknown) => timeOf(time, precision ?? null, now));
  if (t.length !== values.length) return fail('BAD_LINE', '"t" and "v" must have the same length.');
  if (!t.every(isTime)) return fail('BAD_LINE', '"t" must be times, best in ms since the epoch.');
  if (!values.every(isValue)) return fail('BAD_LINE', '"v" must be finite numbers or null.');
  return succeed({ ...line, t } as ImportLine);
}

/**
 * Returns a time in ms, exactly as it is written. It is in another unit only if that is declared, or if it is a time since
 * 2000 in that unit and not in ms.
 */
function timeOf(said: unknown, precision: Precision | null, now: number): unknown {
  if (typeof said !== 'number') {
    const read = readTime(said, null, now);
    return read.ok ? read.value.time : null;
  }
  const unit = precision ?? unitOf(said, now) ?? 'ms';
  if (unit === 'ms') return said;
  return precision !== null ? said * MS_PER[unit] : Math.round(said * MS_PER[unit]);
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= MAX_TIME_MS;
}

function isValue(value: unknown): boolean {
  return value === null || Number.isFinite(value);
}
