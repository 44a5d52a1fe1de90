import { displayText } from '@shared/display-text';

const MAX_LENGTH = 64;

/**
 * Makes text from a device safe for system notifications: sanitised by {@link displayText}, at most 64 characters,
 * and without markup, which some Linux desktops would interpret.
 */
export function toPlainText(words: string): string {
  const line = displayText(words.replace(/[<>&\p{Cc}]/gu, ' '));
  const characters = Array.from(line);
  return characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH - 1).join('')}…` : line;
}
