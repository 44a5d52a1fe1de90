import { displayText } from '../display-text';
import { fail, succeed, type Result } from '../errors';
import { isRecord } from './parse';

/** How deep a simple device's JSON may nest. */
export const MAX_FLATTEN_DEPTH = 8;

/** A simple device's message: its values by dotted name, who it says it is, and when. */
export interface SimpleMessage {
  values: Record<string, number | boolean>;
  id: string | null;
  name: string | null;
  /** Ms since the epoch; null when the message does not say. */
  time: number | null;
}

const IDENTITY_FIELDS = ['id', 'device', 'name'] as const;
const TIME_FIELDS = ['ts', 'time', 'timestamp'] as const;

/**
 * Flattens any JSON object to numbers: nested names are joined with dots, list items are numbered, booleans stay
 * (they count as 0 and 1), strings and nulls are left out. Top-level strings `id`, `device` and `name` say who sends;
 * a top-level number `ts`, `time` or `timestamp` says when, in ms, or in s when it is small. Fails with `TOO_DEEP`
 * or `TOO_MANY_VALUES`.
 */
export function flattenSimple(json: Record<string, unknown>, maxValues: number): Result<SimpleMessage> {
  const values = Object.create(null) as Record<string, number | boolean>;
  let count = 0;
  let problem: ReturnType<typeof fail> | null = null;
  let time: number | null = null;

  function walk(value: unknown, name: string, depth: number): void {
    if (problem) return;
    if (typeof value === 'number' ? Number.isFinite(value) : typeof value === 'boolean') {
      if (++count > maxValues) {
        problem = fail('TOO_MANY_VALUES', `One message may carry ${maxValues} values.`);
        return;
      }
      values[name] = value as number | boolean;
    } else if (typeof value === 'object' && value !== null) {
      if (depth >= MAX_FLATTEN_DEPTH) {
        problem = fail('TOO_DEEP', `Objects may nest ${MAX_FLATTEN_DEPTH} deep.`);
        return;
      }
      const entries: Iterable<[string | number, unknown]> = Array.isArray(value)
        ? value.entries()
        : Object.entries(value);
      for (const [key, inner] of entries) {
        walk(inner, name === '' ? String(key) : `${name}.${key}`, depth + 1);
        if (problem) return;
      }
    }
  }

  for (const [key, value] of Object.entries(json)) {
    if (typeof value === 'number' && (TIME_FIELDS as readonly string[]).includes(key)) {
      time ??= toMs(value);
    } else walk(value, key, 1);
    if (problem) return problem;
  }
  const [id, device, name] = IDENTITY_FIELDS.map((field) => textOf(json[field]));
  return succeed({ values, id: id ?? device ?? name ?? null, name: name ?? device ?? null, time });
}

/** Whether a JSON object is a simple device's and not a protocol message. */
export function isSimpleJson(
  value: unknown,
  knownTypes: ReadonlySet<string>,
): value is Record<string, unknown> {
  return isRecord(value) && !(typeof value['type'] === 'string' && knownTypes.has(value['type']));
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? displayText(value, 128) || null : null;
}

/** Epoch times below the year 2286 in seconds have at most ten digits; in ms they have thirteen. */
function toMs(time: number): number | null {
  if (!Number.isFinite(time) || time < 1e9) return null;
  return time < 1e11 ? time * 1_000 : time;
}
