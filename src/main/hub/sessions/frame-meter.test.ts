import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameMeter } from './frame-meter';

function frame(firstByte: number, payloadBytes: number): Buffer {
  const length =
    payloadBytes < 126
      ? Buffer.from([0x80 | payloadBytes])
      : payloadBytes < 65_536
        ? Buffer.from([0xfe, payloadBytes >> 8, payloadBytes & 255])
        : Buffer.from([
            0xff,
            0,
            0,
            0,
            0,
            0,
            payloadBytes >> 16,
            (payloadBytes >> 8) & 255,
            payloadBytes & 255,
          ]);
  return Buffer.concat([
    Buffer.from([firstByte]),
    length,
    Buffer.alloc(4, 7),
    Buffer.alloc(payloadBytes, 0xff),
  ]);
}

describe('the meter of frames', () => {
  it('counts messages, and no control frames, however the bytes are cut', () => {
    const message = fc.record({
      fragments: fc.array(fc.constantFrom(0, 1, 125, 126, 300, 70_000), { minLength: 1, maxLength: 4 }),
      pings: fc.nat(2),
    });
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 5 }),
        fc.infiniteStream(fc.nat(4_000)),
        (all, cuts) => {
          const frames = all.flatMap(({ fragments, pings }) => [
            ...fragments.map((bytes, i) =>
              frame((i === 0 ? 0x01 : 0x00) | (i === fragments.length - 1 ? 0x80 : 0), bytes),
            ),
            ...Array.from({ length: pings }, () => frame(0x89, 4)),
          ]);
          const bytes = Buffer.concat(frames);
          const meter = new FrameMeter();
          let ended = 0;
          for (let at = 0; at < bytes.length;) {
            const next = at + 1 + Number(cuts.next().value);
            ended += meter.take(bytes.subarray(at, next));
            at = next;
          }
          expect(ended).toBe(all.length);
          expect(meter.isMidMessage).toBe(false);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('knows that a message is under way after one byte, between fragments and inside a payload', () => {
    const meter = new FrameMeter();
    expect(meter.isMidMessage).toBe(false);
    const whole = frame(0x81, 10);
    meter.take(whole.subarray(0, 1));
    expect(meter.isMidMessage).toBe(true);
    meter.take(whole.subarray(1, 9));
    expect(meter.isMidMessage).toBe(true);
    meter.take(whole.subarray(9));
    expect(meter.isMidMessage).toBe(false);
    meter.take(frame(0x01, 3));
    meter.take(frame(0x89, 3));
    expect(meter.isMidMessage).toBe(true);
    meter.take(frame(0x80, 0));
    expect(meter.isMidMessage).toBe(false);
  });
});
