import { displayText } from '@shared/display-text';
import { isRecord } from '@shared/protocol/parse';
import { remark, type DialectContext, type Parsed } from './dialect';
import { flatten, remarkFlattened } from './flatten';
import { isState } from './known-texts';
import { readTime } from './said-time';
import { senderOfTags } from './sender-tags';

/**
 * Whether an object is Telegraf's JSON (`data_format = "json"`): `{"name","tags","fields","timestamp"}`, or
 * `{"metrics":[…]}` of those. It means the same as the corresponding line of line protocol, and its times are treated
 * in the same way.
 */
export function isTelegraf(object: Readonly<Record<string, unknown>>): boolean {
  if (Array.isArray(object['metrics']))
    return object['metrics'].every(isMetric) && object['metrics'].length > 0;
  return isMetric(object);
}

export function readTelegraf(
  object: Readonly<Record<string, unknown>>,
  context: DialectContext,
  parsed: Parsed,
): void {
  const { metrics } = object;
  for (const metric of Array.isArray(metrics) ? metrics : [object]) readMetric(metric, context, parsed);
}

function isMetric(value: unknown): value is { name: string; fields: Record<string, unknown> } {
  return isRecord(value) && typeof value['name'] === 'string' && isRecord(value['fields']);
}

function readMetric(metric: unknown, context: DialectContext, parsed: Parsed): void {
  if (!isMetric(metric)) return;
  const { name, fields, tags, timestamp } = metric as Record<string, unknown> & typeof metric;
  const allTags: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [tag, value] of Object.entries(isRecord(tags) ? tags : {})) {
    if (typeof value === 'string' || typeof value === 'number') allTags[tag] = displayText(String(value));
  }
  const { sender, labels } = senderOfTags(allTags);
  let time: number | null = null;
  if (timestamp !== undefined) {
    const read = readTime(timestamp, context.precision, context.now);
    const doubt = read.ok ? read.value.doubt : read.error;
    if (doubt) remark(parsed, doubt.code, doubt.message);
    time = read.ok ? read.value.time : null;
  }
  const told = Object.entries(fields).filter(
    ([field, value]) => typeof value !== 'string' || isState(name, field, value, allTags),
  );
  const flat = flatten(Object.fromEntries(told), context.maxValues, { path: name, labels });
  const { values, states, problem } = flat;
  remarkFlattened(parsed, flat);
  if (problem?.code === 'TOO_MANY_VALUES') return;
  parsed.readings.push({ sender, time, values, states, mayBeBuffered: true });
}
