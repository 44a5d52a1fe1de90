import type { Clock } from '@shared/clock';
import type { Unsubscribe } from '@shared/disposable';
import type { TopicMessages } from '@shared/hub-api';
import type { SessionTable } from '../sessions/session-table';
import { sessionInfo } from '../sessions/describe-session';

const EVERY_MS = 1_000;

/** Sends one UI all sessions, then the changed ones once a second. */
export class SessionWatch {
  readonly stop: Unsubscribe;
  readonly #sessions: SessionTable;
  readonly #send: (message: TopicMessages['sessions']) => void;
  /** The version of each session that was last sent. */
  readonly #sent = new Map<string, number>();

  constructor(sessions: SessionTable, clock: Clock, send: (message: TopicMessages['sessions']) => void) {
    this.#sessions = sessions;
    this.#send = send;
    this.#look(true);
    this.stop = clock.every(EVERY_MS, () => this.#look(false));
  }

  #look(full: boolean): void {
    const changed = [];
    const seen = new Set<string>();
    for (const session of this.#sessions.all()) {
      seen.add(session.id);
      if (this.#sent.get(session.id) === session.version) continue;
      this.#sent.set(session.id, session.version);
      changed.push(sessionInfo(session));
    }
    const removed: string[] = [];
    for (const id of this.#sent.keys()) {
      if (seen.has(id)) continue;
      this.#sent.delete(id);
      removed.push(id);
    }
    if (full || changed.length > 0 || removed.length > 0) this.#send({ full, changed, removed });
  }
}
