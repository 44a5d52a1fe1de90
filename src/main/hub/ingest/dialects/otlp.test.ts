import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCollectd } from './collectd';
import { readOtlp } from './otlp';
import { decodeOtlp } from './otlp-protobuf';
import { bucketQuantiles, exponentialBuckets } from './otlp-quantiles';

const context = { now: 1_800_000_000_000, maxValues: 2_000, precision: null };

describe('quantiles of a histogram', () => {
  it('are interpolated within their bucket, and the last bucket has only a lower bound', () => {
    const quantiles = Object.fromEntries(bucketQuantiles({ bounds: [10, 20], counts: [0, 10, 1] }));
    expect(quantiles['p50']).toBeCloseTo(15.5);
    expect(quantiles['p99']).toBe(20);
  });

  it('are null where nothing was counted, and none where the buckets do not fit', () => {
    expect(bucketQuantiles({ bounds: [1], counts: [0, 0] })[0]).toEqual(['p50', null]);
    expect(bucketQuantiles({ bounds: [1], counts: [1] })).toEqual([]);
    expect(bucketQuantiles({ bounds: [], counts: [5] })).toEqual([]);
  });

  it('of an exponential histogram lie within its buckets', () => {
    // Scale 0: (1, 2], (2, 4], (4, 8].
    const buckets = exponentialBuckets({ scale: 0, positive: { offset: 0, bucketCounts: ['1', '2', '1'] } });
    const quantiles = Object.fromEntries(bucketQuantiles(buckets));
    expect(quantiles['p50']).toBeCloseTo(3);
    expect(quantiles['p99']).toBeGreaterThan(7);
    const negative = exponentialBuckets({ scale: 0, negative: { offset: 0, bucketCounts: [4] } });
    expect(Object.fromEntries(bucketQuantiles(negative))['p50']).toBeCloseTo(-1.5);
  });
});

describe('what collectd posts', () => {
  const values = (line: string) => ({ ...readCollectd(line, context).readings[0]?.values });

  it('keeps instances with slashes in them apart', () => {
    expect(values('PUTVAL h/exec/gauge-a/b N:1')).toEqual({ 'exec.gauge{type_instance=a/b}': 1 });
  });

  it('has no value where there is none, rather than 0', () => {
    expect(values('PUTVAL h/exec/gauge N:')).toEqual({ 'exec.gauge': null });
    expect(values('PUTVAL h/exec/gauge N:nan')).toEqual({ 'exec.gauge': null });
    expect(values('PUTVAL h/exec/derive N:12345678901234567')).toEqual({
      'exec.derive': Number('12345678901234567'),
    });
  });

  it('tells several values without names apart by a label', () => {
    expect(values('PUTVAL h/mine/own N:1:2')).toEqual({ 'mine.own{index=0}': 1, 'mine.own{index=1}': 2 });
  });
});

describe('OTLP', () => {
  it('knows a counter by the number and by the name of its temporality', () => {
    for (const aggregationTemporality of [2, '2', 'AGGREGATION_TEMPORALITY_CUMULATIVE']) {
      const sum = { aggregationTemporality, isMonotonic: true, dataPoints: [{ asInt: '5' }] };
      const request = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'requests', sum }] }] }] };
      expect([...readOtlp(request, context).drafts.values()][0]?.[0]?.kind).toBe('counter');
    }
  });

  const labelsOf = (resource: Record<string, string>, own: Record<string, string> = {}) => {
    const attributes = (from: Record<string, string>) =>
      Object.entries(from).map(([key, stringValue]) => ({ key, value: { stringValue } }));
    const dataPoints = [{ asDouble: 1, attributes: attributes(own) }];
    const request = {
      resourceMetrics: [
        {
          resource: { attributes: attributes(resource) },
          scopeMetrics: [{ metrics: [{ name: 'up', gauge: { dataPoints } }] }],
        },
      ],
    };
    const { readings, drafts } = readOtlp(request, context);
    return { device: readings[0]?.sender?.id, labels: [...drafts.values()][0]?.[0]?.labels };
  };

  it('tells the replicas of a service on one host apart, and services of one name', () => {
    const replica = (id: string) =>
      labelsOf({ 'host.name': 'web-1', 'service.name': 'shop', 'service.instance.id': id });
    expect(replica('a')).toEqual({ device: 'web-1', labels: { service: 'shop', instance: 'a' } });
    expect(replica('b').labels).toEqual({ service: 'shop', instance: 'b' });
    const inPod = { 'host.name': 'web-1', 'service.name': 'shop', 'k8s.pod.name': 'shop-7f9c' };
    expect(labelsOf(inPod).labels).toEqual({ service: 'shop', instance: 'shop-7f9c' });
    const named = { 'host.name': 'web-1', 'service.name': 'shop', 'service.namespace': 'eu' };
    expect(labelsOf(named).labels).toEqual({ service: 'eu/shop' });
  });

  it('repeats no label that is the device, and loses none to a label of the point', () => {
    expect(labelsOf({ 'service.name': 'shop', 'service.instance.id': 'a' })).toEqual({
      device: 'a',
      labels: { service: 'shop' },
    });
    expect(labelsOf({ 'service.name': 'shop' })).toEqual({ device: 'shop', labels: {} });
    const resource = { 'host.name': 'web-1', 'service.instance.id': 'a' };
    expect(labelsOf(resource, { instance: 'db' }).labels).toEqual({
      'resource.instance': 'a',
      instance: 'db',
    });
  });

  it('keeps all digits of an attribute', () => {
    const bytes = (serial: bigint) => {
      const any = new BinaryWriter().tag(3, WireType.Varint).int64(serial).finish();
      const pair = new BinaryWriter().tag(1, WireType.LengthDelimited).string('serial');
      pair.tag(2, WireType.LengthDelimited).bytes(any);
      const point = new BinaryWriter().tag(7, WireType.LengthDelimited).bytes(pair.finish());
      const gauge = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(point.finish());
      const metric = new BinaryWriter().tag(1, WireType.LengthDelimited).string('t');
      metric.tag(5, WireType.LengthDelimited).bytes(gauge.finish());
      const scope = new BinaryWriter().tag(2, WireType.LengthDelimited).bytes(metric.finish());
      const resource = new BinaryWriter().tag(2, WireType.LengthDelimited).bytes(scope.finish());
      return new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(resource.finish()).finish();
    };
    const decoded = decodeOtlp(bytes(2956782389847654321n));
    const { drafts } = readOtlp(decoded.ok ? decoded.value : null, context);
    expect([...drafts.values()][0]?.[0]?.labels).toEqual({ serial: '2956782389847654321' });
  });
});

describe('whatever bytes come', () => {
  it('OTLP protobuf is read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const decoded = decodeOtlp(bytes);
        if (decoded.ok) readOtlp(decoded.value, context);
        else expect(decoded.error.code).toBe('BAD_PROTOBUF');
      }),
    );
  });

  it('OTLP JSON and what collectd posts never throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, text) => {
        readOtlp({ resourceMetrics: [{ scopeMetrics: [{ metrics: [value] }] }] }, context);
        readOtlp(value, context);
        readCollectd(JSON.stringify([value]), context);
        readCollectd(`PUTVAL ${text}`, context);
      }),
    );
  });
});
