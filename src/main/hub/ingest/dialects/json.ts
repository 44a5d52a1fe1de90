import { displayText } from '@shared/display-text';
import { isRecord, parseAgentMessage } from '@shared/protocol/parse';
import {
  nothing,
  remark,
  remarkNotANumber,
  type Dialect,
  type DialectContext,
  type Parsed,
  type Reading,
  type Sender,
} from './dialect';
import { flatten, remarkFlattened, STATE_CHARS } from './flatten';
import { parseLenientJson, type LenientJson } from './lenient-json';
import { declaredUnits } from './declared-units';
import { doubtfulNumber, numberOfText, remarkDoubtful, type DoubtfulNumber } from './number-text';
import { isPingWord } from './ping-words';
import { readTime } from './said-time';
import { senderNamed } from './sender-tags';
import { isShelly, readShelly } from './shelly-json';
import { tasmotaDrafts, tasmotaObject } from './tasmota-json';
import { isTelegraf, readTelegraf } from './telegraf-json';

/** Messages of the hub's own protocol that need no hello. */
const PROTOCOL_TYPES: ReadonlySet<unknown> = new Set(['metrics', 'event']);
const IDENTITY_FIELDS = ['id', 'device', 'name'] as const;
/**
 * The device's credentials. If they are strings, they are secrets and must not become states, which are logged as
 * events.
 */
const CREDENTIAL_FIELDS = ['key', 'token'] as const;
const TIME_FIELDS = ['ts', 'time', 'timestamp'] as const;
/** These words are the time however they are written; `Ts` may be a sensor's name. */
const WRITTEN_OUT = /^time(?:stamp)?$/i;
/** Fields that name the kind of a message. */
const PING_FIELDS: readonly string[] = ['type', 'op', 'cmd', 'method', 'event', 'action', 'msg', 'message'];
/** Fields that a ping may have beside its kind. */
const PLAIN_FIELDS: readonly string[] = [...IDENTITY_FIELDS, ...CREDENTIAL_FIELDS, ...TIME_FIELDS, 'seq'];
/** A longer text is no number; searching it for blanks at its end would take long. */
const MAX_BARE_CHARS = 64;
const RIGHT_FORM = 'The right form is {"id":"attic","temp":21.5}.';

/**
 * JSON as devices send it: objects, lists of objects, NDJSON, a bare number; also the formats of Telegraf, Shelly and
 * Tasmota.
 */
