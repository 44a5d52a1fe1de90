import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAgo, formatBytes, formatDuration, formatText, formatValue, scaleFor } from './units';

const text = (value: number | null, unit: string, kind?: 'gauge' | 'counter') =>
  formatText(value, unit, kind).replace(/[\u00a0\u202f]/g, ' ');

describe('formatting values', () => {
  it('shows a ratio as per cent with one decimal', () => {
    expect(text(0.234, '1')).toBe('23.4 %');
    expect(text(0.0312, '1')).toBe('3.1 %');
    expect(text(1, '1')).toBe('100 %');
    expect(text(61, '%')).toBe('61.0 %');
  });

  it('shows bytes by powers of 1024 with three significant digits', () => {
    expect(formatValue(512, 'By')).toEqual({ number: '512', suffix: 'B' });
    expect(text(19.6 * 1024 ** 3, 'By')).toBe('19.6 GiB');
    expect(text(1024 * 1024 - 1, 'By')).toBe('1.00 MiB');
    expect(formatBytes(0)).toBe(`0\u00a0B`);
  });

  it('takes a counter as its rate per second', () => {
    expect(text(42.1 * 1024 ** 2, 'By', 'counter')).toBe('42.1 MiB/s');
    expect(text(118, '{packet}', 'counter')).toBe('118 packets/s');
    expect(text(0, '{error}', 'counter')).toBe('0.00 errors/s');
    expect(text(12_345, '{operation}', 'counter')).toBe('12.3 k operations/s');
    expect(text(0.5, 's', 'counter')).toBe('50.0 %');
    expect(text(250, 'ms', 'counter')).toBe('25.0 %');
    expect(text(3, '1', 'counter')).toBe('3.00/s'.replace('/s', ' /s'));
  });

  it('says one thing in the singular, and its rate in the plural', () => {
    expect(text(1, '{worker}')).toBe('1 worker');
    expect(text(2, '{worker}')).toBe('2 workers');
    expect(text(0, '{query}')).toBe('0 queries');
    expect(text(1, '{query}')).toBe('1 query');
    expect(text(1, '{worker}', 'counter')).toBe('1.00 workers/s');
    expect(text(1, '{process}')).toBe('1');
    expect(text(3, '{process}', 'counter')).toBe('3.00 processes/s');
    expect(text(3, '{items}')).toBe('3 items');
  });

  it('chooses the size of seconds, volts and hertz', () => {
    expect(text(0.00042, 's')).toBe('420 µs');
    expect(text(90_000, 's')).toBe('25.0 h');
    expect(text(3.3, 'V')).toBe('3.30 V');
    expect(text(3_300, 'mV')).toBe('3.30 V');
    expect(text(2.4e9, 'Hz')).toBe('2.40 GHz');
  });

  it('uses a real minus sign and fewer digits where more are noise', () => {
    expect(text(-56.4, 'dBm')).toBe('−56 dBm');
    expect(text(21.46, 'Cel')).toBe('21.5 °C');
    expect(text(-0.01, 'Cel')).toBe('0.0 °C');
  });

  it('shows whole numbers without a unit plainly and groups long ones', () => {
    expect(text(40, '')).toBe('40');
    expect(text(1234567, '')).toBe('1 234 567');
    expect(text(0.00123, '')).toBe('0.0012');
    expect(text(243, '{process}')).toBe('243');
    expect(text(0.42, '{thread}')).toBe('0.42');
  });

  it('says powers of ten where a unit has no size for a number, instead of zeros', () => {
    expect(text(1.2e-9, '')).toBe('1.20 ×10⁻⁹');
    expect(text(-3.45e-7, 'foo')).toBe('−345 ×10⁻⁹ foo');
    expect(text(1e-9, 'A')).toBe('1.00 nA');
    expect(text(1.3e15, 'foo')).toBe('1.30 ×10¹⁵ foo');
    expect(text(0.0012, '')).toBe('0.0012');
    expect(text(0, '')).toBe('0');
    expect(text(1e-12, '1')).toBe('0.0 %');
  });

  it('keeps vast numbers short in any unit', () => {
    expect(text(1.8e19, '')).toBe('18.0 ×10¹⁸');
    expect(text(-1.8e19, '')).toBe('−18.0 ×10¹⁸');
    expect(text(2 ** 64, 'By')).toBe('16.0 EiB');
    expect(text(1e30, 'By')).toBe('1.00 ×10³⁰ B');
    expect(text(1.8e19, '{packet}')).toBe('18.0 ×10¹⁸ packets');
    expect(text(1.8e19, 's')).toBe('18.0 ×10¹⁸ s');
    expect(text(1.8e19, 'Cel')).toBe('18.0 ×10¹⁸ °C');
    expect(text(1.8e19, 'By', 'counter')).toBe('15.6 EiB/s');
    expect(text(3.2e12, '')).toBe('3200 G');
    const unit = fc.constantFrom('', 'By', '1', '%', 's', 'Cel', 'V', 'Hz', '{x}', 'foo');
    fc.assert(
      fc.property(fc.double({ min: 1e9, noNaN: true, noDefaultInfinity: true }), unit, (value, of) => {
        expect(formatValue(value, of).number.length).toBeLessThan(11);
      }),
    );
  });

  it('shows a dash for what is not there', () => {
    expect(formatValue(null, '1')).toEqual({ number: '—', suffix: '%' });
    expect(formatText(Number.NaN, 'By')).toBe('—');
  });

  it('keeps unknown units as they are, cut to a sane length', () => {
    expect(text(7, 'furlong')).toBe('7 furlong');
    expect(formatValue(7, 'x'.repeat(1_000)).suffix).toHaveLength(32);
  });

  it('never throws, never says NaN, and never keeps a negative zero', () => {
    const unit = fc.oneof(
      fc.constantFrom('1', '%', 'By', 'By/s', 's', 'ms', 'Cel', '', '{packet}', 'W'),
      fc.string(),
    );
    fc.assert(
      fc.property(
        fc.double(),
        unit,
        fc.constantFrom('gauge' as const, 'counter' as const),
        (value, u, kind) => {
          const { number } = formatValue(value, u, kind);
          expect(number).not.toMatch(/NaN|undefined/);
          expect(number).not.toMatch(/^[−-]0(\.0*)?$/);
          expect(number.length).toBeLessThan(32);
        },
      ),
    );
  });

  it('stays within rounding of the true number of bytes', () => {
    const sizes: Record<string, number> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e14 }), (bytes) => {
        const { number, suffix } = formatValue(bytes, 'By');
        const shown = Number(number.replace(/\u202f/g, '')) * (sizes[suffix] ?? Number.NaN);
        expect(Math.abs(shown - bytes)).toBeLessThanOrEqual(bytes * 0.0051);
      }),
    );
  });
});

