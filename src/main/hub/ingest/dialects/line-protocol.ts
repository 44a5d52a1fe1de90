import { displayText } from '@shared/display-text';
import { formatSeriesKey } from '@shared/protocol/series-key';
import { nothing, remark, type Dialect, type DialectContext, type Parsed, type Reading } from './dialect';
import { STATE_CHARS } from './flatten';
import { isState } from './known-texts';
import { splitLines, type Line } from './line-splitter';
import { doubtfulNumber, NOT_FINITE, numberOfText, remarkDoubtful } from './number-text';
import { readTime } from './said-time';
import { senderOfTags } from './sender-tags';

/** One point of InfluxDB line protocol: `measurement,tag=value field=1.5,other=2i 1700000000000000000`. */
export interface Point {
  measurement: string;
  tags: Record<string, string>;
  fields: [name: string, value: FieldValue][];
  /** Its time as it was written; null if it has none. */
  time: string | null;
}

/** A text is a string field; `odd` is a word in place of a number, such as `NaN` or `n/a`. */
export type FieldValue = number | boolean | { text: string } | { odd: string };

export interface LineProblem {
  /** Counted from 1; the first line of a point that spans several. */
  line: number;
  message: string;
  /** The beginning of the line. */
  text: string;
}

export interface ParsedLines extends Parsed {
  /** The first of the invalid lines. */
  problems: LineProblem[];
  badLines: number;
  /** The first value that is not a number, in a line that is otherwise valid. */
  odd: LineProblem | null;
  /** The number of lines in which no value is a number. */
  oddLines: number;
  /** Whether there was nothing to read, valid or not. */
  isEmpty: boolean;
}

/** Enough for a count of nanoseconds or ISO 8601. */
const MAX_TIME_CHARS = 40;
const MAX_PROBLEMS = 100;
const SHOWN_CHARS = 80;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INTEGER = /^([+-]?\d+)[iu]$/;
/** A value written as `name=number`, where a measurement should be. */
const NAME_AND_NUMBER = /^[^=\\]+=[+-]?[\d.,]+[^=\s]*$/;
const RIGHT_FORM = 'The right form is "cpu,host=nas usage=1.5 1700000000000000000".';

/**
 * InfluxDB line protocol (docs.influxdata.com, "Line protocol reference"), as written by Telegraf, Proxmox, Home
 * Assistant and libraries for boards. An invalid line does not affect the others.
 */
export const lineProtocol: Dialect = {
  name: 'line-protocol',
  mayHaveWrongClock: false,

  identify(text) {
    for (const { text: line } of splitLines(stripEnds(text))) {
      if (typeof parseLine(line) !== 'string') return true;
    }
    return false;
  },

  parse(text, context) {
    return readLines(splitLines(stripEnds(text)), context);
  },
};

/** Reads all lines received so far; `remarks` describes the first invalid one. */
export function readLines(lines: Iterable<Line>, context: DialectContext): ParsedLines {
  const parsed: ParsedLines = {
    ...nothing(),
    problems: [],
    badLines: 0,
    odd: null,
    oddLines: 0,
    isEmpty: true,
  };
  for (const { text: line, number, isTooLong } of lines) {
    parsed.isEmpty = false;
    const point = isTooLong ? 'it is too long' : boundedPoint(line, context.maxValues);
    if (typeof point === 'string') {
      parsed.badLines++;
      if (parsed.problems.length < MAX_PROBLEMS) {
        parsed.problems.push({ line: number, message: point, text: displayText(line, SHOWN_CHARS) });
      }
      continue;
    }
    addPoint(point, number, context, parsed);
    const odd = point.fields.flatMap(([name, value]) => (isOdd(value) ? [{ name, token: value.odd }] : []));
    const [first] = odd;
    if (!first) continue;
    if (odd.length === point.fields.length) parsed.oddLines++;
    const message = `"${first.token.slice(0, 40)}" of "${first.name.slice(0, 80)}" is not a number`;
    parsed.odd ??= { line: number, message, text: displayText(line, SHOWN_CHARS) };
  }
  const [first] = parsed.problems;
  if (first) {
    const more = parsed.badLines > 1 ? ` (and ${parsed.badLines - 1} more lines)` : '';
    remark(
      parsed,
      'NOT_LINE_PROTOCOL',
      `Line ${first.line} is left out${more}: ${first.message}. ${RIGHT_FORM}`,
    );
  }
  merge(parsed);
  return parsed;
}

