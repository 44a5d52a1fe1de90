import { fail, succeed, type Result } from '@shared/errors';
import type { Labels } from '@shared/model';

/** One point of InfluxDB line protocol: `measurement,tag=value field=1.5,other=2i 1700000000000000000`. */
export interface Point {
  measurement: string;
  tags: Labels;
  fields: [name: string, value: number | boolean][];
  /** Ms since the epoch; null when the line has no time. */
  time: number | null;
}

/**
 * Reads InfluxDB line protocol (docs.influxdata.com, "Line protocol"): escapes, quoted strings, integer suffixes,
 * comments. String fields are left out. Times are taken for ns, µs, ms or s by their size. Fails with
 * `NOT_LINE_PROTOCOL`, naming the line.
 */
export function parseLineProtocol(text: string): Result<Point[]> {
  const points: Point[] = [];
  let number = 0;
  for (const line of text.split('\n')) {
    number++;
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const point = parseLine(trimmed);
    if (!point) return fail('NOT_LINE_PROTOCOL', `Line ${number} is not line protocol.`);
    points.push(point);
  }
  return points.length > 0
    ? succeed(points)
    : fail('NOT_LINE_PROTOCOL', 'There is no line of line protocol.');
}

function parseLine(line: string): Point | null {
  const head = readUntil(line, 0, ' ');
  const body = readFields(line, head.end + 1);
  if (head.end >= line.length || !body) return null;
  const [measurement, ...tagParts] = splitEscaped(head.text, ',');
  if (measurement === undefined || measurement === '') return null;
  const tags: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const part of tagParts) {
    const equals = splitEscaped(part, '=');
    if (equals.length !== 2 || !equals[0] || !equals[1] || equals[0] === '__proto__') return null;
    tags[unescape(equals[0])] = unescape(equals[1]);
  }
  const timeText = line.slice(body.end).trim();
  if (timeText !== '' && !/^-?\d{1,19}$/.test(timeText)) return null;
  return {
    measurement: unescape(measurement),
    tags,
    fields: body.fields,
    time: timeText === '' ? null : toMs(Number(timeText)),
  };
}

function readFields(line: string, start: number): { fields: Point['fields']; end: number } | null {
  const fields: Point['fields'] = [];
  let at = start;
  for (;;) {
    const name = readUntil(line, at, '=');
    if (name.end >= line.length || name.text === '') return null;
    at = name.end + 1;
    if (line[at] === '"') {
      at++;
      while (at < line.length && line[at] !== '"') at += line[at] === '\\' ? 2 : 1;
      if (at >= line.length) return null;
      at++;
    } else {
      const stop = /[, ]/.exec(line.slice(at));
      const end = stop ? at + stop.index : line.length;
      const value = parseValue(line.slice(at, end));
      if (value === null) return null;
      fields.push([unescape(name.text), value]);
      at = end;
    }
    if (line[at] === ',') {
      at++;
      continue;
    }
    return at >= line.length || line[at] === ' ' ? { fields, end: at } : null;
  }
}

function parseValue(text: string): number | boolean | null {
  if (/^(t|T|true|True|TRUE)$/.test(text)) return true;
  if (/^(f|F|false|False|FALSE)$/.test(text)) return false;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[iu]?$/.test(text)) return null;
  const value = Number(text.replace(/[iu]$/, ''));
  return Number.isFinite(value) ? value : null;
}

function readUntil(line: string, start: number, stop: string): { text: string; end: number } {
  let at = start;
  while (at < line.length && line[at] !== stop) at += line[at] === '\\' ? 2 : 1;
  return { text: line.slice(start, at), end: at };
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

function unescape(text: string): string {
  return text.replace(/\\([,= \\])/g, '$1');
}

function toMs(time: number): number {
  const size = Math.abs(time);
  if (size >= 1e17) return Math.round(time / 1e6);
  if (size >= 1e14) return Math.round(time / 1e3);
  return size >= 1e11 ? time : time * 1_000;
}
