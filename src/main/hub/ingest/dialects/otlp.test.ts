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
