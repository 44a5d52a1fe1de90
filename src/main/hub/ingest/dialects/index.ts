import type { Dialect } from './dialect';
import { json } from './json';
import { lineProtocol } from './line-protocol';
import { plainText } from './plain-text';

/** The dialects, in the order in which they are tried; the last one accepts everything. */
const DIALECTS: readonly Dialect[] = [json, lineProtocol];

/** Two characters of UTF-16 in either byte order, as they look in UTF-8. */
const UTF_16 = /^(?:[^\0]\0[^\0]\0|\0[^\0]\0[^\0])/;

/** Whether a text was sent in UTF-16, whose Latin letters are valid UTF-8 with a NUL beside each. */
export function isUtf16(text: string): boolean {
  return UTF_16.test(text);
}

/** Returns the dialect in which a text is written. */
export function dialectOf(text: string): Dialect {
  return DIALECTS.find((dialect) => dialect.identify(text)) ?? plainText;
}
