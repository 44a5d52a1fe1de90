import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCell, formatLabels, formatTime } from './csv';

/** Whether `read` equals `text` except for added apostrophes. */
function withoutAdded(text: string, read: string): boolean {
  let at = 0;
  for (const character of read)
    if (character === text[at]) at++;
    else if (character !== "'") return false;
  return at === text.length;
}

describe('a cell of CSV', () => {
  it.each([
    ['nas', 'nas'],
    ['', ''],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['+cmd', "'+cmd"],
    ['-cmd,1', '"\'-cmd,1"'],
    ['\tx', "'\tx"],
    ['\rx', '"\'\rx"'],
    ['＝1+1', "'＝1+1"],
    ['a;=1+1', "a;'=1+1"],
    ['a\t+cmd\r\n@x', '"a\t\'+cmd\r\n\'@x"'],
    ['a-b=c;d', 'a-b=c;d'],
    ['-5', '-5'],
    ['+1.5e-3', '+1.5e-3'],
  ])('%j is written as %j', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  it('never begins a formula, and reads back as it was but for the apostrophe', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'=+-@\t\r\n",;\'a1. ') }), (text) => {
        const cell = csvCell(text);
        const read = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
        expect(withoutAdded(text, read)).toBe(true);
        if (Number.isNaN(Number(read)) || read.trim() === '')
          expect(read).not.toMatch(/(^|[;\t\r\n])[=+\-@]|^[\t\r]/);
        expect(cell.startsWith('"') || !/[",\r\n]/.test(cell)).toBe(true);
      }),
    );
  });
});

describe('the other columns', () => {
  it('writes labels as in a series key, sorted', () => {
    expect(formatLabels({ dir: 'read', disk: 'sd a' })).toBe('dir=read,disk="sd a"');
    expect(formatLabels({})).toBe('');
  });

  it('writes times as ISO 8601 or ms, and as a number what is no date', () => {
    expect(formatTime(1_795_378_213_002, 'iso')).toBe('2026-11-22T20:10:13.002Z');
    expect(formatTime(1_795_378_213_002.25, 'ms')).toBe('1795378213002.25');
    expect(formatTime(9e15, 'iso')).toBe('9000000000000000');
  });
});
