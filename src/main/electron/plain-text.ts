import { displayText } from '@shared/display-text';

const MAX_LENGTH = 64;

/**
 * A device's own words made safe for the system's notifications: what {@link displayText} leaves of them, at most 64
 * characters, and no markup, which some Linux desktops would interpret.
 */
export function toPlainText(words: string): string {
  const line = displayText(words.replace(/[<>&\p{Cc}]/gu, ' '));
  const characters = Array.from(line);
  return characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH - 1).join('')}…` : line;
}
