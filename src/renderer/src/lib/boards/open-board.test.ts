import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Board, BoardDraft } from '@shared/boards/board';
import { FaultError } from '@shared/errors';
import type { HubApi } from '@shared/hub-api';
import { OpenBoard } from './open-board.svelte';

/** Creates a hub with one board that others may change as well. */
function createBoardHub() {
  const boards = new Map<string, Board>();
  let revision = 0;
  const put = (board: BoardDraft) => {
    const saved = { ...board, revision: ++revision, changedAt: 0 };
    boards.set(board.id, saved);
    return saved;
  };
  const calls: string[] = [];
  const api = {
    call: (name: string, params: { board: BoardDraft & string; revision: number | null }) => {
      calls.push(name);
      const id = name === 'getBoard' ? params.board : params.board.id;
      const present = boards.get(id);
      if (name === 'getBoard') {
        return present ? Promise.resolve(present) : Promise.reject(new FaultError('NO_SUCH_BOARD', 'gone'));
      }
      if ((present?.revision ?? null) !== params.revision) {
        return Promise.reject(new FaultError(present ? 'CONFLICT' : 'NO_SUCH_BOARD', 'changed'));
      }
      return Promise.resolve(put(params.board));
    },
  } as unknown as HubApi;
  return { api, boards, put, calls };
}

describe('an open board', () => {
  let hub: ReturnType<typeof createBoardHub>;
  let open: OpenBoard;
  const settle = () => vi.advanceTimersByTimeAsync(1_000);
  const theirs = (name: string) => hub.put({ id: 'wall', name, range: '1h', panels: [] });

  beforeEach(async () => {
    vi.useFakeTimers();
    hub = createBoardHub();
    const { revision } = theirs('Wall');
    open = new OpenBoard(hub.api, 'wall');
    await open.follow(revision);
  });
  afterEach(() => {
    open.dispose();
    vi.useRealTimers();
  });

  it('shows a change at once and saves several together', async () => {
    open.change({ name: 'A' });
    open.change({ name: 'B' });
    expect(open.board?.name).toBe('B');
    await settle();
    expect(hub.boards.get('wall')?.name).toBe('B');
    expect(hub.calls.filter((name) => name === 'saveBoard')).toHaveLength(1);
  });

  it('takes over what others change while nothing was changed here', async () => {
    await open.follow(theirs('Theirs').revision);
    expect(open.board?.name).toBe('Theirs');
    expect(open.conflict).toBeNull();
  });

  it('asks when both have changed it, and does what the answer is', async () => {
    theirs('Theirs');
    open.change({ name: 'Mine' });
    await settle();
    expect(open.conflict?.theirs?.name).toBe('Theirs');
    expect(open.board?.name).toBe('Mine');
    open.keepMine();
    await settle();
    expect(hub.boards.get('wall')?.name).toBe('Mine');

    theirs('Theirs again');
    open.change({ name: 'Mine again' });
    await settle();
    open.takeTheirs();
    await settle();
    expect(open.board?.name).toBe('Theirs again');
    expect(hub.boards.get('wall')?.name).toBe('Theirs again');
  });

  it('keeps both where that is wanted', async () => {
    theirs('Theirs');
    open.change({ name: 'Mine' });
    await settle();
    const copy = await open.keepBoth('Mine');
    expect(hub.boards.get(copy ?? '')?.name).toBe('Mine');
    expect(hub.boards.get('wall')?.name).toBe('Theirs');
    expect(open.board?.name).toBe('Theirs');
  });

  it('comes back when it was deleted and is kept all the same', async () => {
    hub.boards.delete('wall');
    open.change({ name: 'Mine' });
    await settle();
    expect(open.conflict).toEqual({ theirs: null });
    open.keepMine();
    await settle();
    expect(hub.boards.get('wall')?.name).toBe('Mine');
  });

  it('says that it is gone when somebody deletes it', async () => {
    hub.boards.delete('wall');
    await open.follow(null);
    expect(open.missing).toBe(true);
  });

  it('does not take its own change for somebody else’s', async () => {
    open.change({ name: 'Mine' });
    await settle();
    await open.follow(hub.boards.get('wall')?.revision ?? null);
    expect(open.conflict).toBeNull();
  });

  it('saves what was changed just before leaving', async () => {
    open.change({ name: 'Last' });
    open.dispose();
    await settle();
    expect(hub.boards.get('wall')?.name).toBe('Last');
  });
});
