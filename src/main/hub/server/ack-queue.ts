import type { Session } from './session';

/**
 * Acknowledgements on their way out. They are cumulative within a stream, so only the newest of each is kept, and they
 * leave together a few times a second.
 */
export class AckQueue {
  readonly #due = new Map<Session, Map<string | undefined, number>>();

  /** `stream` is undefined for the stream of the session's hello. */
  add(session: Session, stream: string | undefined, seq: number): void {
    let streams = this.#due.get(session);
    if (!streams) this.#due.set(session, (streams = new Map<string | undefined, number>()));
    if ((streams.get(stream) ?? -1) < seq) streams.set(stream, seq);
  }

  flush(): void {
    for (const [session, streams] of this.#due) {
      for (const [stream, seq] of streams) {
        session.send(stream === undefined ? { type: 'ack', seq } : { type: 'ack', seq, stream });
      }
    }
    this.#due.clear();
  }

  forget(session: Session): void {
    this.#due.delete(session);
  }
}