describe('one scale for an axis', () => {
  it('divides all ticks alike', () => {
    const scale = scaleFor(70 * 1024 ** 2, 'By', 'counter');
    expect(scale).toMatchObject({ divisor: 1024 ** 2, suffix: 'MiB/s' });
    expect(scale.digits(25 * 1024 ** 2)).toBe(0);
    expect(scale.digits(0.5 * 1024 ** 2)).toBe(1);
  });

  it('tells ticks apart however small they are', () => {
    for (const top of [1e-9, 3e-7, 2e-5, 1.5e-4]) {
      const scale = scaleFor(top, '');
      const ticks = [1, 2, 3].map((k) => ((top / 4) * k) / scale.divisor);
      expect(new Set(ticks.map((tick) => tick.toFixed(scale.digits(top / 4)))).size, `${top}`).toBe(3);
    }
  });

  it('makes per cent of ratios', () => {
    const scale = scaleFor(1, '1');
    expect(0.6 / scale.divisor).toBeCloseTo(60);
    expect(scale.digits(0.2)).toBe(0);
    expect(scale.digits(0.0025)).toBe(2);
  });

  it('survives an empty axis', () => {
    expect(scaleFor(0, 'By').suffix).toBe('B');
    expect(scaleFor(0, 's').suffix).toBe('s');
    expect(scaleFor(Number.NaN, 'V').divisor).toBe(1);
  });
});

describe('lengths of time', () => {
  it('uses at most two units', () => {
    expect(formatDuration(350)).toBe('350 ms');
    expect(formatDuration(12_900)).toBe('12 s');
    expect(formatDuration(4 * 60_000 + 59_000)).toBe('4 min');
    expect(formatDuration(7_500_000)).toBe('2 h 5 min');
    expect(formatDuration((3 * 24 + 4) * 3_600_000)).toBe('3 d 4 h');
    expect(formatDuration(86_400_000)).toBe('1 d');
  });

  it('tells how long ago something was', () => {
    expect(formatAgo(1_000, 1_500)).toBe('just now');
    expect(formatAgo(0, 240_000)).toBe('4 min ago');
    expect(formatAgo(5_000, 0)).toBe('just now');
  });
});
