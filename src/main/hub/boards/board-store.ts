import { join } from 'node:path';
import * as v from 'valibot';
import { boardSchema, type Board, type BoardDraft, type BoardSummary } from '@shared/boards/board';
import { Emitter } from '@shared/emitter';
import { FaultError } from '@shared/errors';
import { listenerFaults, type Logger } from '@shared/logger';
import type { Limits } from '@shared/protocol/limits';
import { readJsonFile, setFileAside, writeJsonFile } from '../../../files/json-file';

const fileSchema = v.object({ version: v.literal(1), boards: v.array(boardSchema) });

export interface BoardStoreOptions {
  /** Null keeps boards in memory only. */
  dataDir: string | null;
  limits: Pick<Limits, 'boards' | 'boardBytes'>;
  log: Logger;
  now: () => number;
}

/**
 * The boards of all UIs, in `boards.json`. Each save names the revision it is based on. If two people change one board
 * at the same time, the second gets an error instead of overwriting the changes of the first.
 */
export class BoardStore {
  readonly changed: Emitter<{ changed: BoardSummary[]; removed: string[] }>;
  readonly #options: BoardStoreOptions;
  readonly #path: string | null;
  #boards = new Map<string, Board>();
  /** At least the current time, so that a recreated board never reuses a revision. */
  #lastRevision = 0;

  constructor(options: BoardStoreOptions) {
    this.#options = options;
    this.changed = new Emitter(listenerFaults(options.log));
    this.#path = options.dataDir === null ? null : join(options.dataDir, 'boards.json');
    this.#load();
  }

  list(): BoardSummary[] {
    return [...this.#boards.values()].map(summaryOf);
  }

  /** Throws `NO_SUCH_BOARD`. */
  get(id: string): Board {
    const board = this.#boards.get(id);
    if (!board) throw new FaultError('NO_SUCH_BOARD', 'Board not found. It may have been deleted.');
    return board;
  }

  /** Saves a board. Throws `CONFLICT`, `NO_SUCH_BOARD`, `TOO_MANY_BOARDS`, `BOARD_TOO_LARGE` or `FILE_UNWRITABLE`. */
  save(draft: BoardDraft, revision: number | null): Board {
    const { limits, now } = this.#options;
    const before = this.#boards.get(draft.id);
    if (revision === null && before) throw conflict('A board with this id already exists.');
    if (revision !== null && this.get(draft.id).revision !== revision) {
      throw conflict('Someone else has changed this board in the meantime.');
    }
    if (!before && this.#boards.size >= limits.boards) {
      throw new FaultError('TOO_MANY_BOARDS', `The hub can keep ${limits.boards} boards. Delete one first.`);
    }
    if (Buffer.byteLength(JSON.stringify(draft)) > limits.boardBytes) {
      throw new FaultError(
        'BOARD_TOO_LARGE',
        `A board can have at most ${Math.round(limits.boardBytes / 1024)} KiB. Move some panels to another board.`,
      );
    }
    const changedAt = now();
    this.#lastRevision = Math.max(changedAt, this.#lastRevision + 1);
    const board: Board = { ...draft, revision: this.#lastRevision, changedAt };
    this.#replace(new Map(this.#boards).set(board.id, board));
    this.changed.emit({ changed: [summaryOf(board)], removed: [] });
    return board;
  }

  /**
   * Deletes a board. Throws `NO_SUCH_BOARD` or `FILE_UNWRITABLE`, and `CONFLICT` if `revision` is not the current
   * one.
   */
  delete(id: string, revision: number | null): void {
    const board = this.get(id);
    if (revision !== null && board.revision !== revision) {
      throw conflict('Someone else has changed this board in the meantime.');
    }
    const rest = new Map(this.#boards);
    rest.delete(id);
    this.#replace(rest);
    this.changed.emit({ changed: [], removed: [id] });
  }

  /** Writes to disk first: a board that cannot be stored must not appear stored. */
  #replace(boards: Map<string, Board>): void {
    if (this.#path !== null) {
      const written = writeJsonFile(this.#path, { version: 1, boards: [...boards.values()] });
      if (!written.ok) throw new FaultError(written.error.code, written.error.message);
    }
    this.#boards = boards;
  }

  #load(): void {
    if (this.#path === null) return;
    const read = readJsonFile(this.#path);
    if (read.ok && read.value === null) return;
    const parsed = read.ok ? v.safeParse(fileSchema, read.value) : null;
    if (!parsed?.success) {
      const aside = setFileAside(this.#path, this.#options.now());
      const why = read.ok ? '' : ` ${read.error.message}`;
      this.#options.log.error(`The boards file could not be read and was set aside as ${aside}.${why}`);
      return;
    }
    for (const board of parsed.output.boards) {
      this.#boards.set(board.id, board);
      this.#lastRevision = Math.max(this.#lastRevision, board.revision);
    }
  }
}

function conflict(message: string): FaultError {
  return new FaultError('CONFLICT', message);
}

function summaryOf({ id, name, panels, revision, changedAt }: Board): BoardSummary {
  return { id, name, panels: panels.length, revision, changedAt };
}
