import type { FrameInfo } from '@shared/model';

/** What fits into this many characters stays on one line: a row of numbers is not a column. */
const LINE_LENGTH = 76;

/** A frame's payload for reading: JSON with line breaks, where it is whole JSON; otherwise as it came. */
export function prettyPayload(frame: Pick<FrameInfo, 'preview' | 'truncated' | 'opcode'>): string {
  if (frame.opcode !== 'text' && frame.opcode !== 'binary') return frame.preview;
  if (frame.truncated) return `${frame.preview}…`;
  try {
    return indent(JSON.parse(frame.preview), '');
  } catch {
    return frame.preview;
  }
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
