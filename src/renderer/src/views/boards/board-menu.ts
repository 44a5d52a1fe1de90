import Copy from '@lucide/svelte/icons/copy';
import Download from '@lucide/svelte/icons/download';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import Trash from '@lucide/svelte/icons/trash-2';
import type { BoardSummary } from '@shared/boards/board';
import { boardActions } from '../../lib/boards/board-actions.svelte';
import type { MenuEntry } from '../../lib/components/menu';
import type { HubState } from '../../lib/hub/hub-state.svelte';

export interface BoardMenuOptions {
  /** Asks for another name, if the board is open. */
  onrename?: () => void;
  onremove: () => void;
}

/** Returns the actions for a whole board; view-only users may still export it. */
export function boardMenu(
  { api, boards, viewOnly }: HubState,
  board: BoardSummary,
  { onrename, onremove }: BoardMenuOptions,
): MenuEntry[] {
  const names = () => boards.list.map(({ name }) => name);
  const exportItem: MenuEntry = {
    type: 'item',
    label: 'Export to file',
    icon: Download,
    onselect: () => void boardActions.exportFile(api, board),
  };
  if (viewOnly) return [exportItem];
  const rename: MenuEntry[] = onrename
    ? [{ type: 'item', label: 'Rename', icon: PencilLine, onselect: onrename }]
    : [];
  return [
    ...rename,
    {
      type: 'item',
      label: 'Duplicate',
      icon: Copy,
      onselect: () => void boardActions.duplicate(api, board, names()),
    },
    exportItem,
    { type: 'separator' },
    { type: 'item', label: 'Delete', icon: Trash, tone: 'danger', onselect: onremove },
  ];
}
