import type { Clock } from '@shared/clock';
import type {
  BacklogMessage,
  LostMessage,
  RowsMessage,
  SchemaMessage,
} from '@shared/protocol/agent-messages';
import type { WelcomeMessage } from '@shared/protocol/hub-messages';
import { AGENT_LIMITS } from '@shared/protocol/limits';
import { BacklogProgress } from './backlog-progress';
import type { Link } from './connection';
import type { HubClock } from './hub-clock';
import { Pace } from './pace';
import type { QueuedRow, RowQueue } from './queue';
import type { Schema } from './schema';

/** If more live rows than this are waiting, new rows get a new stream. */
const SHORT_BACKLOG = 5;
const BACKLOG_EVERY_MS = 50;
/** The share of the hub's rate limits that may be used while there is backlog. */
const BACKLOG_SHARE = 0.6;
/** The most unconfirmed backlog in flight: in messages, and in seconds at full pace. */
const WINDOW_MESSAGES = 32;
const WINDOW_S = 2;
/** Backlog waits while more bytes than this are still unsent, so that live rows do not queue behind it. */
const BACKLOG_SEND_BUFFER = 32 * 1024;
/** With more unsent bytes than this, live rows wait in the queue. */
const MAX_SEND_BUFFER = 1024 * 1024;
/** The hub remembers several schemas per connection; we rely on fewer than that. */
const SCHEMAS_REMEMBERED = 4;
/** Numbers may be longer than `rowBytes` estimates, and a message has a header. */
const BYTES_MARGIN = 4;

interface Sent {
  stream: string;
  seq: number;
  samples: number;
}

type RowLink = Pick<Link, 'send' | 'backlogBytes' | 'close'>;

/**
 * Sends rows from the queue to the hub over one connection: live rows at once, and the backlog in batches alongside
 * them, each on its own stream.
 */
export class RowSender {
  readonly #link: RowLink;
  readonly #queue: RowQueue;
  readonly #hubClock: HubClock;
  readonly #clock: Clock;
  readonly #helloStream: string;
  readonly #limits: WelcomeMessage['limits'];
  readonly #samplePace: Pace;
  readonly #messagePace: Pace;
  readonly #progress: BacklogProgress;
  readonly #sentUpTo = new Map<string, number>();
  /** Backlog messages in flight, oldest first. */
  #window: Sent[] = [];
  readonly #stopTimer: () => void;
  /** The schemas that the hub remembers, with their versions on this connection. */
  #schemas: { schema: Schema; version: number }[] = [];
  #lastVersion = 0;
  /** The first rows sent after the report of losses: once they are confirmed, the report has arrived too. */
  #afterLost: { stream: string; seq: number } | null = null;
  #lostTold = false;

