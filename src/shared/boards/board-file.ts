import * as v from 'valibot';
import { fail, succeed, type Result } from '../errors';
import { boardContentsSchema, type BoardContents } from './board';

/** The largest board file accepted, in bytes; the hub has the same limit. */
export const MAX_BOARD_FILE_BYTES = 256 * 1024;

const boardFileSchema = v.object({
  wirewatch: v.literal('board'),
  version: v.literal(1),
  board: boardContentsSchema,
});

/** Formats a board as the text of a file to keep or share, without data that only this hub needs. */
export function formatBoardFile({ name, range, panels }: BoardContents): string {
  return `${JSON.stringify({ wirewatch: 'board', version: 1, board: { name, range, panels } }, null, 2)}\n`;
}

/** Reads a board file. Fails with `BOARD_TOO_LARGE`, `NOT_JSON`, `NOT_A_BOARD`, `NEWER_BOARD` or `BAD_BOARD`. */
export function parseBoardFile(text: string): Result<BoardContents> {
  if (text.length > MAX_BOARD_FILE_BYTES) {
    return fail(
      'BOARD_TOO_LARGE',
      `The file is larger than ${MAX_BOARD_FILE_BYTES / 1024} KiB, the limit for a board.`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail('NOT_JSON', 'The file is not valid JSON.');
  }
  const parsed = v.safeParse(boardFileSchema, value, { abortEarly: true });
  if (parsed.success) return succeed(parsed.output.board);
  const head = v.safeParse(v.object({ wirewatch: v.literal('board'), version: v.number() }), value);
  if (!head.success) return fail('NOT_A_BOARD', 'The file is not a Wirewatch board.');
  if (head.output.version > 1) {
    return fail('NEWER_BOARD', 'The board was saved by a newer version of Wirewatch.');
  }
  const [issue] = parsed.issues;
  return fail('BAD_BOARD', `In the file, "${v.getDotPath(issue) ?? 'board'}" is invalid: ${issue.message}`);
}
