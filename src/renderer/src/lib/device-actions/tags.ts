const MAX_TAGS = 32;
const MAX_TAG_LENGTH = 64;

/** Parses typed tags, separated by commas or spaces, without duplicates and in typed order. */
export function parseTags(text: string): string[] {
  const tags = text
    .split(/[\s,]+/)
    .map((tag) => tag.replace(/^#/, '').slice(0, MAX_TAG_LENGTH))
    .filter((tag) => tag !== '');
  return [...new Set(tags)].slice(0, MAX_TAGS);
}