  constructor(
    link: RowLink,
    queue: RowQueue,
    hubClock: HubClock,
    hello: string,
    welcome: WelcomeMessage,
    clock: Clock,
  ) {
    this.#link = link;
    this.#queue = queue;
    this.#hubClock = hubClock;
    this.#clock = clock;
    this.#helloStream = hello;
    this.#limits = welcome.limits;
    const now = clock.monotonic();
    this.#samplePace = new Pace(welcome.limits.samplesPerSec * BACKLOG_SHARE, now);
    this.#messagePace = new Pace(welcome.limits.messagesPerSec * BACKLOG_SHARE, now);
    this.#progress = new BacklogProgress((remaining, total) =>
      this.#send({ type: 'backlog', remaining, total }),
    );
    const marks = {
      ...(welcome.ackedSeq === undefined ? {} : { [hello]: welcome.ackedSeq }),
      ...welcome.acked,
    };
    for (const [stream, seq] of Object.entries(marks)) queue.acknowledge(stream, seq);
    if (queue.countAfter(queue.currentStream, 0) > SHORT_BACKLOG) queue.openStream();
    this.#stopTimer = clock.every(BACKLOG_EVERY_MS, () => this.#sendBacklog());
    this.sendLive();
    this.#reportBacklog();
  }

  acknowledge(stream: string | undefined, seq: number): void {
    const id = stream ?? this.#helloStream;
    this.#queue.acknowledge(id, seq);
    this.#window = this.#window.filter((sent) => sent.stream !== id || sent.seq > seq);
    const mark = this.#afterLost;
    if (mark && mark.stream === id && mark.seq <= seq) {
      this.#queue.lostTold(true);
      this.#afterLost = null;
      this.#lostTold = false;
    }
  }

  /** Sends the rows of the live stream. Call it after each new row. */
  sendLive(): void {
    this.#tellLost();
    const stream = this.#queue.currentStream;
    while (this.#link.backlogBytes < MAX_SEND_BUFFER) {
      const sent = this.#sendNext(stream, 64);
      if (!sent) return;
      this.#samplePace.spendLive(sent.samples);
      this.#messagePace.spendLive(1);
    }
  }

  /** The hub is too old to understand backlog progress. */
  stopProgress(): void {
    this.#progress.stop();
  }

  dispose(): void {
    this.#stopTimer();
    if (this.#lostTold) this.#queue.lostTold(false);
  }

  #sendBacklog(): void {
    const { samplesPerSec } = this.#limits;
    const now = this.#clock.monotonic();
    const live = this.#queue.currentStream;
    for (const stream of this.#queue.streams) {
      while (stream !== live && this.#queue.countAfter(stream, this.#sentUpTo.get(stream) ?? 0) > 0) {
        const underWay = this.#window.reduce((sum, { samples }) => sum + samples, 0);
        const samples = this.#samplePace.available(now);
        const mayGo =
          samples > 0 &&
          this.#messagePace.available(now) > 0 &&
          this.#link.backlogBytes <= BACKLOG_SEND_BUFFER &&
          this.#window.length < WINDOW_MESSAGES &&
          underWay < samplesPerSec * BACKLOG_SHARE * WINDOW_S;
        const sent = mayGo ? this.#sendNext(stream, Infinity, samples) : null;
        if (!sent) {
          this.#reportBacklog();
          return;
        }
        this.#samplePace.spend(sent.samples);
        this.#messagePace.spend(1);
        this.#window.push(sent);
      }
    }
    this.#reportBacklog();
  }

  #reportBacklog(): void {
    const live = this.#queue.currentStream;
    let remaining = 0;
    for (const stream of this.#queue.streams) {
      if (stream !== live) remaining += this.#queue.countAfter(stream, 0);
    }
    this.#progress.update(remaining, this.#clock.monotonic());
  }

  /**
   * The hub's time minus that of unsettled rows. Those of an earlier run were timed by a clock that may have been right
   * where this one is behind; no row comes from the future.
   */
  #offsetFor(stream: string, rows: readonly QueuedRow[]): number {
    const { offsetMs } = this.#hubClock;
    if (stream === this.#queue.currentStream) return offsetMs;
    const latest = rows.reduce((max, { t }) => Math.max(max, t), Number.NEGATIVE_INFINITY);
    return latest + offsetMs > this.#hubClock.toHub(this.#clock.now()) ? 0 : offsetMs;
  }

  /** Sends the next rows of a stream, at least one, as one message; null when there are none. */
  #sendNext(stream: string, maxRows: number, maxSamples = Infinity): Sent | null {
    const after = this.#sentUpTo.get(stream) ?? 0;
    // Whatever the hub accepts, the whole queue is never read into memory for one message.
    const maxBytes = Math.floor(
      Math.min(this.#limits.messageBytes, AGENT_LIMITS.messageBytes) / BYTES_MARGIN,
    );
    const take = (count: number) => this.#queue.take(stream, after, count, maxBytes);
    const width = maxSamples === Infinity ? 1 : Math.max(1, take(1)[0]?.values.length ?? 1);
    const rows = take(Math.max(1, Math.min(maxRows, Math.floor(maxSamples / width))));
    const last = rows.at(-1);
    if (!last) return null;
    const loose = rows.filter((row) => !row.settled);
    if (loose.length > 0) this.#queue.settle(stream, last.seq, this.#offsetFor(stream, loose));
    const message: RowsMessage = {
      type: 'rows',
      seq: last.seq,
      schema: this.#sendSchema(last.schema),
      rows: rows.map((row) => [row.t, ...row.values]),
      ...(stream === this.#helloStream ? {} : { stream }),
    };
    this.#sentUpTo.set(stream, last.seq);
    this.#send(message);
    if (this.#lostTold) this.#afterLost ??= { stream, seq: last.seq };
    return { stream, seq: last.seq, samples: rows.reduce((sum, row) => sum + row.values.length, 0) };
  }

  /** Makes sure that the hub knows a schema. Returns its version on this connection. */
  #sendSchema(schema: Schema): number {
    const known = this.#schemas.find((sent) => sent.schema === schema);
    if (known) return known.version;
    const version = ++this.#lastVersion;
    this.#schemas = [...this.#schemas.slice(1 - SCHEMAS_REMEMBERED), { schema, version }];
    this.#send({ type: 'schema', version, series: [...schema.series] });
    return version;
  }

  #tellLost(): void {
    const lost = this.#queue.takeLost();
    if (!lost) return;
    const { from, to, samples, settled } = lost;
    const time = (t: number) => (settled ? t : this.#hubClock.toHub(t));
    this.#lostTold = true;
    this.#send({ type: 'lost', from: time(from), to: time(to), count: samples });
  }

  #send(message: RowsMessage | SchemaMessage | LostMessage | BacklogMessage): void {
    this.#link.send(JSON.stringify(message));
  }
}
