import type { Board, BoardDraft, BoardPanel } from '@shared/boards/board';
import type { Disposable } from '@shared/disposable';
import { toFault, type Fault } from '@shared/errors';
import type { HubApi } from '@shared/hub-api';
import { createBoard, draftOf } from './board-drafts';

/** Changes that come quickly, such as several steps of an arrow key, are saved together. */
const SAVE_AFTER_MS = 250;
const RETRY_MS = 5_000;

/**
 * The board of a page: the hub's version with this UI's unsaved changes on top. A change made elsewhere is shown at
 * once if there are no unsaved changes; otherwise the user decides (`conflict`).
 */
export class OpenBoard implements Disposable {
  /** Null until the hub has answered. */
  board = $state.raw<BoardDraft | null>(null);
  /** True if the hub has no such board. */
  missing = $state(false);
  /** The reason why the last change could not be saved. */
  fault = $state.raw<Fault | null>(null);
  /** A change made elsewhere that conflicts with ours; `theirs` is null if the board was deleted there. */
  conflict = $state.raw<{ theirs: Board | null } | null>(null);
  readonly #api: HubApi;
  readonly #id: string;
  /** The hub's version, as far as this UI knows it. */
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

  /** Takes in the revision that the hub reports; null if the board no longer exists. */
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

  /** Changes the board here at once, and in the hub shortly afterwards. */
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

  /** Discards this UI's changes. */
  takeTheirs(): void {
    const theirs = this.conflict?.theirs ?? null;
    this.conflict = null;
    this.#isDirty = false;
    if (theirs) this.#take(theirs);
    else this.missing = true;
  }

  /** Replaces the other version with this UI's board. */
  keepMine(): void {
    this.#base = this.conflict?.theirs ?? null;
    this.conflict = null;
    this.#saveIn(0);
  }

  /** Keeps the other version and saves this UI's board as a new one. Returns its id, or null if that failed. */
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

  /** Saves unsaved changes; resolves when they are saved or cannot be. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#saving;
    if (this.#isDirty && !this.conflict) await this.#save();
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    // Changes made just before leaving are still saved.
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

  /** Handles a change from elsewhere while this UI has unsaved changes. */
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