/**
 * Parses a line with a bounded number of fields. The limit applies per line, because a backlog has many values in
 * total.
 */
function boundedPoint(line: string, maxValues: number): Point | string {
  const point = parseLine(line);
  if (typeof point === 'string' || point.fields.length <= maxValues) return point;
  return `it has more than ${maxValues} fields`;
}

/** Adds a point's values to the parsed result; `line` is its number for remarks. */
export function addPoint(point: Point, line: number, context: DialectContext, parsed: Parsed): void {
  const { sender, labels } = senderOfTags(point.tags);
  const values: Reading['values'] = Object.create(null) as Reading['values'];
  const states: Reading['states'] = Object.create(null) as Reading['states'];
  for (const [field, value] of point.fields) {
    const key = formatSeriesKey(
      field === 'value' ? point.measurement : `${point.measurement}.${field}`,
      labels,
    );
    if (typeof value !== 'object') values[key] = value;
    else if (isOdd(value)) {
      values[key] = null;
      remark(
        parsed,
        'NOT_A_NUMBER',
        `"${value.odd.slice(0, 40)}" in line ${line} (${field}) is not a number: it was taken as no value. Leave the field out instead.`,
      );
    } else if (isState(point.measurement, field, value.text, point.tags)) {
      const doubtful = doubtfulNumber(field, value.text);
      if (doubtful) remarkDoubtful(parsed, doubtful);
      const number = numberOfText(value.text) ?? doubtful?.value ?? null;
      const text = number === null ? displayText(value.text, STATE_CHARS) : '';
      if (text !== '') states[key] = text;
      else if (number !== null) values[key] = Number.isFinite(number) ? number : null;
    }
  }
  let time: number | null = null;
  if (point.time !== null) {
    const read = readTime(point.time, context.precision, context.now);
    const doubt = read.ok ? read.value.doubt : read.error;
    if (doubt) remark(parsed, doubt.code, doubt.message);
    time = read.ok ? read.value.time : null;
  }
  parsed.readings.push({ sender, time, values, states });
}

/**
 * Joins readings of the same sender and time into one row. Two readings without a time that have the same key stay
 * separate, because they were read one after another.
 */
function merge(parsed: Parsed): void {
  const joined = new Map<string, Reading>();
  const readings: Reading[] = [];
  for (const reading of parsed.readings) {
    const key = `${reading.time} ${reading.sender?.id ?? ''}`;
    const known = joined.get(key);
    const isRepeated = reading.time === null && known && hasAny(known.values, reading.values);
    if (known && !isRepeated) {
      Object.assign(known.values, reading.values);
      Object.assign(known.states, reading.states);
      continue;
    }
    joined.set(key, reading);
    readings.push(reading);
  }
  parsed.readings = readings;
}

function hasAny(values: Reading['values'], others: Reading['values']): boolean {
  return Object.keys(others).some((key) => key in values);
}

function stripEnds(text: string): string {
  return text.replace(/^\ufeff/, '').replace(/\0+$/, '');
}

/** Parses one line into a point, or returns the problem with it. */
export function parseLine(line: string): Point | string {
  const head = readUntil(line, 0, ' ');
  if (head.end >= line.length) return 'it has no fields';
  // Two names in another encoding would look the same, and be one device or series.
  if (/[\ufffd\0]/.test(head.text)) return 'its measurement or tags are not UTF-8';
  let at = head.end;
  while (line[at] === ' ') at++;
  const fields = readFields(line, at);
  if (typeof fields === 'string') return fields;
  const [measurement, ...tagParts] = splitEscaped(head.text, ',');
  if (measurement === undefined || measurement === '') return 'it has no measurement';
  // InfluxDB would take "temp=21.5 hum=40" for the field hum of a measurement called "temp=21.5".
  if (NAME_AND_NUMBER.test(measurement)) {
    return `"${measurement.slice(0, 40)}" has a "=" and is no measurement`;
  }
  const tags: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const part of tagParts) {
    if (part === '') return 'there is a comma too many after the measurement';
    const equals = splitEscaped(part, '=');
    if (equals.length !== 2 || !equals[0] || !equals[1]) {
      return `"${part.slice(0, 40)}" is not a tag`;
    }
    tags[unescapeKey(equals[0])] = unescapeKey(equals[1]);
  }
  const time = line.slice(fields.end).trim();
  if (time !== '' && (time.length > MAX_TIME_CHARS || !readTime(time, null, 0).ok)) {
    return `"${time.slice(0, 40)}" is not a time`;
  }
  return {
    measurement: unescapeKey(measurement),
    tags,
    fields: fields.fields,
    time: time === '' ? null : time,
  };
}

