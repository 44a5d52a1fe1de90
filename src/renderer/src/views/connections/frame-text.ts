import type { FrameInfo } from '@shared/model';

/** What fits into this many characters stays on one line: a row of numbers is not a column. */
const LINE_LENGTH = 76;

/** Emoji need variation selectors, and every line its end. */
const HIDDEN = /(?!\n|\p{Variation_Selector})[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** A frame's payload for reading: JSON with line breaks, where it is whole JSON; otherwise as it came. */
export function prettyPayload(frame: Pick<FrameInfo, 'preview' | 'truncated' | 'opcode'>): string {
  if (frame.opcode !== 'text' && frame.opcode !== 'binary') return frame.preview;
  if (frame.truncated) return `${showHidden(frame.preview)}…`;
  try {
    return showHidden(indent(JSON.parse(frame.preview), ''));
  } catch {
    return showHidden(frame.preview);
  }
}

/** Characters that cannot be seen, or turn the direction of others, as the escapes that JSON has for them. */
export function showHidden(text: string): string {
  return text.replace(HIDDEN, (character) =>
    Array.from({ length: character.length }, (_, i) => escapeOf(character.charCodeAt(i))).join(''),
  );
}

function escapeOf(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

function indent(value: unknown, margin: string): string {
  const flat = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || margin.length + flat.length <= LINE_LENGTH) return flat;
  const inner = `${margin}  `;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object' || item === null)) return flat;
    return `[\n${value.map((item) => inner + indent(item, inner)).join(',\n')}\n${margin}]`;
  }
  const lines = Object.entries(value).map(
    ([key, item]) => `${inner}${JSON.stringify(key)}: ${indent(item, inner)}`,
  );
  return `{\n${lines.join(',\n')}\n${margin}}`;
}
