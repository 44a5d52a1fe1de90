import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeedFrame } from '../hub-api';
import { decodeFeedFrame, encodeFeedFrame } from './feed-codec';

const block = fc
  .record({ n: fc.integer({ min: 0, max: 5 }), m: fc.integer({ min: 0, max: 6 }) })
  .chain(({ n, m }) =>
    fc.record({
      series: fc.uint32Array({ minLength: n, maxLength: n }),
      t: fc.float64Array({ minLength: m, maxLength: m }),
      v: fc.float64Array({ minLength: n * m, maxLength: n * m }),
    }),
  );
const frame: fc.Arbitrary<FeedFrame> = fc.record({
  bootId: fc.uuid(),
  hubTime: fc.double({ noNaN: true }),
  kind: fc.constantFrom('snapshot', 'append'),
  blocks: fc.array(block, { maxLength: 4 }),
});

describe('feed frames in binary', () => {
  it('come back as they went, NaN and all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), frame, (id, given) => {
        const decoded = decodeFeedFrame(encodeFeedFrame(id, given).buffer);
        expect(decoded).toEqual({ ok: true, value: { id, frame: given } });
      }),
    );
  });

  it('that are cut anywhere are refused, never misread', () => {
    fc.assert(
      fc.property(frame, fc.double({ min: 0, max: 0.999, noNaN: true }), (given, share) => {
        const whole = encodeFeedFrame(1, given);
        const cut = whole.buffer.slice(0, Math.floor(whole.length * share));
        expect(decodeFeedFrame(cut)).toMatchObject({ ok: false, error: { code: 'BAD_FEED_FRAME' } });
      }),
    );
  });

  it('of random bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        bytes[0] = 1;
        decodeFeedFrame(bytes.slice().buffer);
      }),
    );
  });
});
