import type { BoardSummary } from '@shared/boards/board';
import type { Disposable, Unsubscribe } from '@shared/disposable';
import type { HubApi } from '@shared/hub-api';

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** All boards of the hub, by name; a board's panels are requested when it is opened. */
export class BoardList implements Disposable {
  list = $state.raw<readonly BoardSummary[]>([]);
  /** False until the hub has sent the boards. */
  loaded = $state(false);
  readonly #byId = new Map<string, BoardSummary>();
  readonly #unsubscribe: Unsubscribe;

  constructor(api: HubApi) {
    this.#unsubscribe = api.subscribe('boards', {}, ({ full, changed, removed }) => {
      if (full) this.#byId.clear();
      for (const board of changed) this.#byId.set(board.id, board);
      for (const id of removed) this.#byId.delete(id);
      this.list = [...this.#byId.values()].sort((a, b) => collator.compare(a.name, b.name));
      this.loaded = true;
    });
  }

  byId(id: string): BoardSummary | null {
    void this.list;
    return this.#byId.get(id) ?? null;
  }

  dispose(): void {
    this.#unsubscribe();
  }
}
