import { displayText } from '@shared/display-text';
import { formatSeriesKey } from '@shared/protocol/series-key';
import { isRecord } from '@shared/protocol/parse';
import { remarkNotANumber, remark, type Parsed } from './dialect';
import { doubtfulNumber, numberOfText, remarkDoubtful, type DoubtfulNumber } from './number-text';

/** The deepest nesting of a device's JSON. */
export const MAX_FLATTEN_DEPTH = 8;
const MAX_STATES = 64;
/** The most characters of a text that are kept as a state. */
export const STATE_CHARS = 256;
const ITEM_NAME_CHARS = 256;
const NO_BASE = { path: '', labels: {} };
/** Fields that identify an item of a list. */
const ITEM_NAMES = ['id', 'name', 'channel', 'address'] as const;

export interface Flattened {
  /** By series key; null if a number was expected but missing. */
  values: Record<string, number | boolean | null>;
  states: Record<string, string>;
  /** The first value that is not a number, such as `"temp":"nan"`, as it was written. */
  odd: { name: string; token: string } | null;
  /** The first number that was guessed, such as `"21,5"`, and the first that could not be, such as `"1,234"`. */
  guessed: DoubtfulNumber | null;
  ambiguous: DoubtfulNumber | null;
  /** The reason why it stopped early. */
  problem: { code: 'TOO_DEEP' | 'TOO_MANY_VALUES'; message: string } | null;
}

/**
 * Flattens JSON to numbers and texts. Nested names are joined with dots. Items of a list get a label (their `id`,
 * `name`, `channel` or `address`, else `index`) instead of a position in the name. Booleans are kept (they count as 0
 * and 1), numeric strings become numbers (see `number-text.ts`), and other strings become states. On input that is too deep or too large, it
 * stops with a `problem` and keeps everything before that. `base` is put before all names; a field `value` then adds no
 * name of its own.
 */
export function flatten(
  json: Readonly<Record<string, unknown>>,
  maxValues: number,
  base: { path: string; labels: Readonly<Record<string, string>> } = NO_BASE,
): Flattened {
  const values = Object.create(null) as Flattened['values'];
  const states = Object.create(null) as Flattened['states'];
  const flat: Flattened = { values, states, odd: null, guessed: null, ambiguous: null, problem: null };
  let count = 0;
  let stateCount = 0;

  function put(path: string, labels: Record<string, string>, value: number | boolean | null): void {
    if (++count > maxValues) {
      flat.problem = { code: 'TOO_MANY_VALUES', message: `A message can carry at most ${maxValues} values.` };
      return;
    }
    values[formatSeriesKey(path, labels)] = value;
  }

  function walk(value: unknown, path: string, labels: Record<string, string>, depth: number): void {
    if (flat.problem) return;
    if (typeof value === 'boolean') put(path, labels, value);
    else if (typeof value === 'number') number(value, path, labels, String(value));
    else if (typeof value === 'string') text(value, path, labels);
    else if (typeof value !== 'object' || value === null) return;
    else if (depth >= MAX_FLATTEN_DEPTH) {
      flat.problem = {
        code: 'TOO_DEEP',
        message: `Objects can be nested at most ${MAX_FLATTEN_DEPTH} levels deep.`,
      };
    } else if (Array.isArray(value)) list(value, path, labels, depth);
    else for (const [key, inner] of Object.entries(value)) walk(inner, join(path, key), labels, depth + 1);
  }

  function list(
    items: readonly unknown[],
    path: string,
    labels: Record<string, string>,
    depth: number,
  ): void {
    const own = items.map((item) => (isRecord(item) ? itemLabel(item) : null));
    const seen = new Map<string, number>();
    for (const one of own) if (one) seen.set(one.join(), (seen.get(one.join()) ?? 0) + 1);
    for (const [i, item] of items.entries()) {
      const label = own[i] ?? null;
      const rest = label && isRecord(item) ? withoutKey(item, label[0]) : item;
      const inner = { ...labels };
      if (label) inner[freeLabel(inner, label[0])] = label[1];
      // Two items with the same name are still two items.
      if (!label || (seen.get(label.join()) ?? 0) > 1) inner[freeLabel(inner, 'index')] = String(i);
      walk(rest, path, inner, depth + 1);
    }
  }

  function number(value: number, path: string, labels: Record<string, string>, token: string): void {
    if (Number.isFinite(value)) return put(path, labels, value);
    flat.odd ??= { name: path, token };
    put(path, labels, null);
  }

  function text(value: string, path: string, labels: Record<string, string>): void {
    const read = numberOfText(value);
    if (read !== null) return number(read, path, labels, value.trim());
    const doubtful = doubtfulNumber(path, value);
    if (doubtful && doubtful.value !== null) {
      flat.guessed ??= doubtful;
      return put(path, labels, doubtful.value);
    }
    flat.ambiguous ??= doubtful;
    const shown = displayText(value, STATE_CHARS);
    if (shown !== '' && stateCount++ < MAX_STATES) states[formatSeriesKey(path, labels)] = shown;
  }

  for (const [key, value] of Object.entries(json)) {
    const path = key === 'value' && base.path !== '' ? base.path : join(base.path, key);
    walk(value, path, { ...base.labels }, 1);
  }
  return flat;
}

/** Adds remarks about what was odd. */
export function remarkFlattened(parsed: Parsed, { odd, guessed, ambiguous, problem }: Flattened): void {
  if (odd) remarkNotANumber(parsed, odd.name, odd.token);
  if (guessed) remarkDoubtful(parsed, guessed);
  if (ambiguous) remarkDoubtful(parsed, ambiguous);
  if (problem) remark(parsed, problem.code, problem.message);
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** Returns the label that identifies an item among its neighbours. */
function itemLabel(item: Readonly<Record<string, unknown>>): [label: string, value: string] | null {
  for (const label of ITEM_NAMES) {
    const value = item[label];
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    const shown = displayText(String(value), ITEM_NAME_CHARS);
    if (shown !== '') return [label, shown];
  }
  return null;
}

function withoutKey(item: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> {
  const { [key]: _left, ...rest } = item;
  return rest;
}

function freeLabel(labels: Readonly<Record<string, string>>, label: string): string {
  let name = label;
  for (let n = 2; Object.hasOwn(labels, name); n++) name = `${label}${n}`;
  return name;
}
