import type { Board, BoardDraft, BoardPanel } from '@shared/boards/board';
import type { Disposable } from '@shared/disposable';
import { toFault, type Fault } from '@shared/errors';
import type { HubApi } from '@shared/hub-api';
import { createBoard, draftOf } from './board-drafts';

/** Changes that come quickly, such as several steps of an arrow key, are saved together. */
const SAVE_AFTER_MS = 250;
const RETRY_MS = 5_000;

/**
 * The board of a page: as the hub has it, with this UI's changes on top until they are saved. Somebody else's change
 * is shown at once while there are none; otherwise the user decides (`conflict`).
 */
export class OpenBoard implements Disposable {
  /** Null until the hub has told. */
  board = $state.raw<BoardDraft | null>(null);
  /** The hub has no such board. */
  missing = $state(false);
  /** Why the last change is not saved. */
  fault = $state.raw<Fault | null>(null);
  /** What somebody else made of the board in the meantime; `theirs` is null when they deleted it. */
  conflict = $state.raw<{ theirs: Board | null } | null>(null);
  readonly #api: HubApi;
  readonly #id: string;
  /** What the hub has, as far as is known here. */
  #base: Board | null = null;
  #isDirty = false;
  #saving: Promise<void> = Promise.resolve();
  #isSaving = false;
  #isDisposed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: HubApi, id: string) {
    this.#api = api;
    this.#id = id;
  }

  /** The hub says that the board has this revision now; null that it has none. */
  async follow(revision: number | null): Promise<void> {
    if (revision !== null && revision === this.#base?.revision) return;
    if (this.#isSaving || this.conflict) return;
    if (this.#isDirty) {
      await this.#meet();
      return;
    }
    if (revision === null) {
      this.missing = true;
      return;
    }
    try {
      const board = await this.#api.call('getBoard', { board: this.#id });
      if (this.#isDirty || this.#isDisposed) return;
      this.#take(board);
    } catch (error) {
      const fault = toFault(error);
      if (fault.code === 'NO_SUCH_BOARD') this.missing = true;
      else this.fault = fault;
    }
  }

  /** Changes the board here at once and in the hub a moment later. */
  change(patch: Partial<Pick<BoardDraft, 'name' | 'range' | 'panels'>>): void {
    if (!this.board) return;
    this.board = { ...this.board, ...patch };
    this.#isDirty = true;
    if (!this.conflict) this.#saveIn(SAVE_AFTER_MS);
  }

  changePanel(id: string, patch: Partial<BoardPanel>): void {
    const panels = this.board?.panels.map((panel) => (panel.id === id ? { ...panel, ...patch } : panel));
    if (panels) this.change({ panels });
  }

  /** Lets go of this UI's changes. */
  takeTheirs(): void {
    const theirs = this.conflict?.theirs ?? null;
    this.conflict = null;
    this.#isDirty = false;
    if (theirs) this.#take(theirs);
    else this.missing = true;
  }

  /** Puts this UI's board in the place of the other. */
  keepMine(): void {
    this.#base = this.conflict?.theirs ?? null;
    this.conflict = null;
    this.#saveIn(0);
  }

  /** Leaves theirs as it is and keeps this UI's as a board of its own; its id, or null where that failed. */
  async keepBoth(name: string): Promise<string | null> {
    if (!this.board) return null;
    try {
      const { range, panels } = this.board;
      const copy = await createBoard(this.#api, { name, range, panels });
      this.takeTheirs();
      return copy.id;
    } catch (error) {
      this.fault = toFault(error);
      return null;
    }
  }

  /** Saves what is not saved yet; resolves when that is done or cannot be. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#saving;
    if (this.#isDirty && !this.conflict) await this.#save();
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    // What was changed just before leaving is saved all the same.
    if (this.#isDirty && !this.#isSaving && !this.conflict) void this.#save();
  }

  #take(board: Board): void {
    this.#base = board;
    this.board = draftOf(board);
    this.missing = false;
    this.fault = null;
  }

  #saveIn(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), delayMs);
  }

  #save(): Promise<void> {
    this.#saving = this.#saveOnce();
    return this.#saving;
  }

  async #saveOnce(): Promise<void> {
    if (this.#isSaving || !this.board) return;
    this.#isSaving = true;
    this.#isDirty = false;
    const board = draftOf(this.board);
    try {
      this.#base = await this.#api.call('saveBoard', { board, revision: this.#base?.revision ?? null });
      this.fault = null;
    } catch (error) {
      this.#isDirty = true;
      const fault = toFault(error);
      if (fault.code === 'CONFLICT' || fault.code === 'NO_SUCH_BOARD') await this.#meet();
      else {
        this.fault = fault;
        if (fault.code === 'DISCONNECTED' && !this.#isDisposed) this.#saveIn(RETRY_MS);
      }
    }
    this.#isSaving = false;
    if (this.#isDirty && !this.fault && !this.conflict) void this.#save();
  }

  /** Somebody else's change meets one that is not saved yet. */
  async #meet(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.conflict = { theirs: await this.#api.call('getBoard', { board: this.#id }) };
    } catch (error) {
      const fault = toFault(error);
      if (fault.code === 'NO_SUCH_BOARD') this.conflict = { theirs: null };
      else this.fault = fault;
    }
  }
}
