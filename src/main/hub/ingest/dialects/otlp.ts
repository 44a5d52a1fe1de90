import { displayText } from '@shared/display-text';
import { isRecord } from '@shared/protocol/parse';
import { formatSeriesKey } from '@shared/protocol/series-key';
import type { SeriesDraft } from '../../series/series-table';
import { nothing, remark, type DialectContext, type Parsed, type Reading, type Sender } from './dialect';
import { bucketQuantiles, exponentialBuckets } from './otlp-quantiles';
import { readTime } from './said-time';
import { senderNamed } from './sender-tags';

export interface OtlpParsed extends Parsed {
  drafts: Map<Reading, SeriesDraft[]>;
  /** The number of data points that were left out. */
  rejected: number;
}

/** Resource attributes that identify a device, in order of preference. */
const DEVICE_ATTRIBUTES = ['host.name', 'service.instance.id', 'service.name'] as const;
/**
 * Attributes that tell replicas of a service on one host apart, in order of preference. The process id is none of them:
 * it would begin new series at each restart.
 */
const INSTANCE_ATTRIBUTES = [
  'service.instance.id',
  'k8s.pod.name',
  'container.name',
  'container.id',
] as const;
const CUMULATIVE = 2;
/** Some encoders write the name, against the specification. */
const CUMULATIVE_NAME = 'AGGREGATION_TEMPORALITY_CUMULATIVE';
const NO_RECORDED_VALUE = 1;

interface Resource {
  sender: Sender | null;
  labels: Record<string, string>;
}

interface Point {
  fields: Record<string, unknown>;
  name: string;
  unit: string;
  labels: Record<string, string>;
}

/**
 * Reads OTLP metrics in their JSON form (opentelemetry.io, "OTLP Specification"). A cumulative monotonic sum is a
 * counter; a histogram becomes `count`, `sum`, `p50`, `p95` and `p99`, which are estimated from its buckets where
 * possible.
 */
export function readOtlp(request: unknown, context: DialectContext): OtlpParsed {
  const parsed: OtlpParsed = { ...nothing(), drafts: new Map(), rejected: 0 };
  for (const resourceMetrics of listOf(request, 'resourceMetrics')) {
    const resource = resourceOf(resourceMetrics['resource']);
    for (const scope of listOf(resourceMetrics, 'scopeMetrics')) {
      for (const metric of listOf(scope, 'metrics')) readMetric(metric, resource, context, parsed);
    }
  }
  return parsed;
}

function resourceOf(resource: unknown): Resource {
  const attributes = attributesOf(resource);
  const first = (names: readonly string[]) =>
    names.map((name) => attributes[name] ?? '').find((said) => said !== '');
  const id = first(DEVICE_ATTRIBUTES);
  const { 'service.name': name = '', 'service.namespace': namespace = '' } = attributes;
  // Several services of one host, and several replicas of one, may have metrics with the same name. The labels follow
  // "Resource attributes" of OpenTelemetry's compatibility with Prometheus, where they are called job and instance.
  const labels: Record<string, string> = {};
  if (name !== '' && name !== id) labels['service'] = namespace === '' ? name : `${namespace}/${name}`;
  const instance = first(INSTANCE_ATTRIBUTES);
  if (instance !== undefined && instance !== id) labels['instance'] = instance;
  return { sender: id === undefined ? null : senderNamed(id), labels };
}

function readMetric(
  metric: Record<string, unknown>,
  resource: Resource,
  context: DialectContext,
  parsed: OtlpParsed,
): void {
  const { name, gauge, sum, histogram, exponentialHistogram } = metric;
  const body = [gauge, sum, histogram, exponentialHistogram].find(isRecord);
  if (typeof name !== 'string' || name === '' || !body) {
    parsed.rejected += 1;
    remark(parsed, 'NOT_OTLP', 'A metric has no name, or is no gauge, sum or histogram; it is left out.');
    return;
  }
  const unit = typeof metric['unit'] === 'string' ? metric['unit'] : '';
  const temporality = body['aggregationTemporality'];
  const isCumulative = Number(temporality) === CUMULATIVE || temporality === CUMULATIVE_NAME;
  for (const fields of listOf(body, 'dataPoints')) {
    const point = { fields, name, unit, labels: labelsOf(resource, attributesOf(fields)) };
    const cells = isRecord(gauge)
      ? numberCells(point, false)
      : isRecord(sum)
        ? numberCells(point, isCumulative && body['isMonotonic'] === true)
        : histogramCells(point, isCumulative, !isRecord(histogram));
    addPoint(point, cells, resource.sender, context, parsed);
  }
}

