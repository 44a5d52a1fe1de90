import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLineProtocol } from './line-protocol';

describe('Influx line protocol', () => {
  it('reads tags, escapes, field types, strings with spaces and commas, comments and times of any precision', () => {
    const text = [
      '# a comment',
      'weather\\ station,loc=us\\,midwest,kind=a\\=b temp=82.5,wet=true,n=3i,name="a, \\"b\\" c" 1465839830100400200',
      'cpu usage=.5e1 1465839830',
      'm v=1',
    ].join('\n');
    expect(parseLineProtocol(text)).toEqual({
      ok: true,
      value: [
        {
          measurement: 'weather station',
          tags: { loc: 'us,midwest', kind: 'a=b' },
          fields: [
            ['temp', 82.5],
            ['wet', true],
            ['n', 3],
          ],
          time: 1465839830100,
        },
        { measurement: 'cpu', tags: {}, fields: [['usage', 5]], time: 1465839830000 },
        { measurement: 'm', tags: {}, fields: [['v', 1]], time: null },
      ],
    });
  });

  it.each(['Hello, server!', 'a', 'a b', 'a b=', 'a b=1 x', 'a,b c=1', ',a=b c=1', 'a b="x'])(
    'is not what "%s" is',
    (text) => {
      expect(parseLineProtocol(text)).toMatchObject({ ok: false, error: { code: 'NOT_LINE_PROTOCOL' } });
    },
  );

  it('never throws and never hangs on what only looks like it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a=, "\\1.\n#i-]{0,60}$/), (text) => void parseLineProtocol(text)),
      { numRuns: 2_000 },
    );
  });
});
