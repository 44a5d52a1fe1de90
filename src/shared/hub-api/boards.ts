import * as v from 'valibot';
import { boardDraftSchema, type Board, type BoardSummary } from '../boards/board';
import { adminCommand, topic, viewerCommand } from './command';
import { nothing } from './schemas';

const boardId = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

export const boardCommands = {
  listBoards: viewerCommand(nothing).returns<BoardSummary[]>(),
  getBoard: viewerCommand(v.object({ board: boardId })).returns<Board>(),
  /**
   * Replaces the board whose `revision` is given; null creates a board. Fails with `CONFLICT` if the board has another
   * revision by now or already exists, and with `NO_SUCH_BOARD` if it was deleted.
   */
  saveBoard: adminCommand(
    v.object({ board: boardDraftSchema, revision: v.nullable(v.number()) }),
  ).returns<Board>(),
  /**
   * Fails with `CONFLICT` if the board has changed since `revision`; with null, it is deleted whatever its revision.
   */
  deleteBoard: adminCommand(
    v.object({ board: boardId, revision: v.optional(v.nullable(v.number()), null) }),
  ).returns<null>(),
};

export const boardTopics = {
  /** All boards first, then those that changed; `getBoard` returns the contents of a board. */
  boards: topic(nothing).sends<{ full: boolean; changed: BoardSummary[]; removed: string[] }>(),
};
