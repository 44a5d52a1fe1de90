import type { Labels } from '../model';
import { fail, succeed, type Result } from '../errors';

/** A metric's name and labels, as a `metrics` message writes them in one key: `net{iface=eth0}`. */
export interface SeriesKey {
  name: string;
  labels: Labels;
}

const NO_LABELS: Labels = Object.freeze({});
const LABEL_NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const PLAIN_VALUE = /^[^"\\,{}=\s]+$/;

/**
 * Reads `name{key="value",other=plain}`. Quoted values escape `"` and `\` with a backslash and may hold `\n`.
 * A key without braces is a name without labels.
 */
export function parseSeriesKey(key: string): Result<SeriesKey> {
  const open = key.indexOf('{');
  if (open < 0) {
    return key === ''
      ? fail('BAD_NAME', 'A metric name is empty.')
      : succeed({ name: key, labels: NO_LABELS });
  }
  const name = key.slice(0, open);
  if (name === '') return fail('BAD_NAME', 'A metric name is empty.');
  if (!key.endsWith('}')) return fail('BAD_LABELS', `The labels of "${name}" do not end with "}".`);
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  let at = open + 1;
  const end = key.length - 1;
  while (at < end) {
    const equals = key.indexOf('=', at);
    if (equals < 0 || equals >= end) return fail('BAD_LABELS', `A label of "${name}" has no "=".`);
    const label = key.slice(at, equals).trim();
    if (!LABEL_NAME.test(label) || label === '__proto__') {
      return fail('BAD_LABELS', `"${name}" has a label whose name is not allowed.`);
    }
    at = equals + 1;
    let value = '';
    if (key[at] === '"') {
      at++;
      while (at < end && key[at] !== '"') {
        if (key[at] === '\\') {
          at++;
          value += key[at] === 'n' ? '\n' : (key[at] ?? '');
        } else value += key[at];
        at++;
      }
      if (at >= end) return fail('BAD_LABELS', `The value of label "${label}" has no closing quote.`);
      at++;
    } else {
      const comma = key.indexOf(',', at);
      const stop = comma < 0 ? end : comma;
      value = key.slice(at, stop).trim();
      at = stop;
    }
    labels[label] = value;
    if (at < end) {
      if (key[at] !== ',') return fail('BAD_LABELS', `The labels of "${name}" need a comma between them.`);
      at++;
    }
  }
  return succeed({ name, labels });
}

/** The inverse of {@link parseSeriesKey}, with labels sorted by name: equal series have equal keys. */
export function formatSeriesKey(name: string, labels: Labels): string {
  const names = Object.keys(labels);
  if (names.length === 0) return name;
  names.sort();
  let key = `${name}{`;
  for (const [i, label] of names.entries()) {
    const value = labels[label] ?? '';
    const quoted = PLAIN_VALUE.test(value)
      ? value
      : `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
    key += `${i > 0 ? ',' : ''}${label}=${quoted}`;
  }
  return `${key}}`;
}
