/** What does not show itself but changes what shows: all but joiners and variation selectors, which scripts and emoji need. */
const INVISIBLE =
  /(?!\p{Join_Control}|\p{Variation_Selector})\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]/gu;
const CONTROL = /\p{Cc}/gu;
/** More marks on one letter than any language puts there; piles of them reach over the lines above and below. */
const MARKS = /(\p{M}{4})\p{M}+/gu;
const JOINERS = /(\p{Join_Control})\p{Join_Control}+/gu;
/** U+2800 is a braille pattern without a dot. */
const VISIBLE = /[^\p{Default_Ignorable_Code_Point}\p{M}\s\u2800]/u;

/**
 * Somebody else's words made fit to be shown on a screen, in a terminal or in a log: one line of well-formed
 * Unicode without control characters (they become U+FFFD), without characters that turn the direction of what
 * follows (Unicode TR #36, section 3.5; "Trojan Source", 2021) or hide, and of at most `maxLength` UTF-16 units.
 * Empty when nothing of it can be seen. It makes no markup safe: whoever writes HTML escapes.
 */
export function displayText(words: string, maxLength = Infinity): string {
  const text = words
    .toWellFormed()
    .replace(INVISIBLE, '')
    .replace(/\s+/gu, ' ')
    .replace(CONTROL, '\ufffd')
    .replace(JOINERS, '$1')
    .replace(MARKS, '$1')
    .trim();
  if (!VISIBLE.test(text)) return '';
  if (text.length <= maxLength) return text;
  const cut = text.slice(0, maxLength);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
