import { joinPhrases, wordsFor } from '@shared/metrics/synonyms';

/** The most words used; further words make no search better. */
const MAX_WORDS = 8;

const FIELDS = ['device', 'tag', 'metric', 'label'] as const;
type Field = (typeof FIELDS)[number];

/** One word of a search and the field in which it must be found; null means any field. */
export interface SearchWord {
  text: string;
  field: Field | null;
  /** The texts of which one must be found: `text`, and what else it may be called. */
  anyOf: readonly string[];
}

/**
 * Splits a search such as `cpu tag:lab` into words. After an unknown field name the whole text is taken literally.
 */
export function parseSearch(typed: string): SearchWord[] {
  const words: SearchWord[] = [];
  for (const part of joinPhrases(typed.toLowerCase().replaceAll(/\s+/g, ' ')).split(' ')) {
    const colon = part.indexOf(':');
    const field = FIELDS.find((one) => one === part.slice(0, colon)) ?? null;
    const text = field === null ? part : part.slice(colon + 1);
    if (text !== '' && words.length < MAX_WORDS)
      words.push({ text: wordsFor(text)[0] ?? text, field, anyOf: wordsFor(text) });
  }
  return words;
}

/** Whether the letters of a word occur in this order: `sytm` in `system`. */
export function hasInOrder(text: string, word: string): boolean {
  let at = -1;
  for (const letter of word) {
    at = text.indexOf(letter, at + 1);
    if (at < 0) return false;
  }
  return true;
}
