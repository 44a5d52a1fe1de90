/**
 * Scores how well `text` matches the typed characters: higher is better, null means no match. All of them must occur in
 * order; consecutive characters, word starts and short texts score higher.
 */
export function scoreMatch(text: string, typed: string): number | null {
  const needle = typed.toLowerCase().replaceAll(' ', '');
  if (needle === '') return 0;
  const hay = text.toLowerCase();
  const whole = hay.indexOf(typed.trim().toLowerCase());
  if (whole >= 0) return 1_000 + (isWordStart(text, whole) ? 500 : 0) - whole - hay.length / 100;
  let score = 0;
  let from = 0;
  let previous = -2;
  for (const character of needle) {
    const at = hay.indexOf(character, from);
    if (at < 0) return null;
    score += at === previous + 1 ? 12 : isWordStart(text, at) ? 8 : 1;
    previous = at;
    from = at + 1;
  }
  return score - hay.length / 100;
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1] ?? '');
}

/** Returns the `limit` best matches, best first; ties keep their order. */
export function rankMatches<T>(
  items: readonly T[],
  textOf: (item: T) => string,
  typed: string,
  limit: number,
): T[] {
  const matches: { item: T; score: number }[] = [];
  for (const item of items) {
    const score = scoreMatch(textOf(item), typed);
    if (score !== null) matches.push({ item, score });
  }
  matches.sort((a, b) => b.score - a.score);
  return matches.slice(0, limit).map(({ item }) => item);
}
