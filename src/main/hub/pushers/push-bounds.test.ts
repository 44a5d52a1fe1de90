import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { gatherPushBody, type BodyLimits } from './push-body';
import type { PushContext } from './push-context';
import { PushTurns } from './push-turns';

describe('pushes in progress', () => {
  const turnsOf = (waitMs = 0): PushTurns =>
    new PushTurns({ limits: DEFAULT_LIMITS, admission: { waitMs: () => waitMs } } as unknown as PushContext);
  const codes = (turns: PushTurns, addresses: readonly string[]): (string | null)[] =>
    addresses.map((address) => turns.enter(address)?.code ?? null);
  const times = (count: number, address: (i: number) => string): string[] =>
    Array.from({ length: count }, (_, i) => address(i));

  it('are sixteen at most of one address, until one of them is over', () => {
    const turns = turnsOf();
    expect(
      codes(
        turns,
        times(16, () => '10.0.0.1'),
      ).every((code) => code === null),
    ).toBe(true);
    expect(codes(turns, ['10.0.0.1', '10.0.0.2'])).toEqual(['TOO_BUSY', null]);
    turns.leave('10.0.0.1');
    expect(codes(turns, ['10.0.0.1', '10.0.0.1'])).toEqual([null, 'TOO_BUSY']);
  });

  it('are sixty-four at most in all', () => {
    const turns = turnsOf();
    expect(
      codes(
        turns,
        times(64, (i) => `10.0.0.${i >> 3}`),
      ).every((code) => code === null),
    ).toBe(true);
    expect(turns.enter('10.0.1.1')).toMatchObject({ status: 503, code: 'TOO_BUSY' });
    turns.leave('10.0.0.0');
    expect(codes(turns, ['10.0.1.1', '10.0.1.2'])).toEqual([null, 'TOO_BUSY']);
  });

  it('are refused while the address has to wait for wrong keys, and told for how long', () => {
    expect(turnsOf(1_001).enter('10.0.0.1')).toMatchObject({ status: 429, code: 'TOO_MANY_FAILURES' });
  });
});

describe('the body of a push', () => {
  const LIMITS: BodyLimits = { maxBytes: 1_000, maxInflatedBytes: 200_000, maxRatio: 100 };
  async function take(body: Buffer, headers: Record<string, string> = {}, limits = LIMITS): Promise<string> {
    const request = Object.assign(Readable.from([body], { objectMode: false }), { headers });
    try {
      return String((await gatherPushBody(request as unknown as IncomingMessage, limits)).length);
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : String(error);
    }
  }
  const gzip = { 'content-encoding': 'gzip' };
  /** Text that gzip makes about a tenth of. */
  const text = (bytes: number): Buffer =>
    Buffer.from(Array.from({ length: bytes / 8 }, (_, i) => `${(i * 7919) % 9973}`.padEnd(8)).join(''));

  it('has as many bytes as it may, declared or not', async () => {
    expect([await take(Buffer.alloc(1_000)), await take(Buffer.alloc(1_001))]).toEqual([
      '1000',
      'BODY_TOO_LARGE',
    ]);
    expect(await take(Buffer.alloc(1), { 'content-length': '1001' })).toBe('BODY_TOO_LARGE');
    expect(await take(Buffer.alloc(1_000), {}, { ...LIMITS, maxInflatedBytes: 999 })).toBe('BODY_TOO_LARGE');
  });

  it('has as many bytes uncompressed as it may', async () => {
    const limits = { maxBytes: 1_000_000, maxInflatedBytes: 80_000, maxRatio: 1_000 };
    expect(await take(gzipSync(text(80_000)), gzip, limits)).toBe('80000');
    expect(await take(gzipSync(text(80_008)), gzip, limits)).toBe('BODY_TOO_LARGE');
  });

  it('is no bomb: beyond 64 KiB it is not compressed a hundredfold', async () => {
    expect(await take(gzipSync(Buffer.alloc(64 * 1024)), gzip)).toBe('65536');
    expect(await take(gzipSync(Buffer.alloc(150_000)), gzip)).toBe('BODY_TOO_LARGE');
    expect(await take(gzipSync(Buffer.alloc(150_000)), gzip, { ...LIMITS, maxRatio: 10_000 })).toBe('150000');
  });

  it('is what its header says that it is', async () => {
    expect(await take(Buffer.from('not gzip'), gzip)).toBe('BAD_GZIP');
    expect(await take(gzipSync('cut').subarray(0, 12), gzip)).toBe('BAD_GZIP');
    expect(await take(Buffer.from('x'), { 'content-encoding': 'br' })).toBe('BAD_ENCODING');
    expect(await take(gzipSync('x'), { 'content-encoding': ' X-GZIP ' })).toBe('1');
    expect(await take(Buffer.from('abc'), { 'content-encoding': 'identity' })).toBe('3');
  });
});
