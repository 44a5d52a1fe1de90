import * as v from 'valibot';
import { fail, succeed, type Result } from '../errors';
import {
  backlogSchema,
  eventSchema,
  helloSchema,
  lostSchema,
  pairingSchema,
  resultSchema,
  schemaSchema,
  type AgentMessage,
  type MetricsMessage,
  type RowsMessage,
} from './agent-messages';
import { hubMessageSchema, type HubToAgentMessage } from './hub-messages';

const SCHEMAS = {
  hello: helloSchema,
  schema: schemaSchema,
  event: eventSchema,
  lost: lostSchema,
  backlog: backlogSchema,
  pairing: pairingSchema,
  result: resultSchema,
} as const;

/** Parses one frame's text as JSON. The error does not echo the text. */
export function parseJson(text: string): Result<unknown> {
  try {
    return succeed(JSON.parse(text) as unknown);
  } catch {
    return fail('BAD_JSON', 'The message is not valid JSON.');
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Validates a decoded JSON value as an agent's message; the error names the wrong field. */
export function parseAgentMessage(value: unknown): Result<AgentMessage> {
  if (!isRecord(value)) return fail('NOT_AN_OBJECT', 'A message must be a JSON object.');
  const type = value['type'];
  if (typeof type !== 'string') return fail('NO_TYPE', 'A message needs a string field "type".');
  if (type === 'rows') return parseRows(value);
  if (type === 'metrics') return parseMetrics(value);
  if (!Object.hasOwn(SCHEMAS, type)) {
    return fail('UNKNOWN_TYPE', `The hub knows no message of type "${type.slice(0, 64)}".`);
  }
  const parsed = v.safeParse(SCHEMAS[type as keyof typeof SCHEMAS], value, { abortEarly: true });
  return parsed.success ? succeed(parsed.output) : fail('BAD_MESSAGE', describeIssue(type, parsed.issues));
}

/** Parses a message from the hub, for agents. Unknown types fail with `UNKNOWN_TYPE`, which agents ignore. */
export function parseHubMessage(text: string): Result<HubToAgentMessage> {
  const json = parseJson(text);
  if (!json.ok) return json;
  const parsed = v.safeParse(hubMessageSchema, json.value, { abortEarly: true });
  if (parsed.success) return succeed(parsed.output);
  const type = isRecord(json.value) ? json.value['type'] : undefined;
  const known = hubMessageSchema.options.some((option) => option.entries.type.literal === type);
  if (typeof type === 'string' && !known) {
    return fail('UNKNOWN_TYPE', `Unknown message type "${type.slice(0, 64)}".`);
  }
  return fail('BAD_MESSAGE', describeIssue(String(type), parsed.issues));
}

/** The path and the library's message repeat parts of the peer's message, so both are cut. */
function describeIssue(type: string, issues: readonly v.BaseIssue<unknown>[]): string {
  const issue = issues[0];
  const path = issue ? (v.getDotPath(issue) ?? '').slice(0, 128) : '';
  const field = path === '' ? 'the message' : `the field "${path}"`;
  const why = issue?.message.slice(0, 256) ?? 'it cannot be read.';
  return `In "${type.slice(0, 64)}", ${field} is invalid: ${why}`;
}

const bad = (message: string) => fail('BAD_MESSAGE', message);

function isSeq(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/**
 * Checks `rows` by hand, because a general schema library would cost more than `JSON.parse` itself. It also checks
 * every cell, so later code need not: each row starts with a finite time, and the rest are numbers or null.
 */
function parseRows(value: Record<string, unknown>): Result<RowsMessage> {
  const { seq, schema, rows, stream } = value;
  if (!isSeq(seq)) return bad('In "rows", the field "seq" must be a whole number of at least 0.');
  if (!isSeq(schema))
    return bad('In "rows", the field "schema" must be the version of a schema sent before.');
  if (stream !== undefined && (typeof stream !== 'string' || !/^[A-Za-z0-9._:-]{1,64}$/.test(stream))) {
    return bad('In "rows", the field "stream" must be 1 to 64 characters from A-Z a-z 0-9 . _ : -');
  }
  if (!Array.isArray(rows)) return bad('In "rows", the field "rows" must be a list of rows.');
  for (let r = 0; r < rows.length; r++) {
    const row: unknown = rows[r];
    if (!Array.isArray(row)) return bad(`In "rows", the field "rows.${r}" must be a list.`);
    const time: unknown = row[0];
    if (typeof time !== 'number' || !Number.isFinite(time)) {
      return bad(`In "rows", the field "rows.${r}.0" must be a time in ms.`);
    }
    for (let c = 1; c < row.length; c++) {
      const cell: unknown = row[c];
      if (typeof cell !== 'number' ? cell !== null : !Number.isFinite(cell)) {
        return bad(`In "rows", the field "rows.${r}.${c}" must be a number or null.`);
      }
    }
  }
  return succeed(value as unknown as RowsMessage);
}

function parseMetrics(value: Record<string, unknown>): Result<MetricsMessage> {
  const { ts, values } = value;
  if (ts !== undefined && (typeof ts !== 'number' || !Number.isFinite(ts))) {
    return bad('In "metrics", the field "ts" must be a time in ms.');
  }
  if (!isRecord(values)) return bad('In "metrics", the field "values" must be an object of numbers.');
  for (const key in values) {
    const cell = values[key];
    if (typeof cell === 'number' ? !Number.isFinite(cell) : typeof cell !== 'boolean' && cell !== null) {
      return bad(
        `In "metrics", the field "values.${key.slice(0, 64)}" must be a number, true, false or null.`,
      );
    }
  }
  return succeed(value as unknown as MetricsMessage);
}
