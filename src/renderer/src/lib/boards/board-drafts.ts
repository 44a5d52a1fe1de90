import type { Board, BoardContents, BoardDraft, BoardPanel } from '@shared/boards/board';
import { MAX_PANELS } from '@shared/boards/board';
import { FaultError, toFault } from '@shared/errors';
import type { ExploreView } from '@shared/explore/explore-view';
import type { HubApi } from '@shared/hub-api';

/** How often to try to add something to a board that others change at the same time. */
const ATTEMPTS = 4;

/**
 * Creates a random id for a board or a panel. `randomUUID` needs a secure context, and this UI is also served over
 * plain http.
 */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return Array.from(bytes, (byte) => byte.toString(36).padStart(2, '0')).join('');
}

export function newPanel(view: ExploreView, title = ''): BoardPanel {
  const isLarge = view.layout !== 'together';
  return { id: newId(), title: title.slice(0, 128), width: isLarge ? 12 : 6, rows: 2, view };
}

export function draftOf({ id, name, range, panels }: BoardDraft): BoardDraft {
  return { id, name, range, panels };
}

/** Returns a name that no board has yet: `Racks`, `Racks 2`. */
export function freeName(wanted: string, taken: readonly string[]): string {
  const base = wanted.slice(0, 120);
  let name = base;
  for (let i = 2; taken.includes(name); i++) name = `${base} ${i}`;
  return name;
}

export function createBoard(api: HubApi, contents: BoardContents): Promise<Board> {
  return api.call('saveBoard', { board: { id: newId(), ...contents }, revision: null });
}

/** Adds a panel to the current board, even while others change it. Rejects with a `FaultError`. */
export async function addPanel(api: HubApi, id: string, panel: BoardPanel): Promise<Board> {
  for (let attempt = 1; ; attempt++) {
    const board = await api.call('getBoard', { board: id });
    if (board.panels.length >= MAX_PANELS) {
      throw new FaultError('TOO_MANY_PANELS', `“${board.name}” is full: a board holds ${MAX_PANELS} panels.`);
    }
    const next = { ...draftOf(board), panels: [...board.panels, panel] };
    try {
      return await api.call('saveBoard', { board: next, revision: board.revision });
    } catch (error) {
      if (toFault(error).code !== 'CONFLICT' || attempt >= ATTEMPTS) throw error;
    }
  }
}
