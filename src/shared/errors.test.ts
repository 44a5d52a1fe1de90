import { describe, expect, it } from 'vitest';
import { FaultError, isExpected, stackOf, toFault } from './errors';

describe('a fault as an exception', () => {
  it('is expected as long as no other error is behind it', () => {
    expect(isExpected(new FaultError('BAD_PARAMS', 'No.'))).toBe(true);
    expect(isExpected(new FaultError('STORE_FAILED', 'No.', { cause: new Error('disk') }))).toBe(false);
    expect(isExpected(new Error('disk'))).toBe(false);
    expect(isExpected('disk')).toBe(false);
  });

  it('never tells its cause to whoever asked', () => {
    const fault = toFault(new FaultError('STORE_FAILED', 'History failed.', { cause: new Error('disk') }));
    expect(fault).toEqual({ code: 'STORE_FAILED', message: 'History failed.' });
  });
});

describe('the stack of what was thrown', () => {
  function breakDisk(): never {
    throw Object.assign(new Error('the disk is gone'), { code: 'EIO' });
  }

  it('has every cause with its code and its frames', () => {
    let stack = '';
    try {
      breakDisk();
    } catch (cause) {
      stack = stackOf(new FaultError('STORE_FAILED', 'History failed.', { cause }));
    }
    expect(stack).toMatch(/^FaultError \[STORE_FAILED\]: History failed\.\n\s+at /);
    expect(stack).toMatch(/\nCaused by: Error \[EIO\]: the disk is gone\n\s+at breakDisk /);
  });

  it('has the errors that an AggregateError holds', () => {
    const stack = stackOf(new AggregateError([new Error('one'), new TypeError('two')], 'both failed'));
    expect(stack).toMatch(/^AggregateError: both failed\n/);
    expect(stack).toContain('One of them: Error: one\n');
    expect(stack).toContain('One of them: TypeError: two\n');
  });

  it('ends, also where causes go in a circle or never end', () => {
    const circle: Error & { cause?: unknown } = new Error('circle');
    circle.cause = circle;
    expect(stackOf(circle).match(/circle/g)).toHaveLength(1);
    let long = new Error('0');
    for (let n = 1; n < 1_000; n++) long = new Error('x'.repeat(10_000), { cause: long });
    expect(stackOf(long).length).toBeLessThan(20_000);
  });

  it('says what was thrown when it was no Error', () => {
    expect(stackOf('words')).toBe('Thrown, though not an Error: words');
    expect(stackOf({ code: 1 })).toBe('Thrown, though not an Error: {"code":1}');
    expect(stackOf(undefined)).toBe('Thrown, though not an Error: undefined');
  });
});
