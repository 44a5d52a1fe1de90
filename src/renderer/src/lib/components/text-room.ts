/** Letters that each take a place of their own: Latin, Greek, Cyrillic, Armenian; no combining marks. */
const PLAIN = /^[\u0020-\u024f\u0370-\u0482\u048a-\u058f]*$/;
const CAPITALS = /\p{Lu}/gu;

/**
 * Whether a text may need more room than `letters` average letters. Only such texts need clipping: each clipped box is
 * a paint chunk of its own, and a page of cards has hundreds of texts.
 */
export function mayOverflow(text: string, letters: number): boolean {
  if (text.length > letters || !PLAIN.test(text)) return true;
  const capitals = text.match(CAPITALS)?.length ?? 0;
  return text.length + capitals / 2 > letters;
}
