/** Characters of emoji, Han, kana and Hangul, with the punctuation that belongs to them. */
const BEYOND =
  /\p{Extended_Pictographic}|\p{Regional_Indicator}|[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}]|[\u3000-\u303f\uff00-\uffef]/u;
/** Later texts, such as a note or a label, are seen by nobody here; the sheets are loaded this long after the start. */
const LOAD_AFTER_MS = 10_000;

let isLoaded = false;

function load(): void {
  if (isLoaded) return;
  isLoaded = true;
  void import('./fallback-fonts.css');
}

/** Loads the sheets of the fallback fonts at once if one of `texts` has a character that the main font lacks. */
export function loadFallbackFontsFor(texts: Iterable<string>): void {
  if (isLoaded) return;
  for (const text of texts) {
    if (!BEYOND.test(text)) continue;
    load();
    return;
  }
}

/** Loads the sheets once the page has had time for everything else. Returns a function that cancels this. */
export function loadFallbackFontsLater(): () => void {
  const timer = setTimeout(load, LOAD_AFTER_MS);
  return () => clearTimeout(timer);
}
