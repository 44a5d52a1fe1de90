import { displayText } from '@shared/display-text';
import { formatSeriesKey } from '@shared/protocol/series-key';
import { isRecord } from '@shared/protocol/parse';

/** How deep a device's JSON may nest. */
export const MAX_FLATTEN_DEPTH = 8;
const MAX_STATES = 64;
const STATE_CHARS = 256;
const NO_BASE = { path: '', labels: {} };
/** A number written as a text, as many sensors' libraries do. */
const NUMERIC = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const NOT_FINITE = /^\s*[+-]?(?:nan|inf|infinity|ovf)\s*$/i;
/** Names by which an item of a list tells which one it is. */
const ITEM_NAMES = ['id', 'name', 'channel', 'address'] as const;

export interface Flattened {
  /** By series key; null where a number was expected and there was none. */
  values: Record<string, number | boolean | null>;
  states: Record<string, string>;
  /** What stopped it before the end. */
  problem: { code: 'TOO_DEEP' | 'TOO_MANY_VALUES'; message: string } | null;
}

/**
 * Flattens JSON to numbers and texts. Nested names are joined with dots; items of a list are told apart by a label (their
 * `id`, `name`, `channel` or `address`, else `index`), never by their place in a name. Booleans stay (they count as 0 and
 * 1), a text that is a number counts as one, other texts are states. Stops with a `problem` at what is too deep or too
 * much, and keeps what came before. `base` goes before all names; a field `value` then has no name of its own.
 */
export function flatten(
  json: Readonly<Record<string, unknown>>,
  maxValues: number,
  base: { path: string; labels: Readonly<Record<string, string>> } = NO_BASE,
): Flattened {
  const values = Object.create(null) as Flattened['values'];
  const states = Object.create(null) as Flattened['states'];
  const flat: Flattened = { values, states, problem: null };
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
    else if (typeof value === 'number') put(path, labels, Number.isFinite(value) ? value : null);
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
    for (const [i, item] of items.entries()) {
      const own = isRecord(item) ? itemLabel(item) : null;
      const [label, value, rest] = own ?? ['index', String(i), item];
      walk(rest, path, { ...labels, [freeLabel(labels, label)]: value }, depth + 1);
    }
  }

  function text(value: string, path: string, labels: Record<string, string>): void {
    if (NUMERIC.test(value)) return put(path, labels, Number(value));
    if (NOT_FINITE.test(value)) return put(path, labels, null);
    const shown = displayText(value, STATE_CHARS);
    if (shown !== '' && stateCount++ < MAX_STATES) states[formatSeriesKey(path, labels)] = shown;
  }

  for (const [key, value] of Object.entries(json)) {
    const path = key === 'value' && base.path !== '' ? base.path : join(base.path, key);
    walk(value, path, { ...base.labels }, 1);
  }
  return flat;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** The label by which an item tells itself from its neighbours, and the item without it. */
function itemLabel(item: Record<string, unknown>): [label: string, value: string, rest: unknown] | null {
  for (const label of ITEM_NAMES) {
    const value = item[label];
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    const { [label]: _own, ...rest } = item;
    return [label, displayText(String(value), 64), rest];
  }
  return null;
}

function freeLabel(labels: Readonly<Record<string, string>>, label: string): string {
  let name = label;
  for (let n = 2; Object.hasOwn(labels, name); n++) name = `${label}${n}`;
  return name;
}
