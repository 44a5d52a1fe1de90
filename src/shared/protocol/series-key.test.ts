import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSeriesKey, parseSeriesKey } from './series-key';

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_./ -]{0,20}$/);
const label = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,10}$/);
const labels = fc.dictionary(label, fc.string({ unit: 'grapheme', maxLength: 20 }), { maxKeys: 5 });

describe('series keys', () => {
  it('survive writing and reading whatever the labels hold', () => {
    fc.assert(
      fc.property(name, labels, (metric, given) => {
        const parsed = parseSeriesKey(formatSeriesKey(metric, given));
        expect(parsed).toEqual({ ok: true, value: { name: metric, labels: given } });
      }),
    );
  });

  it('survive whatever the name and the names of labels hold, and stay apart', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'a{}=",\\ \n'), minLength: 1, maxLength: 6 }),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
    );
    const anyName = fc.oneof(text, fc.constantFrom('__proto__', 'prototype', 'constructor'));
    const anyLabels = fc.dictionary(anyName, text, { maxKeys: 3 });
    fc.assert(
      fc.property(text, anyLabels, (metric, given) => {
        const parsed = parseSeriesKey(formatSeriesKey(metric, given));
        expect(parsed).toEqual({ ok: true, value: { name: metric, labels: given } });
      }),
    );
    expect(formatSeriesKey('a{b=c}', {})).not.toBe(formatSeriesKey('a', { b: 'c' }));
  });

  it('are equal for equal labels in any order', () => {
    expect(formatSeriesKey('m', { b: '2', a: '1' })).toBe(formatSeriesKey('m', { a: '1', b: '2' }));
  });

  it('never throw, whatever is read', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseSeriesKey(text)));
    fc.assert(
      fc.property(fc.stringMatching(/^[a{}=",\\ ]{0,24}$/), (text) => {
        const parsed = parseSeriesKey(text);
        if (!parsed.ok) expect(parsed.error.code).toMatch(/^BAD_(NAME|LABELS)$/);
      }),
    );
  });

  it('take plain and quoted values', () => {
    expect(parseSeriesKey('net{iface=eth0, note="a \\"b\\", c"}')).toEqual({
      ok: true,
      value: { name: 'net', labels: { iface: 'eth0', note: 'a "b", c' } },
    });
  });
});