export const json: Dialect = {
  name: 'json',
  mayHaveWrongClock: true,

  identify(text) {
    const start = text.replace(/^[\ufeff\s]+/, '');
    if (/^(?:[{[]|"\s*[{[])/.test(start) || isBareNumber(start)) return true;
    return bareNumberInDoubt(text) !== null;
  },

  parse(text, context) {
    const parsed = nothing();
    const bare = bareNumberInDoubt(text);
    if (bare) {
      remarkDoubtful(parsed, bare);
      const reading: Reading = { sender: null, time: null, values: {}, states: {} };
      if (bare.value === null) reading.states['value'] = bare.token;
      else reading.values['value'] = bare.value;
      parsed.readings.push(reading);
      return parsed;
    }
    let read = parseLenientJson(text);
    const [first] = read.values;
    // JSON that was encoded twice: a string that holds the JSON.
    if (typeof first === 'string' && read.values.length === 1) read = parseLenientJson(first);
    // These remarks name a place in the text, so they come before other remarks of the same kind.
    remarkOdd(text, read, parsed);
    for (const value of read.values) readValue(value, context, parsed);
    return parsed;
  },
};

/** Adds the readings of one decoded JSON value. HTTP routes call it with bodies that they have parsed. */
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
  else if (!isPing(object)) readPlain(object, context, parsed);
}

/** Whether an object only asks if anybody is there, such as `{"type":"ping"}`: that is no state of the device. */
function isPing(object: Readonly<Record<string, unknown>>): boolean {
  const isAsked = PING_FIELDS.some((field) => typeof object[field] === 'string' && isPingWord(object[field]));
  return (
    isAsked && Object.keys(object).every((key) => PING_FIELDS.includes(key) || PLAIN_FIELDS.includes(key))
  );
}

function readProtocol(object: Record<string, unknown>, context: DialectContext, parsed: Parsed): void {
  if (object['type'] === 'metrics') return readMetrics(object, context, parsed);
  const message = parseAgentMessage(object);
  if (!message.ok) return remark(parsed, message.error.code, message.error.message);
  if (message.value.type !== 'event') return;
  parsed.events.push({ sender: senderOf(object), level: message.value.level, text: message.value.text });
}

/** Reads a board's `metrics` as leniently as plain JSON: an invalid value does not affect the others. */
function readMetrics(object: Record<string, unknown>, context: DialectContext, parsed: Parsed): void {
  const { ts, values: cells } = object;
  if (!isRecord(cells)) {
    remark(parsed, 'BAD_MESSAGE', 'In "metrics", the field "values" must be an object of numbers.');
    return;
  }
  const values = Object.create(null) as Reading['values'];
  const states = Object.create(null) as Reading['states'];
  for (const [key, cell] of Object.entries(cells)) {
    const doubtful = typeof cell === 'string' ? doubtfulNumber(key, cell) : null;
    if (doubtful) remarkDoubtful(parsed, doubtful);
    const value = typeof cell === 'string' ? (numberOfText(cell) ?? doubtful?.value ?? cell) : cell;
    if (typeof value === 'string') {
      const shown = displayText(value, STATE_CHARS);
      if (shown !== '') states[key] = shown;
    } else if (typeof value === 'number') {
      values[key] = Number.isFinite(value) ? value : null;
      if (!Number.isFinite(value)) remarkNotANumber(parsed, key, String(cell));
    } else if (typeof value === 'boolean' || value === null) values[key] = value;
    else
      remark(
        parsed,
        'BAD_MESSAGE',
        `In "metrics", the field "values.${key.slice(0, 64)}" must be a number, true, false or null.`,
      );
  }
  const time = ts === undefined || ts === null ? null : said(ts, context, parsed);
  parsed.readings.push({ sender: senderOf(object), time, values, states });
}

function readPlain(sent: Record<string, unknown>, context: DialectContext, parsed: Parsed): void {
  const tasmota = tasmotaObject(sent);
  const object = tasmota?.rest ?? sent;
  let time: number | null = null;
  const rest: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of Object.entries(object)) {
    if ((IDENTITY_FIELDS as readonly string[]).includes(key) && isName(value)) continue;
    if ((CREDENTIAL_FIELDS as readonly string[]).includes(key) && typeof value === 'string') continue;
    if (
      ((TIME_FIELDS as readonly string[]).includes(key) || WRITTEN_OUT.test(key)) &&
      (typeof value === 'number' || typeof value === 'string')
    ) {
      time ??= said(value, context, parsed);
    } else rest[key] = value;
  }
  const flat = flatten(rest, context.maxValues);
  const { values, states, problem } = flat;
  remarkFlattened(parsed, flat);
  // If there are too many values, there is no way to choose which ones to keep.
  if (problem?.code === 'TOO_MANY_VALUES') return;
  const drafts = tasmota ? tasmotaDrafts(values, tasmota.units) : declaredUnits(flat);
  const reading: Reading = { sender: senderOf(object), time, values, states };
  parsed.readings.push(drafts.length > 0 ? { ...reading, drafts } : reading);
}

function said(value: unknown, { precision, now }: DialectContext, parsed: Parsed): number | null {
  const read = readTime(value, precision, now);
  const doubt = read.ok ? read.value.doubt : read.error;
  if (doubt) remark(parsed, doubt.code, doubt.message);
  return read.ok ? read.value.time : null;
}

/** Returns the sender that an object names: `id`, else `device`, else `name`; numbers are converted to text. */
function senderOf(object: Readonly<Record<string, unknown>>): Sender | null {
  const [id, device, name] = IDENTITY_FIELDS.map((field) => nameOf(object[field]));
  const first = id ?? device ?? name ?? null;
  return first === null ? null : senderNamed(first, name ?? device ?? first);
}

function isName(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

function nameOf(value: unknown): string | null {
  return isName(value) ? displayText(String(value)) || null : null;
}

function isBareNumber(text: string): boolean {
  return /^[+-]?(\d|\.\d|nan\b|inf(inity)?\b)[\d.eE+-]*[\s\0]*$/i.test(text);
}

/** Reads a text that is nothing but a number with a comma; null for any other. */
function bareNumberInDoubt(text: string): DoubtfulNumber | null {
  if (text.length > MAX_BARE_CHARS) return null;
  return doubtfulNumber('value', text.replace(/^[\ufeff\s]+|[\0\s]+$/g, ''));
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
