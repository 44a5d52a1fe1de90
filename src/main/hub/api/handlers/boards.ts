import type { boardCommands } from '@shared/hub-api/boards';
import type { BoardStore } from '../../boards/board-store';
import type { CommandHandlers } from '../command-handlers';

export interface BoardHandlersContext {
  boards: BoardStore;
}

export function createBoardHandlers({
  boards,
}: BoardHandlersContext): CommandHandlers<keyof typeof boardCommands> {
  return {
    listBoards: () => boards.list(),
    getBoard: ({ board }) => boards.get(board),
    saveBoard: ({ board, revision }) => boards.save(board, revision),
    deleteBoard({ board, revision }) {
      boards.delete(board, revision);
      return null;
    },
  };
}