/** Joins the labels of a resource and of a point; where both have the same one, the resource's gets another name. */
function labelsOf(resource: Resource, own: Readonly<Record<string, string>>): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(resource.labels)) {
    labels[Object.hasOwn(own, name) ? `resource.${name}` : name] = value;
  }
  return { ...labels, ...own };
}

interface Cell {
  draft: SeriesDraft;
  value: number | null;
}

function numberCells({ fields, name, unit, labels }: Point, isCounter: boolean): Cell[] {
  const value = numberOf(fields['asDouble']) ?? numberOf(fields['asInt']);
  return [{ draft: { name, labels, unit: unitOf(unit), kind: isCounter ? 'counter' : 'gauge' }, value }];
}

function histogramCells(point: Point, isCumulative: boolean, isExponential: boolean): Cell[] {
  const { fields, name, labels } = point;
  const unit = unitOf(point.unit);
  const kind = isCumulative ? 'counter' : 'gauge';
  const buckets = isExponential
    ? exponentialBuckets(fields)
    : { bounds: numbersOf(fields['explicitBounds']), counts: numbersOf(fields['bucketCounts']) };
  const cells: Cell[] = [
    { draft: { name: `${name}.count`, labels, kind }, value: numberOf(fields['count']) },
  ];
  const sum = numberOf(fields['sum']);
  if (sum !== null) cells.push({ draft: { name: `${name}.sum`, labels, unit, kind }, value: sum });
  for (const [quantile, value] of bucketQuantiles(buckets)) {
    cells.push({ draft: { name: `${name}.${quantile}`, labels, unit, kind: 'gauge' }, value });
  }
  return cells;
}

function addPoint(
  { fields }: Point,
  cells: readonly Cell[],
  sender: Sender | null,
  { now }: DialectContext,
  parsed: OtlpParsed,
): void {
  const isGap = (Number(fields['flags'] ?? 0) & NO_RECORDED_VALUE) !== 0;
  const values: Reading['values'] = Object.create(null) as Reading['values'];
  for (const { draft, value } of cells) {
    values[formatSeriesKey(draft.name, draft.labels ?? {})] = isGap ? null : value;
  }
  let time: number | null = null;
  if (fields['timeUnixNano'] !== undefined) {
    const read = readTime(fields['timeUnixNano'], 'ns', now);
    const doubt = read.ok ? read.value.doubt : read.error;
    if (doubt) remark(parsed, doubt.code, doubt.message);
    time = read.ok ? read.value.time : null;
  }
  const reading: Reading = { sender, time, values, states: {} };
  parsed.readings.push(reading);
  parsed.drafts.set(
    reading,
    cells.map(({ draft }) => draft),
  );
}

function attributesOf(holder: unknown): Record<string, string> {
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const { key, value } of listOf(holder, 'attributes')) {
    if (typeof key !== 'string' || key === '' || !isRecord(value)) continue;
    const said = value['stringValue'] ?? value['boolValue'] ?? value['intValue'] ?? value['doubleValue'];
    if (typeof said === 'string' || typeof said === 'number' || typeof said === 'boolean') {
      labels[key] = displayText(String(said));
    }
  }
  return labels;
}

function listOf(holder: unknown, name: string): Record<string, unknown>[] {
  const list = isRecord(holder) ? holder[name] : null;
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

/** Reads a number; in JSON, 64-bit numbers are strings. */
function numberOf(value: unknown): number | null {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

function numbersOf(value: unknown): number[] {
  return Array.isArray(value) ? value.map((item) => numberOf(item) ?? 0) : [];
}

/** UCUM, as units are everywhere; `1` and `{requests}` mean no unit. */
function unitOf(unit: string): string {
  return unit === '1' || /^\{.*\}$/.test(unit) ? '' : unit.slice(0, 32);
}
