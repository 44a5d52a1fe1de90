import { displayText } from '@shared/display-text';
import { isRecord } from '@shared/protocol/parse';
import { formatSeriesKey } from '@shared/protocol/series-key';
import type { SeriesDraft } from '../../series/series-table';
import { sourcesOf } from './collectd-types';
import { nothing, remark, type DialectContext, type Parsed, type Reading } from './dialect';
import { parseLenientJson } from './lenient-json';
import { readTime } from './said-time';
import { senderNamed } from './sender-tags';

/** Readings, and facts about their series: which are counters, and their units. */
export interface CollectdParsed extends Parsed {
  drafts: Map<Reading, SeriesDraft[]>;
}

interface ValueList {
  host: string;
  plugin: string;
  pluginInstance: string;
  type: string;
  typeInstance: string;
  time: unknown;
  values: readonly unknown[];
  names: readonly string[];
  kinds: readonly string[];
}

/** Data sources that only grow (collectd.org, "Data source"); an `absolute` one is reset by each reading. */
const COUNTERS: ReadonlySet<string> = new Set(['counter', 'derive']);
const PUTVAL = /^PUTVAL\s+(?:"((?:[^"\\]|\\.)*)"|(\S+))((?:\s+[A-Za-z_]+=\S+)*)\s+(\S+)\s*$/i;

/**
 * Parses the output of collectd's plugin `write_http`: its JSON, or `PUTVAL` lines (collectd.conf(5), "Plugin
 * write_http"; collectd-unixsock(5)). A series is `plugin.type.source{instance,type_instance}`; repeated parts are
 * written once.
 */
export function readCollectd(text: string, context: DialectContext): CollectdParsed {
  const parsed: CollectdParsed = { ...nothing(), drafts: new Map() };
  const lists = /^\s*PUTVAL/i.test(text) ? putvalLists(text, parsed) : jsonLists(text, parsed);
  for (const list of lists) addList(list, context, parsed);
  return parsed;
}

function* jsonLists(text: string, parsed: Parsed): Generator<ValueList> {
  const { values, broken } = parseLenientJson(text);
  const [first] = broken;
  if (first)
    remark(parsed, 'BAD_JSON', `The JSON breaks off at character ${first.at + 1}: ${first.message}.`);
  for (const item of values.flatMap((value): unknown[] => (Array.isArray(value) ? value : [value]))) {
    const list = isRecord(item) ? jsonList(item) : null;
    if (list) yield list;
    else
      remark(parsed, 'NOT_COLLECTD', 'An item of the list is not a value list of collectd; it is left out.');
  }
}

function jsonList(item: Record<string, unknown>): ValueList | null {
  const { values, dsnames, dstypes, time } = item;
  const host = textOf(item['host']);
  const plugin = textOf(item['plugin']);
  const type = textOf(item['type']);
  if (!Array.isArray(values) || host === '' || plugin === '' || type === '') return null;
  const pluginInstance = textOf(item['plugin_instance']);
  const typeInstance = textOf(item['type_instance']);
  const names = textsOf(dsnames);
  return { host, plugin, pluginInstance, type, typeInstance, time, values, names, kinds: textsOf(dstypes) };
}

function* putvalLists(text: string, parsed: Parsed): Generator<ValueList> {
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [, quoted, plain = '', , data = ''] = PUTVAL.exec(line.trim()) ?? [];
    const [host = '', pluginPart = '', ...rest] = (quoted?.replace(/\\(.)/g, '$1') ?? plain).split('/');
    // An instance may hold slashes too.
    const typePart = rest.join('/');
    const [time, ...values] = data.split(':');
    if (host === '' || pluginPart === '' || typePart === '' || values.length === 0) {
      remark(parsed, 'NOT_COLLECTD', `Line ${i + 1} is not a PUTVAL of collectd; it is left out.`);
      continue;
    }
    const [plugin, pluginInstance] = split(pluginPart);
    const [type, typeInstance] = split(typePart);
    yield {
      host,
      plugin,
      pluginInstance,
      type,
      typeInstance,
      time: time === 'N' ? undefined : Number(time),
      values,
      names: [],
      kinds: [],
    };
  }
}

function addList(list: ValueList, context: DialectContext, parsed: CollectdParsed): void {
  const { host, plugin, pluginInstance, type, typeInstance, names, kinds } = list;
  const base = type === plugin ? plugin : `${plugin}.${type}`;
  const ownLabels = {
    ...(pluginInstance !== '' && { instance: pluginInstance }),
    ...(typeInstance !== '' && { type_instance: typeInstance }),
  };
  const values: Reading['values'] = Object.create(null) as Reading['values'];
  const drafts: SeriesDraft[] = [];
  const known = sourcesOf(type);
  // A type with another number of sources is user-defined and only shares the name.
  const isKnown = known.length === list.values.length;
  for (const [i, value] of list.values.entries()) {
    const declared = isKnown ? known[i] : undefined;
    const source = names[i] ?? declared?.name ?? 'value';
    const name = source === 'value' ? base : `${base}.${source}`;
    // Several values without names are told apart by their place, which is no part of a name.
    const isNameless = source === 'value' && list.values.length > 1;
    const labels = isNameless ? { ...ownLabels, index: String(i) } : ownLabels;
    // In PUTVAL lines values are texts, and "U" is none.
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    values[formatSeriesKey(name, labels)] =
      typeof number === 'number' && Number.isFinite(number) ? number : null;
    const said = kinds[i];
    const kind = said === undefined ? declared?.kind : COUNTERS.has(said) ? 'counter' : 'gauge';
    const unit = declared?.unit ?? '';
    if (kind === 'counter' || unit !== '') drafts.push({ name, labels, kind, unit });
  }
  let time: number | null = null;
  if (list.time !== undefined) {
    const read = readTime(list.time, 's', context.now);
    const doubt = read.ok ? read.value.doubt : read.error;
    if (doubt) remark(parsed, doubt.code, doubt.message);
    time = read.ok ? read.value.time : null;
  }
  const reading: Reading = { sender: senderNamed(host), time, values, states: {} };
  parsed.readings.push(reading);
  if (drafts.length > 0) parsed.drafts.set(reading, drafts);
}

function split(part: string): [string, string] {
  const dash = part.indexOf('-');
  return dash < 0 ? [part, ''] : [part.slice(0, dash), part.slice(dash + 1)];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? displayText(value) : '';
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(textOf) : [];
}
