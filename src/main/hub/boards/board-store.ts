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
 * The boards of all UIs, in `boards.json`. Who saves says which revision the change is based on: of two people who
 * change one board at a time, the second is told instead of undoing what the first did.
 */
export class BoardStore {
  readonly changed: Emitter<{ changed: BoardSummary[]; removed: string[] }>;
  readonly #options: BoardStoreOptions;
  readonly #path: string | null;
  #boards = new Map<string, Board>();
  /** Of this moment at least, so that a board that is made anew never repeats one. */
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
    if (!board) throw new FaultError('NO_SUCH_BOARD', 'There is no such board; it may have been deleted.');
    return board;
  }

  /** Throws `CONFLICT`, `NO_SUCH_BOARD`, `TOO_MANY_BOARDS`, `BOARD_TOO_LARGE` or `FILE_UNWRITABLE`. */
  save(draft: BoardDraft, revision: number | null): Board {
    const { limits, now } = this.#options;
    const before = this.#boards.get(draft.id);
    if (revision === null && before) throw conflict('There is a board with this id already.');
    if (revision !== null && this.get(draft.id).revision !== revision) {
      throw conflict('Somebody else has changed this board in the meantime.');
    }
    if (!before && this.#boards.size >= limits.boards) {
      throw new FaultError('TOO_MANY_BOARDS', `The hub keeps ${limits.boards} boards: delete one first.`);
    }
    if (Buffer.byteLength(JSON.stringify(draft)) > limits.boardBytes) {
      throw new FaultError(
        'BOARD_TOO_LARGE',
        `A board may take ${Math.round(limits.boardBytes / 1024)} KiB: move some panels to another.`,
      );
    }
    const changedAt = now();
    this.#lastRevision = Math.max(changedAt, this.#lastRevision + 1);
    const board: Board = { ...draft, revision: this.#lastRevision, changedAt };
    this.#replace(new Map(this.#boards).set(board.id, board));
    this.changed.emit({ changed: [summaryOf(board)], removed: [] });
    return board;
  }

  /** Throws `NO_SUCH_BOARD`, `FILE_UNWRITABLE`, and `CONFLICT` where `revision` is not what there is. */
  delete(id: string, revision: number | null): void {
    const board = this.get(id);
    if (revision !== null && board.revision !== revision) {
      throw conflict('Somebody else has changed this board in the meantime.');
    }
    const rest = new Map(this.#boards);
    rest.delete(id);
    this.#replace(rest);
    this.changed.emit({ changed: [], removed: [id] });
  }

  /** On disk first: what cannot be kept must not look as if it were. */
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
      this.#options.log.error(`The boards could not be understood and are set aside as ${aside}.`);
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
