import type { Disposable, Unsubscribe } from '@shared/disposable';
import type { HubApi } from '@shared/hub-api';
import type { SessionInfo } from '@shared/model';

export interface SessionTotals {
  open: number;
  ended: number;
  framesInPerSec: number;
  bytesInPerSec: number;
}

/** Every connection that the hub reports, as of the last second. */
export class SessionStore implements Disposable {
  /** Open connections, in the order in which they were opened. */
  open = $state.raw<readonly SessionInfo[]>([]);
  /** Ended ones, the latest first. */
  ended = $state.raw<readonly SessionInfo[]>([]);
  totals = $state.raw<SessionTotals>({ open: 0, ended: 0, framesInPerSec: 0, bytesInPerSec: 0 });
  /** False until the hub has sent its connections. */
  loaded = $state(false);
  #byId: ReadonlyMap<string, SessionInfo> = $state.raw(new Map());
  readonly #unsubscribe: Unsubscribe;

  constructor(api: HubApi) {
    this.#unsubscribe = api.subscribe('sessions', {}, ({ full, changed, removed }) => {
      const byId = new Map(full ? [] : this.#byId);
      for (const id of removed) byId.delete(id);
      for (const session of changed) byId.set(session.id, session);
      this.#show(byId);
    });
  }

  byId(id: string): SessionInfo | null {
    return this.#byId.get(id) ?? null;
  }

  dispose(): void {
    this.#unsubscribe();
  }

  #show(byId: ReadonlyMap<string, SessionInfo>): void {
    const sessions = [...byId.values()];
    const open = sessions.filter((session) => session.closedAt === null);
    const ended = sessions.filter((session) => session.closedAt !== null);
    open.sort((a, b) => a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1));
    ended.sort((a, b) => (b.closedAt ?? 0) - (a.closedAt ?? 0) || (a.id < b.id ? -1 : 1));
    this.#byId = byId;
    this.open = open;
    this.ended = ended;
    this.totals = {
      open: open.length,
      ended: ended.length,
      framesInPerSec: open.reduce((sum, session) => sum + session.framesInPerSec, 0),
      bytesInPerSec: open.reduce((sum, session) => sum + session.bytesInPerSec, 0),
    };
    this.loaded = true;
  }
}
