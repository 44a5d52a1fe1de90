/**
 * Characters that are invisible but change how others are shown. Joiners and variation selectors are excluded,
 * because scripts and emoji need them.
 */
const INVISIBLE =
  /(?!\p{Join_Control}|\p{Variation_Selector})\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]/gu;
const CONTROL = /\p{Cc}/gu;
/** More combining marks on one letter than any language uses; piles of them cover the lines above and below. */
const MARKS = /(\p{M}{4})\p{M}+/gu;
const JOINERS = /(\p{Join_Control})\p{Join_Control}+/gu;
/** U+2800 is a braille pattern without a dot. */
const VISIBLE = /[^\p{Default_Ignorable_Code_Point}\p{M}\s\u2800]/u;

/**
 * Makes untrusted text safe to show on a screen, in a terminal or in a log: one line of well-formed Unicode without
 * control characters (they become U+FFFD), without characters that hide others or change their direction (Unicode TR
 * #36, section 3.5; "Trojan Source", 2021), and at most `maxLength` UTF-16 units long. The result is empty when no
 * character of it is visible. It does not escape markup: code that writes HTML must do that.
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
