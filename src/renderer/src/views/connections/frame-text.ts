import type { FrameInfo } from '@shared/model';

/** JSON that fits into this many characters stays on one line, so that a row of numbers is not split. */
const LINE_LENGTH = 76;

/** Invisible characters, except variation selectors, which emoji need, and line breaks. */
const HIDDEN = /(?!\n|\p{Variation_Selector})[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Formats a frame's payload for reading: complete JSON gets line breaks, anything else stays as received. */
export function prettyPayload(frame: Pick<FrameInfo, 'preview' | 'truncated' | 'opcode'>): string {
  if (frame.opcode !== 'text' && frame.opcode !== 'binary') return frame.preview;
  if (frame.truncated) return `${showHidden(frame.preview)}…`;
  try {
    return showHidden(indent(JSON.parse(frame.preview), ''));
  } catch {
    return showHidden(frame.preview);
  }
}

/** Replaces characters that are invisible or change the direction of text with their JSON escapes. */
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
