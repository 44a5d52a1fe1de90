import type { Session } from '../sessions/session';

type Streams = Map<string | undefined, number>;

/**
 * Outgoing acknowledgements. They wait for the commit that holds the rows they acknowledge. They are cumulative
 * within a stream, so only the newest of each stream is kept. They are sent together a few times a second.
 */
export class AckQueue {
  /** Keyed by the number of the commit they wait for; there are only a few, because commits run one after another. */
  readonly #waiting = new Map<number, Map<Session, Streams>>();

  /** `stream` is undefined for the stream of the session's hello; `commit` as in `Recorder.gathering`. */
  add(session: Session, stream: string | undefined, seq: number, commit: number): void {
    let sessions = this.#waiting.get(commit);
    if (!sessions) this.#waiting.set(commit, (sessions = new Map<Session, Streams>()));
    let streams = sessions.get(session);
    if (!streams) sessions.set(session, (streams = new Map<string | undefined, number>()));
    if ((streams.get(stream) ?? -1) < seq) streams.set(stream, seq);
  }

  /** Sends the acknowledgements that wait for commits up to and including `durable`. */
  flush(durable: number): void {
    for (const [commit, sessions] of this.#waiting) {
      if (commit > durable) continue;
      this.#waiting.delete(commit);
      for (const [session, streams] of sessions) {
        for (const [stream, seq] of streams) {
          session.send(stream === undefined ? { type: 'ack', seq } : { type: 'ack', seq, stream });
        }
      }
    }
  }

  forget(session: Session): void {
    for (const sessions of this.#waiting.values()) sessions.delete(session);
  }
}
