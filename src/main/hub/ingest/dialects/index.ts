import type { Dialect } from './dialect';
import { json } from './json';
import { lineProtocol } from './line-protocol';
import { plainText } from './plain-text';

/** The dialects, in the order in which they are tried; the last one accepts everything. */
const DIALECTS: readonly Dialect[] = [json, lineProtocol];

/** Returns the dialect in which a text is written. */
export function dialectOf(text: string): Dialect {
  return DIALECTS.find((dialect) => dialect.identify(text)) ?? plainText;
}