function readFields(line: string, start: number): { fields: Point['fields']; end: number } | string {
  const fields: Point['fields'] = [];
  // A line in which no field has a value is not a point, but a sentence with "=" in it.
  let isPoint = false;
  let at = start;
  for (;;) {
    const name = readUntil(line, at, '=');
    if (name.text === '' || name.text.trim() === '')
      return 'a field has no name, or there is a comma too many';
    if (name.end >= line.length) return `"${name.text.slice(0, 40)}" has no value`;
    // As of 21,5 with a comma for a point; and words with "=" in them are no point.
    const split = /(?<!\\)[ ,]/.exec(name.text);
    if (split) return `"${name.text.slice(0, split.index).slice(0, 40)}" has no value`;
    at = name.end + 1;
    if (line[at] === '"') {
      const close = closingQuote(line, at);
      if (close < 0) return `the text of "${name.text.slice(0, 40)}" does not end`;
      const text = line.slice(at + 1, close).replace(/\\(["\\])/g, '$1');
      fields.push([unescapeKey(name.text), { text }]);
      isPoint = true;
      at = close + 1;
    } else {
      const stop = /[, ]/.exec(line.slice(at));
      const end = stop ? at + stop.index : line.length;
      const raw = line.slice(at, end);
      const value = parseValue(raw);
      isPoint ||= value !== null;
      fields.push([unescapeKey(name.text), value ?? { odd: raw }]);
      at = end;
    }
    if (line[at] === ',') {
      at++;
      if (at >= line.length || line[at] === ' ') return 'there is a comma too many after the fields';
      continue;
    }
    if (at < line.length && line[at] !== ' ') return 'something stands right behind the text of a field';
    const [first] = fields;
    if (isPoint || !first || !isOdd(first[1])) return { fields, end: at };
    return `"${first[1].odd.slice(0, 40)}" is not a value`;
  }
}

function isOdd(value: FieldValue): value is { odd: string } {
  return typeof value === 'object' && 'odd' in value;
}

function closingQuote(line: string, open: number): number {
  for (let i = open + 1; i < line.length; i++) {
    if (line[i] === '\\') i++;
    else if (line[i] === '"') return i;
  }
  return -1;
}

function parseValue(text: string): FieldValue | null {
  if (/^(t|T|true|True|TRUE)$/.test(text)) return true;
  if (/^(f|F|false|False|FALSE)$/.test(text)) return false;
  if (NOT_FINITE.test(text)) return { odd: text };
  const integer = INTEGER.exec(text);
  const digits = integer?.[1] ?? text;
  if (!NUMBER.test(digits)) return null;
  const value = Number(digits);
  return Number.isFinite(value) ? value : { odd: text };
}

function readUntil(line: string, start: number, stop: string): { text: string; end: number } {
  let at = start;
  while (at < line.length && line[at] !== stop) at += line[at] === '\\' ? 2 : 1;
  return { text: line.slice(start, at), end: Math.min(at, line.length) };
}

function splitEscaped(text: string, separator: string): string[] {
  const parts: string[] = [];
  let at = 0;
  while (at <= text.length) {
    const part = readUntil(text, at, separator);
    parts.push(part.text);
    at = part.end + 1;
  }
  return parts;
}

function unescapeKey(text: string): string {
  return text.replace(/\\([,= \\])/g, '$1');
}
