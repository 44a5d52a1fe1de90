import * as v from 'valibot';
import { boardDraftSchema, type Board, type BoardSummary } from '../boards/board';
import { adminCommand, topic, viewerCommand } from './command';
import { nothing } from './schemas';

const boardId = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

export const boardCommands = {
  listBoards: viewerCommand(nothing).returns<BoardSummary[]>(),
  getBoard: viewerCommand(v.object({ board: boardId })).returns<Board>(),
  /**
   * Replaces the board whose `revision` is given, or makes one with null. `CONFLICT`: it has another revision by now,
   * or exists already; `NO_SUCH_BOARD`: it was deleted.
   */
  saveBoard: adminCommand(
    v.object({ board: boardDraftSchema, revision: v.nullable(v.number()) }),
  ).returns<Board>(),
  /** `CONFLICT` when it was changed since `revision`; null deletes whatever there is. */
  deleteBoard: adminCommand(
    v.object({ board: boardId, revision: v.optional(v.nullable(v.number()), null) }),
  ).returns<null>(),
};

export const boardTopics = {
  /** All boards first, then those that changed; ask `getBoard` for what is on one. */
  boards: topic(nothing).sends<{ full: boolean; changed: BoardSummary[]; removed: string[] }>(),
};
