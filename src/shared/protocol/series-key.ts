import type { Labels } from '../model';
import { fail, succeed, type Result } from '../errors';

/** A metric's name and labels, which a `metrics` message writes in one key: `net{iface=eth0}`. */
export interface SeriesKey {
  name: string;
  labels: Labels;
}

const NO_LABELS: Labels = Object.freeze({});
const LABEL_NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const PLAIN_VALUE = /^[^"\\,{}=\s]+$/;

/** Reads quoted text at `at` and where it ends; null when there is no closing quote before `end`. */
function readQuoted(key: string, at: number, end: number): { text: string; next: number } | null {
  let text = '';
  for (let i = at + 1; i < end; i++) {
    if (key[i] === '"') return { text, next: i + 1 };
    if (key[i] !== '\\') text += key[i];
    else text += key[++i] === 'n' ? '\n' : (key[i] ?? '');
  }
  return null;
}

/**
 * Reads the name before the labels and where it ends. A quote that does not start a quoted name is part of a plain
 * one.
 */
function readName(key: string): { text: string; next: number } {
  const quoted = key.startsWith('"') ? readQuoted(key, 0, key.length) : null;
  if (quoted && (quoted.next === key.length || key[quoted.next] === '{')) return quoted;
  const open = key.indexOf('{');
  const next = open < 0 ? key.length : open;
  return { text: key.slice(0, next), next };
}

/**
 * Reads `name{key="value",other=plain}`. The name and the label names may be quoted too. Quoted text escapes `"` and
 * `\` with a backslash and may contain `\n`. A key without braces is a name without labels.
 */
export function parseSeriesKey(key: string): Result<SeriesKey> {
  const { text: name, next: open } = readName(key);
  if (name === '') return fail('BAD_NAME', 'A metric name is empty.');
  if (open === key.length) return succeed({ name, labels: NO_LABELS });
  if (!key.endsWith('}')) return fail('BAD_LABELS', `The labels of "${name}" do not end with "}".`);
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  let at = open + 1;
  const end = key.length - 1;
  while (at < end) {
    while (key[at] === ' ') at++;
    const quotedLabel = key[at] === '"' ? readQuoted(key, at, end) : null;
    const equals = quotedLabel ? quotedLabel.next : key.indexOf('=', at);
    if (equals < 0 || equals >= end || key[equals] !== '=') {
      return fail('BAD_LABELS', `A label of "${name}" has no "=".`);
    }
    const label = quotedLabel ? quotedLabel.text : key.slice(at, equals).trim();
    const isAllowed = quotedLabel ? label !== '' : LABEL_NAME.test(label);
    if (!isAllowed) {
      return fail('BAD_LABELS', `"${name}" has a label whose name is not allowed.`);
    }
    at = equals + 1;
    if (key[at] === '"') {
      const value = readQuoted(key, at, end);
      if (!value) return fail('BAD_LABELS', `The value of label "${label}" has no closing quote.`);
      labels[label] = value.text;
      at = value.next;
    } else {
      const comma = key.indexOf(',', at);
      const stop = comma < 0 ? end : comma;
      labels[label] = key.slice(at, stop).trim();
      at = stop;
    }
    if (at < end) {
      if (key[at] !== ',') return fail('BAD_LABELS', `The labels of "${name}" need a comma between them.`);
      at++;
    }
  }
  return succeed({ name, labels });
}

/**
 * Formats a key that {@link parseSeriesKey} reads, with labels sorted by name, so that keys are equal exactly if the
 * series are.
 */
export function formatSeriesKey(name: string, labels: Labels): string {
  const plainName = name.includes('{') || name.startsWith('"') ? quote(name) : name;
  const names = Object.keys(labels);
  if (names.length === 0) return plainName;
  names.sort();
  let key = `${plainName}{`;
  for (const [i, label] of names.entries()) {
    const value = labels[label] ?? '';
    const labelText = LABEL_NAME.test(label) ? label : quote(label);
    key += `${i > 0 ? ',' : ''}${labelText}=${PLAIN_VALUE.test(value) ? value : quote(value)}`;
  }
  return `${key}}`;
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
