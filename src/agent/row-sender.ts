import type { Clock } from '@shared/clock';
import type { RowsMessage } from '@shared/protocol/agent-messages';
import type { WelcomeMessage } from '@shared/protocol/hub-messages';
import type { Link } from './connection';
import type { HubClock } from './hub-clock';
import type { RowQueue } from './queue';
import type { Schema } from './schema';

/** Rows of the live stream that may wait before it is worth a stream of its own for what comes next. */
const SHORT_BACKLOG = 5;
/** Messages of backlog that may be under way unconfirmed. */
const BACKLOG_WINDOW = 4;
const BACKLOG_EVERY_MS = 50;
/** The share of what the hub takes in a second that backlog may use; the rest is for live rows. */
const BACKLOG_SHARE = 0.5;
/** With more than this not yet on the network, live rows wait in the queue. */
const MAX_SEND_BUFFER = 1024 * 1024;
/** The hub remembers some schemas of a connection; fewer than that are counted on. */
const SCHEMAS_REMEMBERED = 4;

/**
 * Moves rows from the queue to the hub over one connection: live rows at once, what piled up before in batches
 * beside them, each on its own stream.
 */
export class RowSender {
  readonly #link: Link;
  readonly #queue: RowQueue;
  readonly #hubClock: HubClock;
  readonly #helloStream: string;
  readonly #limits: WelcomeMessage['limits'];
  readonly #sentUpTo = new Map<string, number>();
  /** Last rows of backlog messages under way, by stream. */
  readonly #window: { stream: string; seq: number }[] = [];
  readonly #stopTimer: () => void;
  #schemas: number[] = [];

  constructor(
    link: Link,
    queue: RowQueue,
    hubClock: HubClock,
    hello: string,
    welcome: WelcomeMessage,
    clock: Clock,
  ) {
    this.#link = link;
    this.#queue = queue;
    this.#hubClock = hubClock;
    this.#helloStream = hello;
    this.#limits = welcome.limits;
    const marks = {
      ...(welcome.ackedSeq === undefined ? {} : { [hello]: welcome.ackedSeq }),
      ...welcome.acked,
    };
    for (const [stream, seq] of Object.entries(marks)) queue.acknowledge(stream, seq);
    if (queue.countAfter(queue.currentStream, 0) > SHORT_BACKLOG) queue.openStream();
    this.#stopTimer = clock.every(BACKLOG_EVERY_MS, () => this.#sendBacklog());
    this.sendLive();
  }

  acknowledge(stream: string | undefined, seq: number): void {
    const id = stream ?? this.#helloStream;
    this.#queue.acknowledge(id, seq);
    for (let i = this.#window.length - 1; i >= 0; i--) {
      const sent = this.#window[i];
      if (sent && sent.stream === id && sent.seq <= seq) this.#window.splice(i, 1);
    }
  }

  /** Sends what the live stream has; to be called after each new row. */
  sendLive(): void {
    this.#tellLost();
    const stream = this.#queue.currentStream;
    while (this.#link.backlogBytes < MAX_SEND_BUFFER) {
      if (!this.#sendNext(stream, 64)) return;
    }
  }

  dispose(): void {
    this.#stopTimer();
  }

  #sendBacklog(): void {
    if (this.#link.backlogBytes > 0 || this.#window.length >= BACKLOG_WINDOW) return;
    const live = this.#queue.currentStream;
    const perSecond = this.#limits.samplesPerSec * BACKLOG_SHARE;
    for (const stream of this.#queue.streams) {
      if (stream === live) continue;
      const width = this.#queue.take(stream, this.#sentUpTo.get(stream) ?? 0, 1, 0)[0]?.values.length;
      if (width === undefined) continue;
      const rows = Math.max(1, Math.floor((perSecond * BACKLOG_EVERY_MS) / 1_000 / Math.max(1, width)));
      const seq = this.#sendNext(stream, rows);
      if (seq !== null) this.#window.push({ stream, seq });
      return;
    }
  }

  /** Sends the next rows of a stream as one message; the `seq` of the last one, or null when there is nothing. */
  #sendNext(stream: string, maxRows: number): number | null {
    const rows = this.#queue.take(
      stream,
      this.#sentUpTo.get(stream) ?? 0,
      maxRows,
      Math.floor(this.#limits.messageBytes / 4),
    );
    const last = rows.at(-1);
    if (!last) return null;
    for (const row of rows) {
      if (row.settled) continue;
      row.t = this.#hubClock.toHub(row.t);
      row.settled = true;
    }
    this.#sendSchema(last.schema);
    const message: RowsMessage = {
      type: 'rows',
      seq: last.seq,
      schema: last.schema.version,
      rows: rows.map((row) => [row.t, ...row.values]),
      ...(stream === this.#helloStream ? {} : { stream }),
    };
    this.#sentUpTo.set(stream, last.seq);
    this.#link.send(JSON.stringify(message));
    return last.seq;
  }

  #sendSchema(schema: Schema): void {
    if (this.#schemas.includes(schema.version)) return;
    this.#schemas = [...this.#schemas.slice(1 - SCHEMAS_REMEMBERED), schema.version];
    this.#link.send(JSON.stringify({ type: 'schema', version: schema.version, series: schema.series }));
  }

  #tellLost(): void {
    const lost = this.#queue.takeLost();
    if (!lost) return;
    const { from, to, samples } = lost;
    this.#link.send(
      JSON.stringify({
        type: 'lost',
        from: this.#hubClock.toHub(from),
        to: this.#hubClock.toHub(to),
        count: samples,
      }),
    );
  }
}
