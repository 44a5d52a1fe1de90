/** Letters of which each takes its place and no more: Latin, Greek, Cyrillic, Armenian; no marks that are stacked. */
const PLAIN = /^[\u0020-\u024f\u0370-\u0482\u048a-\u058f]*$/;
const CAPITALS = /\p{Lu}/gu;

/**
 * Whether a text might need more room than so many usual letters take. Only where it might, it has to be cut off: each
 * box that clips is a chunk of its own to the browser's painting, and a page of cards has hundreds of texts.
 */
export function mayOverflow(text: string, letters: number): boolean {
  if (text.length > letters || !PLAIN.test(text)) return true;
  const capitals = text.match(CAPITALS)?.length ?? 0;
  return text.length + capitals / 2 > letters;
}
