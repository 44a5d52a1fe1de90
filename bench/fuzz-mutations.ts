import fc from 'fast-check';

/** Inputs that often break parsers: edge cases of numbers, JSON, text and HTTP. */
const TOKENS = [
  '',
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  ',',
  ':',
  '\0',
  '\n',
  '\r\n',
  '\r\n\r\n',
  ' ',
  '\t',
  '%',
  '%00',
  '%2e%2e',
  '/',
  '../',
  '0',
  '-0',
  '-1',
  '1e999',
  '-1e999',
  '1e-999',
  '9007199254740993',
  '2147483648',
  '4294967296',
  'NaN',
  'Infinity',
  'null',
  'true',
  '[]',
  '{}',
  '""',
  '__proto__',
  'constructor',
  'toString',
  '\ud800',
  '\u202e',
  'é',
  '😀',
  '[[',
  ']]',
  '=',
  ';',
  '{a="b"',
  '"type"',
  '"rows"',
  '"schema"',
  '"seq"',
  '"hello"',
  'x'.repeat(300),
  '['.repeat(200),
  '"\\u0000"',
];

interface Edit {
  /** The position, as a share of the length. */
  at: number;
  kind: 'insert' | 'delete' | 'replace' | 'repeat' | 'cut';
  token: string;
  length: number;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.constantFrom('insert', 'delete', 'replace', 'repeat', 'cut'),
  token: fc.constantFrom(...TOKENS),
  length: fc.nat(12),
});

function applyText(text: string, { at, kind, token, length }: Edit): string {
  const from = Math.floor(at * text.length);
  const before = text.slice(0, from);
  const part = text.slice(from, from + length);
  const after = text.slice(from + length);
  switch (kind) {
    case 'insert':
      return before + token + part + after;
    case 'delete':
      return before + after;
    case 'replace':
      return before + token + after;
    case 'repeat':
      return before + part + part + part + after;
    case 'cut':
      return before;
  }
}

function applyBytes(bytes: Uint8Array, { at, kind, token, length }: Edit): Uint8Array {
  const from = Math.floor(at * bytes.length);
  const before = bytes.subarray(0, from);
  const part = bytes.subarray(from, from + length);
  const after = bytes.subarray(from + length);
  const filler = Uint8Array.from(part, (byte, i) => byte ^ (1 << ((token.length + i) % 8)));
  switch (kind) {
    case 'insert':
      return Buffer.concat([before, Buffer.from(token), part, after]);
    case 'delete':
      return Buffer.concat([before, after]);
    case 'replace':
      return Buffer.concat([before, filler, after]);
    case 'repeat':
      return Buffer.concat([before, part, part, after]);
    case 'cut':
      return before;
  }
}

/** Creates texts that are slightly changed samples. */
export function nearlyText(...samples: string[]): fc.Arbitrary<string> {
  const edited = fc
    .tuple(fc.constantFrom(...samples), fc.array(edit, { maxLength: 4 }))
    .map(([sample, edits]) => edits.reduce(applyText, sample));
  return fc.oneof({ weight: 8, arbitrary: edited }, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) });
}

/** Creates bytes that are slightly changed samples. */
export function nearlyBytes(...samples: Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const edited = fc
    .tuple(fc.constantFrom(...samples), fc.array(edit, { maxLength: 4 }))
    .map(([sample, edits]) => Uint8Array.from(edits.reduce(applyBytes, sample)));
  return fc.oneof(
    { weight: 8, arbitrary: edited },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  );
}
