import { describe, expect, it } from 'vitest';
import { parseImportLine as parse } from './import-line';

const NOW = 1_796_064_126_048;
const parseImportLine = (text: string) => parse(text, NOW);

const line = {
  device: 'pump',
  metric: 'flow',
  labels: { pipe: 'a' },
  unit: 'L/min',
  kind: 'gauge',
  t: [1, 2],
  v: [3, null],
};

describe('a line to import', () => {
  it('is read', () => {
    expect(parseImportLine(JSON.stringify(line))).toEqual({ ok: true, value: line });
  });

  it('may leave out labels, unit and kind', () => {
    const parsed = parseImportLine('{"device":"pump","metric":"flow","t":[1],"v":[-0]}');
    expect(parsed).toEqual({
      ok: true,
      value: { device: 'pump', metric: 'flow', labels: {}, t: [1], v: [-0] },
    });
  });

  it.each([
    ['seconds', [1796064125, 1796064126.5]],
    ['microseconds', [1796064125000000, 1796064126500000]],
    ['nanoseconds', ['1796064125000000000', '1796064126500000000']],
    ['ISO 8601', ['2026-11-30T18:42:05Z', '2026-11-30T19:42:06.5+01:00']],
    ['digits as text', ['1796064125', '1796064126500']],
  ])('may have times in %s', (_, t) => {
    const parsed = parseImportLine(JSON.stringify({ ...line, t, v: [1, 2] }));
    expect(parsed.ok && parsed.value.t).toEqual([1_796_064_125_000, 1_796_064_126_500]);
  });

  it('has its times in ms exactly as they stand, old ones too', () => {
    const t = [12.5, 946_684_799_000, 1_796_064_126_048.25];
    const parsed = parseImportLine(JSON.stringify({ ...line, t, v: [1, 2, 3] }));
    expect(parsed.ok && parsed.value.t).toEqual(t);
  });

  it('has its times in the unit that it declares, whatever else they could be', () => {
    const read = (precision: string, t: number[]) => {
      const parsed = parseImportLine(JSON.stringify({ ...line, precision, t, v: t.map(() => 1) }));
      return parsed.ok ? parsed.value.t : parsed.error.code;
    };
    expect(read('ms', [946_684_800, 1_796_064_126])).toEqual([946_684_800, 1_796_064_126]);
    expect(read('s', [86_400])).toEqual([86_400_000]);
    expect(read('days', [1])).toBe('BAD_LINE');
  });

  it('may be one sample without lists', () => {
    const parsed = parseImportLine('{"device":"pump","metric":"flow","labels":{},"t":5,"v":null}');
    expect(parsed).toEqual({
      ok: true,
      value: { device: 'pump', metric: 'flow', labels: {}, t: [5], v: [null] },
    });
  });

  it.each([
    ['{"device"', /not valid JSON/],
    ['5', /The line/],
    ['[]', /"device"/],
    [JSON.stringify({ ...line, device: 'a b' }), /"device"/],
    [JSON.stringify({ ...line, metric: '' }), /"metric"/],
    [JSON.stringify({ ...line, labels: { a: 1 } }), /"labels.a"/],
    [JSON.stringify({ ...line, kind: 'sum' }), /"kind"/],
    [JSON.stringify({ ...line, t: [1] }), /the same length/],
    [JSON.stringify({ ...line, t: [1, '2'] }), /"t"/],
    [JSON.stringify({ ...line, t: [1, -2] }), /"t"/],
    [JSON.stringify({ ...line, v: [1, true] }), /"v"/],
    ['{"device":"pump","metric":"flow","t":[1],"v":[1e999]}', /"v"/],
  ])('%s is refused', (text, message) => {
    const parsed = parseImportLine(text);
    expect(parsed).toMatchObject({ ok: false, error: { code: 'BAD_LINE' } });
    expect(!parsed.ok && parsed.error.message).toMatch(message);
  });

  it('is refused when it holds rates', () => {
    const parsed = parseImportLine(JSON.stringify({ ...line, rate: true }));
    expect(parsed).toMatchObject({ ok: false, error: { code: 'RATES_NOT_IMPORTED' } });
  });
});
