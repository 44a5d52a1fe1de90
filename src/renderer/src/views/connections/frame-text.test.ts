import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prettyPayload } from './frame-text';

const text = (preview: string, truncated = false) => prettyPayload({ opcode: 'text', preview, truncated });

describe('a frame for reading', () => {
  it('breaks long JSON into lines and leaves rows of numbers on one', () => {
    const row = Array.from({ length: 30 }, (_, i) => i * 1_000);
    expect(text(JSON.stringify({ type: 'rows', rows: [row, row] })).split('\n')).toEqual([
      '{',
      '  "type": "rows",',
      '  "rows": [',
      `    ${JSON.stringify(row)},`,
      `    ${JSON.stringify(row)}`,
      '  ]',
      '}',
    ]);
  });

  it('means the same as before, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.stringify(JSON.parse(text(JSON.stringify(value))))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('shows what hides, and what turns the direction of the rest', () => {
    expect(text('{"name":"gpj.\u202eexe"}')).toBe('{"name":"gpj.\\u202eexe"}');
    expect(text('a\u001b[2J\u200bb\u{e0041}\nc')).toBe('a\\u001b[2J\\u200bb\\udb40\\udc41\nc');
  });

  it('leaves everything else as it came', () => {
    expect(text('Hello, server!')).toBe('Hello, server!');
    expect(text('{"cut":', true)).toBe('{"cut":…');
    expect(prettyPayload({ opcode: 'ping', preview: '8f 1c', truncated: false })).toBe('8f 1c');
  });
});
