import type { Dialect } from './dialect';
import { json } from './json';
import { lineProtocol } from './line-protocol';
import { plainText } from './plain-text';

/** The dialects that a text may be of, each asked in turn; the last takes everything. */
const DIALECTS: readonly Dialect[] = [json, lineProtocol];

/** The dialect that a text is written in. */
export function dialectOf(text: string): Dialect {
  return DIALECTS.find((dialect) => dialect.identify(text)) ?? plainText;
}
