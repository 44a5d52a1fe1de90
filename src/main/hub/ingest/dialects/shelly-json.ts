import { isRecord } from '@shared/protocol/parse';
import { remark, type DialectContext, type Parsed } from './dialect';
import { flatten, remarkFlattened } from './flatten';
import { readTime } from './said-time';
import { senderNamed } from './sender-tags';

const METHODS: ReadonlySet<unknown> = new Set(['NotifyStatus', 'NotifyFullStatus']);

/**
 * Whether an object is a status of Shelly's RPC (second generation and later, "Outbound WebSocket" of its
 * documentation):
 * `{"src":"shellyplus1-a8032ab636ec","dst":…,"method":"NotifyStatus","params":{"ts":…,"switch:0":{…}}}`. Components are
 * named `type:id`, which becomes the metric `type…` with the label `id`. An answer has the same in `result`, and a number
 * of the question as its `id`, which names nobody.
 */
export function isShelly(object: Readonly<Record<string, unknown>>): boolean {
  const { src, dst, method, params, result } = object;
  if (typeof src !== 'string') return false;
  if (isRecord(params) && (METHODS.has(method) || method === 'NotifyEvent')) return true;
  return typeof dst === 'string' && isRecord(result);
}

export function readShelly(
  object: Readonly<Record<string, unknown>>,
  context: DialectContext,
  parsed: Parsed,
): void {
  const { src, method, result, params = result } = object;
  if (typeof src !== 'string' || !isRecord(params)) return;
  const sender = senderNamed(src);
  const { ts, ...components } = params;
  if (method === 'NotifyEvent') {
    for (const event of Array.isArray(components['events']) ? components['events'] : []) {
      if (!isRecord(event)) continue;
      const text = `${String(event['component'] ?? 'device')}: ${String(event['event'] ?? 'event')}`;
      parsed.events.push({ sender, level: 'info', text });
    }
    return;
  }
  let time: number | null = null;
  if (ts !== undefined) {
    const read = readTime(ts, 's', context.now);
    const doubt = read.ok ? read.value.doubt : read.error;
    if (doubt) remark(parsed, doubt.code, doubt.message);
    time = read.ok ? read.value.time : null;
  }
  const values = Object.create(null) as Record<string, number | boolean | null>;
  const states = Object.create(null) as Record<string, string>;
  let left = context.maxValues;
  for (const [component, status] of Object.entries(components)) {
    const [type = component, id] = component.split(':');
    const labels: Record<string, string> = id === undefined ? {} : { id };
    // The label already contains the id.
    const { id: _id, ...rest } = isRecord(status) ? status : { value: status };
    const flat = flatten(rest, left, { path: type, labels });
    remarkFlattened(parsed, flat);
    left -= Object.keys(flat.values).length;
    Object.assign(values, flat.values);
    Object.assign(states, flat.states);
  }
  parsed.readings.push({ sender, time, values, states });
}
