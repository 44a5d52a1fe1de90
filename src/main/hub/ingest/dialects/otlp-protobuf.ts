import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { fail, succeed, type Result } from '@shared/errors';

/**
 * The OTLP messages that metrics need (opentelemetry-proto, `metrics/v1/metrics.proto`), by field number. The decoded
 * result has the shape of OTLP's JSON, so that the same code handles both encodings.
 */
type Kind = 'string' | 'bool' | 'uint' | 'sint32' | 'int64' | 'fixed64' | 'sfixed64' | 'double' | MessageName;

type MessageName = keyof typeof FIELDS;

const FIELDS = {
  Request: { 1: ['resourceMetrics', 'ResourceMetrics', true] },
  ResourceMetrics: { 1: ['resource', 'Resource'], 2: ['scopeMetrics', 'ScopeMetrics', true] },
  Resource: { 1: ['attributes', 'KeyValue', true] },
  ScopeMetrics: { 2: ['metrics', 'Metric', true] },
  Metric: {
    1: ['name', 'string'],
    3: ['unit', 'string'],
    5: ['gauge', 'Numbers'],
    7: ['sum', 'Numbers'],
    9: ['histogram', 'Histogram'],
    10: ['exponentialHistogram', 'Exponential'],
  },
  Numbers: {
    1: ['dataPoints', 'NumberPoint', true],
    2: ['aggregationTemporality', 'uint'],
    3: ['isMonotonic', 'bool'],
  },
  Histogram: { 1: ['dataPoints', 'HistogramPoint', true], 2: ['aggregationTemporality', 'uint'] },
  Exponential: { 1: ['dataPoints', 'ExponentialPoint', true], 2: ['aggregationTemporality', 'uint'] },
  NumberPoint: {
    3: ['timeUnixNano', 'fixed64'],
    4: ['asDouble', 'double'],
    6: ['asInt', 'sfixed64'],
    7: ['attributes', 'KeyValue', true],
    8: ['flags', 'uint'],
  },
  HistogramPoint: {
    3: ['timeUnixNano', 'fixed64'],
    4: ['count', 'fixed64'],
    5: ['sum', 'double'],
    6: ['bucketCounts', 'fixed64', true],
    7: ['explicitBounds', 'double', true],
    9: ['attributes', 'KeyValue', true],
    10: ['flags', 'uint'],
  },
  ExponentialPoint: {
    1: ['attributes', 'KeyValue', true],
    3: ['timeUnixNano', 'fixed64'],
    4: ['count', 'fixed64'],
    5: ['sum', 'double'],
    6: ['scale', 'sint32'],
    7: ['zeroCount', 'fixed64'],
    8: ['positive', 'Buckets'],
    9: ['negative', 'Buckets'],
    10: ['flags', 'uint'],
  },
  Buckets: { 1: ['offset', 'sint32'], 2: ['bucketCounts', 'uint', true] },
  KeyValue: { 1: ['key', 'string'], 2: ['value', 'AnyValue'] },
  AnyValue: {
    1: ['stringValue', 'string'],
    2: ['boolValue', 'bool'],
    3: ['intValue', 'int64'],
    4: ['doubleValue', 'double'],
  },
} as const;

/** Decodes an `ExportMetricsServiceRequest`; fails with `BAD_PROTOBUF`. */
export function decodeOtlp(bytes: Uint8Array): Result<Record<string, unknown>> {
  try {
    const reader = new BinaryReader(bytes);
    return succeed(readMessage(reader, reader.len, 'Request'));
  } catch {
    return fail('BAD_PROTOBUF', 'The body is not an ExportMetricsServiceRequest of OTLP in protobuf.');
  }
}

function readMessage(reader: BinaryReader, end: number, name: MessageName): Record<string, unknown> {
  const fields: Readonly<Record<number, readonly [string, Kind, boolean?]>> = FIELDS[name];
  const message: Record<string, unknown> = {};
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    const field = fields[number];
    if (!field) {
      reader.skip(wireType, number);
      continue;
    }
    const [key, kind, isRepeated = false] = field;
    const values = isRepeated ? ((message[key] ??= []) as unknown[]) : null;
    const isPacked = wireType === WireType.LengthDelimited && kind !== 'string' && !(kind in FIELDS);
    if (!isPacked) {
      const value = readValue(reader, kind);
      if (values) values.push(value);
      else message[key] = value;
      continue;
    }
    const packedEnd = endOf(reader);
    while (reader.pos < packedEnd) values?.push(readValue(reader, kind));
  }
  if (reader.pos !== end) throw new RangeError('a message is longer than it says');
  return message;
}

function readValue(reader: BinaryReader, kind: Kind): unknown {
  switch (kind) {
    case 'string':
      return reader.string();
    case 'bool':
      return reader.bool();
    case 'uint':
      return Number(reader.uint64());
    case 'sint32':
      return reader.sint32();
    case 'int64':
      // As in JSON, because a serial number has more digits than a double can hold.
      return String(reader.int64());
    case 'fixed64':
      return String(reader.fixed64());
    case 'sfixed64':
      return Number(reader.sfixed64());
    case 'double':
      return reader.double();
    default:
      return readMessage(reader, endOf(reader), kind);
  }
}

function endOf(reader: BinaryReader): number {
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new RangeError('a message is longer than the body');
  return end;
}
