const MAX_LENGTH = 64;

/**
 * A device's own words made safe for the system's notifications: one line, no control or direction-changing
 * characters, at most 64 characters, and no markup, which some Linux desktops would interpret.
 */
export function toPlainText(words: string): string {
  const line = words
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[<>&]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = Array.from(line);
  return characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH - 1).join('')}…` : line;
}
