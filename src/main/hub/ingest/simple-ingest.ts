import type { Fault, Result } from '@shared/errors';
import { flattenSimple, isSimpleJson, type SimpleMessage } from '@shared/protocol/flatten';
import { parseAgentMessage, parseJson } from '@shared/protocol/parse';
import { formatSeriesKey } from '@shared/protocol/series-key';
import type { IngestContext } from './ingest-context';
import { RING_WINDOW_MS } from '../series/ring-memory';
import type { Device } from '../devices/device';
import type { AgentClock } from './device-clock';
import { HourChanges } from './hour-changes';
import { parseLineProtocol, type Point } from './line-protocol';
import { ValuesIngest } from './values-ingest';

const PROTOCOL_TYPES: ReadonlySet<string> = new Set(['metrics', 'event']);
const NOT_METRICS: Fault = {
  code: 'NOT_METRICS',
  message: 'Hello! This is text, not metrics: it is kept as an event. JSON with numbers becomes charts.',
};
const TOO_MANY_EVENTS: Fault = {
  code: 'TOO_MANY_EVENTS',
  message: 'More events than a device may send a second are left out.',
};
const FUTURE_TIME: Fault = {
  code: 'FUTURE_TIME',
  message: 'Samples from more than a day in the future are not stored.',
};
const BEFORE_1970: Fault = { code: 'TOO_OLD', message: 'Samples from before 1970 are not stored.' };
const MAX_FUTURE_MS = 24 * 3_600_000;
const ENOUGH_TO_IDENTIFY = 2_000;

export interface SimpleOutcome {
  samples: number;
  /** What they count as against the device's budget. */
  cost: number;
  notices: Fault[];
}

const NOTHING = { samples: 0, cost: 0 };

/**
 * Turns whatever a simple device sends into samples: a JSON object, a bare number, Influx line protocol, or the
 * protocol's own `metrics` and `event`. Any other text is kept as an event.
 */
export class SimpleIngest {
  readonly #context: IngestContext;
  readonly #device: Device;
  readonly #clock: AgentClock;
  readonly #values: ValuesIngest;
  readonly #hourChanges = new HourChanges();

  constructor(context: IngestContext, device: Device, clock: AgentClock) {
    this.#context = context;
    this.#device = device;
    this.#clock = clock;
    this.#values = new ValuesIngest(context.series, device.id);
  }

  /** Who a first message says it is from: JSON's `id` or `name`, or line protocol's `host` tag. */
  static identify(text: string): { id: string | null; name: string | null } {
    const json = parseJson(text);
    if (json.ok) {
      if (!isSimpleJson(json.value, PROTOCOL_TYPES)) return { id: null, name: null };
      const { id = null, device = null, name = null } = json.value;
      const flat = flattenSimple({ id, device, name }, ENOUGH_TO_IDENTIFY);
      return flat.ok ? flat.value : { id: null, name: null };
    }
    const points = parseLineProtocol(text);
    const host = points.ok ? (points.value[0]?.tags['host'] ?? null) : null;
    return { id: host, name: host };
  }

  take(text: string): SimpleOutcome {
    const json = parseJson(text);
    if (json.ok) return this.#json(json.value, text);
    const points = parseLineProtocol(text);
    return points.ok ? this.#points(points.value) : this.#text(text);
  }

  #json(value: unknown, text: string): SimpleOutcome {
    if (typeof value === 'number') return this.#store(null, { value });
    if (isSimpleJson(value, PROTOCOL_TYPES)) {
      const flat: Result<SimpleMessage> = flattenSimple(value, this.#context.limits.seriesPerDevice);
      if (!flat.ok) return { ...NOTHING, notices: [flat.error] };
      const hasValues = Object.keys(flat.value.values).length > 0;
      return hasValues ? this.#store(flat.value.time, flat.value.values) : this.#text(text);
    }
    const parsed = parseAgentMessage(value);
    if (!parsed.ok) {
      if (parsed.error.code === 'NOT_AN_OBJECT') return this.#text(text);
      return { ...NOTHING, notices: [parsed.error] };
    }
    if (parsed.value.type === 'metrics') return this.#store(parsed.value.ts ?? null, parsed.value.values);
    if (parsed.value.type === 'event') {
      const isKept = this.#event(parsed.value.text, parsed.value.level);
      if (!isKept) return { ...NOTHING, notices: [TOO_MANY_EVENTS] };
    }
    return { ...NOTHING, notices: [] };
  }

  #points(points: readonly Point[]): SimpleOutcome {
    const byTime = new Map<number | null, Record<string, number | boolean>>();
    for (const { measurement, tags, fields, time } of points) {
      let values = byTime.get(time);
      if (!values) byTime.set(time, (values = Object.create(null) as Record<string, number | boolean>));
      const { host: _host, ...labels } = tags;
      for (const [field, value] of fields) {
        const name = field === 'value' ? measurement : `${measurement}.${field}`;
        values[formatSeriesKey(name, labels)] = value;
      }
    }
    const total: SimpleOutcome = { samples: 0, cost: 0, notices: [] };
    for (const [time, values] of byTime) {
      const { samples, cost, notices } = this.#store(time, values);
      total.samples += samples;
      total.cost += cost;
      total.notices.push(...notices);
    }
    return total;
  }

  #store(
    deviceTime: number | null,
    values: Readonly<Record<string, number | boolean | null>>,
  ): SimpleOutcome {
    const now = this.#context.clock.now();
    const time = deviceTime === null ? now : this.#clock.shift(deviceTime, now);
    if (time > now + MAX_FUTURE_MS) return { ...NOTHING, notices: [FUTURE_TIME] };
    if (time < 0) return { ...NOTHING, notices: [BEFORE_1970] };
    const outcome = this.#values.store(time, values, time >= now - RING_WINDOW_MS);
    if (outcome.changed) this.#context.devices.seriesChanged(this.#device);
    const samples = Object.keys(values).length;
    const cost = samples + this.#hourChanges.cost(time);
    return { samples, cost, notices: outcome.refused.slice(0, 1) };
  }

  #text(text: string): SimpleOutcome {
    const isKept = this.#event(text, 'info');
    return { ...NOTHING, notices: isKept ? [NOT_METRICS] : [TOO_MANY_EVENTS] };
  }

  #event(text: string, level: 'info' | 'warning' | 'error'): boolean {
    return this.#context.events.report({
      at: this.#context.clock.now(),
      kind: 'text',
      level,
      device: this.#device.id,
      text,
    });
  }
}
