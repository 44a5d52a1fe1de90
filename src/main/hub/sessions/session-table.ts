import { BoundedMap } from '@shared/bounded-map';
import type { SessionInfo } from '@shared/model';
import type { Session } from './session';
import { sessionInfo } from './describe-session';

/** All open sessions and the most recently ended; beyond `maxEnded` the oldest are dropped. */
export class SessionTable {
  readonly #open = new Map<string, Session>();
  readonly #ended: BoundedMap<string, Session>;

  constructor(maxEnded: number) {
    this.#ended = new BoundedMap(maxEnded);
  }

  get openCount(): number {
    return this.#open.size;
  }

  open(): Iterable<Session> {
    return this.#open.values();
  }

  get(id: string): Session | undefined {
    return this.#open.get(id) ?? this.#ended.get(id);
  }

  add(session: Session): void {
    this.#open.set(session.id, session);
  }

  ended(session: Session): void {
    if (this.#open.delete(session.id)) this.#ended.set(session.id, session);
  }

  *all(): Iterable<Session> {
    yield* this.#ended.values();
    yield* this.#open.values();
  }

  infos(): SessionInfo[] {
    return Array.from(this.all(), (session) => sessionInfo(session));
  }
}
