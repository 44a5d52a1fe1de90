import { formatBoardFile, MAX_BOARD_FILE_BYTES, parseBoardFile } from '@shared/boards/board-file';
import type { BoardSummary } from '@shared/boards/board';
import { FaultError } from '@shared/errors';
import type { ExploreView } from '@shared/explore/explore-view';
import type { HubApi } from '@shared/hub-api';
import { showFault, showToast } from '../components/toast';
import { openFileSink } from '../export/file-sink';
import { router } from '../routes/router.svelte';
import { createBoard, draftOf, freeName } from './board-drafts';

/** The view that is about to be added to a board. */
export interface AddedView {
  view: ExploreView;
  title: string;
}

/** The actions on boards, the same everywhere in the app. */
class BoardActions {
  /** The view for which the dialog asks which board; null while nothing is being added. */
  adding = $state.raw<AddedView | null>(null);

  add(view: AddedView): void {
    this.adding = view;
  }

  async create(api: HubApi, name: string): Promise<void> {
    try {
      const board = await createBoard(api, { name, range: '15m', panels: [] });
      router.go({ page: 'board', id: board.id });
    } catch (error) {
      showFault('The board could not be created', error);
    }
  }

  async duplicate(api: HubApi, { id }: BoardSummary, names: readonly string[]): Promise<void> {
    try {
      const board = await api.call('getBoard', { board: id });
      const name = freeName(`${board.name} copy`, names);
      const { range, panels } = board;
      const copy = await createBoard(api, { name, range, panels });
      showToast({
        title: `“${name}” was created`,
        actions: [{ label: 'Open', onselect: () => router.go({ page: 'board', id: copy.id }) }],
      });
    } catch (error) {
      showFault('The board could not be duplicated', error);
    }
  }

  async remove(api: HubApi, { id, name }: BoardSummary): Promise<void> {
    try {
      const board = await api.call('getBoard', { board: id });
      await api.call('deleteBoard', { board: id, revision: board.revision });
      showToast({
        title: `“${name}” was deleted`,
        actions: [
          {
            label: 'Undo',
            onselect: () => {
              api
                .call('saveBoard', { board: draftOf(board), revision: null })
                .catch((error: unknown) => showFault('The board could not be restored', error));
            },
          },
        ],
      });
    } catch (error) {
      showFault('The board could not be deleted', error);
    }
  }

  /** Writes a board to a file. Must be called from a click. */
  async exportFile(api: HubApi, { id, name }: BoardSummary): Promise<void> {
    try {
      const board = await api.call('getBoard', { board: id });
      const safe = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '') || 'board';
      const sink = await openFileSink(`${safe}.board.json`, 'application/json');
      if (!sink) return;
      await sink.write(new TextEncoder().encode(formatBoardFile(board)));
      await sink.finish();
    } catch (error) {
      showFault('The board could not be exported', error);
    }
  }

  /** Creates a board from a file that the user chose. */
  async importFile(api: HubApi, file: File, names: readonly string[]): Promise<void> {
    try {
      // Refuse a file of gigabytes before reading it.
      if (file.size > MAX_BOARD_FILE_BYTES * 4) {
        throw new FaultError('BOARD_TOO_LARGE', 'The file is too large to be a board.');
      }
      const parsed = parseBoardFile(await file.text());
      if (!parsed.ok) throw new FaultError(parsed.error.code, parsed.error.message);
      const board = await createBoard(api, { ...parsed.value, name: freeName(parsed.value.name, names) });
      router.go({ page: 'board', id: board.id });
    } catch (error) {
      showFault(`“${file.name.slice(0, 60)}” could not be imported`, error);
    }
  }
}

export const boardActions = new BoardActions();
