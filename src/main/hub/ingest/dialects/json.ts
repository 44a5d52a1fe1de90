import { displayText } from '@shared/display-text';
import { isRecord, parseAgentMessage } from '@shared/protocol/parse';
import { nothing, remark, type Dialect, type DialectContext, type Parsed, type Sender } from './dialect';
import { flatten } from './flatten';
import { parseLenientJson, type LenientJson } from './lenient-json';
import { readTime } from './said-time';
import { isShelly, readShelly } from './shelly-json';
import { isTelegraf, readTelegraf } from './telegraf-json';

/** Messages of the hub's own protocol that need no hello. */
const PROTOCOL_TYPES: ReadonlySet<unknown> = new Set(['metrics', 'event']);
const IDENTITY_FIELDS = ['id', 'device', 'name'] as const;
/** What the device shows to be let in. As texts they are secrets, never states that events would repeat. */
const CREDENTIAL_FIELDS = ['key', 'token'] as const;
const TIME_FIELDS = ['ts', 'time', 'timestamp'] as const;
const NAME_CHARS = 256;
const RIGHT_FORM = 'The right form is {"id":"attic","temp":21.5}.';

/** JSON as devices send it: objects, lists of objects, NDJSON, a bare number; Telegraf's and Shelly's own shapes. */
export const json: Dialect = {
  name: 'json',
  mayHaveWrongClock: true,

  identify(text) {
    const start = text.replace(/^[\ufeff\s]+/, '');
    return /^[{[]/.test(start) || isBareNumber(start);
  },

  parse(text, context) {
    const parsed = nothing();
    const read = parseLenientJson(text);
    for (const value of read.values) readValue(value, context, parsed);
    remarkOdd(text, read, parsed);
    return parsed;
  },
};

/** Adds what one decoded JSON value says; HTTP routes come here with bodies that they have parsed. */
export function readValue(value: unknown, context: DialectContext, parsed: Parsed): void {
  if (Array.isArray(value)) {
    for (const item of value) {
      if (isRecord(item)) readObject(item, context, parsed);
      else notMetrics(parsed);
    }
  } else if (isRecord(value)) readObject(value, context, parsed);
  else if (typeof value === 'number') {
    const cell = Number.isFinite(value) ? value : null;
    parsed.readings.push({ sender: null, time: null, values: { value: cell }, states: {} });
  } else notMetrics(parsed);
}

function readObject(object: Record<string, unknown>, context: DialectContext, parsed: Parsed): void {
  if (PROTOCOL_TYPES.has(object['type'])) readProtocol(object, context, parsed);
  else if (isTelegraf(object)) readTelegraf(object, context, parsed);
  else if (isShelly(object)) readShelly(object, context, parsed);
  else readPlain(object, context, parsed);
}

function readProtocol(object: Record<string, unknown>, context: DialectContext, parsed: Parsed): void {
  const message = parseAgentMessage(withoutNaN(object));
  if (!message.ok) return remark(parsed, message.error.code, message.error.message);
  const sender = senderOf(object);
  if (message.value.type === 'event') {
    parsed.events.push({ sender, level: message.value.level, text: message.value.text });
  } else if (message.value.type === 'metrics') {
    const { ts, values } = message.value;
    const time = ts === undefined ? null : said(ts, context, parsed);
    parsed.readings.push({ sender, time, values, states: {} });
  }
}

/** `metrics` allows null where there is no number. */
function withoutNaN(object: Record<string, unknown>): Record<string, unknown> {
  const { values } = object;
  if (!isRecord(values)) return object;
  const entries = Object.entries(values).map(([key, cell]) => [key, Number.isNaN(cell) ? null : cell]);
  return { ...object, values: Object.fromEntries(entries) as unknown };
}

function readPlain(object: Record<string, unknown>, context: DialectContext, parsed: Parsed): void {
  let time: number | null = null;
  const rest: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of Object.entries(object)) {
    if ((IDENTITY_FIELDS as readonly string[]).includes(key) && isName(value)) continue;
    if ((CREDENTIAL_FIELDS as readonly string[]).includes(key) && typeof value === 'string') continue;
    if (
      (TIME_FIELDS as readonly string[]).includes(key) &&
      (typeof value === 'number' || isTimeText(value))
    ) {
      time ??= said(value, context, parsed);
    } else rest[key] = value;
  }
  const { values, states, problem } = flatten(rest, context.maxValues);
  if (problem) remark(parsed, problem.code, problem.message);
  // Which of too many values are meant is anybody's guess.
  if (problem?.code === 'TOO_MANY_VALUES') return;
  parsed.readings.push({ sender: senderOf(object), time, values, states });
}

function said(value: unknown, { precision, now }: DialectContext, parsed: Parsed): number | null {
  const read = readTime(value, precision, now);
  const doubt = read.ok ? read.value.doubt : read.error;
  if (doubt) remark(parsed, doubt.code, doubt.message);
  return read.ok ? read.value.time : null;
}

function isTimeText(value: unknown): boolean {
  return typeof value === 'string' && /^\s*[+-]?\d{4,}/.test(value);
}

/** Who an object says it is from: `id`, else `device`, else `name`; numbers count as text. */
function senderOf(object: Readonly<Record<string, unknown>>): Sender | null {
  const [id, device, name] = IDENTITY_FIELDS.map((field) => nameOf(object[field]));
  const first = id ?? device ?? name ?? null;
  return first === null ? null : { id: first, name: name ?? device ?? first };
}

function isName(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

function nameOf(value: unknown): string | null {
  return isName(value) ? displayText(String(value), NAME_CHARS) || null : null;
}

function isBareNumber(text: string): boolean {
  return /^[+-]?(\d|\.\d|nan\b|inf(inity)?\b)[\d.eE+-]*[\s\0]*$/i.test(text);
}

function notMetrics(parsed: Parsed): void {
  remark(parsed, 'NOT_METRICS', `This JSON has no named values. ${RIGHT_FORM}`);
}

function remarkOdd(text: string, { oddTokens, broken, values }: LenientJson, parsed: Parsed): void {
  const [odd] = oddTokens;
  if (odd) {
    const more = oddTokens.length > 1 ? ` (and ${oddTokens.length - 1} more)` : '';
    remark(
      parsed,
      'NOT_A_NUMBER',
      `"${odd.token}" at ${placeOf(text, odd.at)} is not a number in JSON${more}: it was taken as no value. Send null, or leave it out.`,
    );
  }
  const [first] = broken;
  if (!first) return;
  const kept = values.length > 0 ? ' What came before and after it was kept.' : '';
  remark(parsed, 'BAD_JSON', `The JSON breaks off at ${placeOf(text, first.at)}: ${first.message}.${kept}`);
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return line === 1 ? `character ${at + 1}` : `line ${line}, character ${at - before.lastIndexOf('\n')}`;
}
