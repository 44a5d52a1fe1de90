import type { Clock } from '@shared/clock';
import type {
  BacklogMessage,
  LostMessage,
  RowsMessage,
  SchemaMessage,
} from '@shared/protocol/agent-messages';
import type { WelcomeMessage } from '@shared/protocol/hub-messages';
import { BacklogProgress } from './backlog-progress';
import type { Link } from './connection';
import type { HubClock } from './hub-clock';
import { Pace } from './pace';
import type { RowQueue } from './queue';
import type { Schema } from './schema';

/** Rows of the live stream that may wait before it is worth a stream of its own for what comes next. */
const SHORT_BACKLOG = 5;
const BACKLOG_EVERY_MS = 50;
/** The share of what the hub takes in a second that may be used while there is backlog. */
const BACKLOG_SHARE = 0.6;
/** Backlog that may be under way unconfirmed: messages, and seconds at full pace. */
const WINDOW_MESSAGES = 32;
const WINDOW_S = 2;
/** Backlog waits while more than this is not yet on the network, so that live rows need not queue behind it. */
const BACKLOG_SEND_BUFFER = 32 * 1024;
/** With more than this not yet on the network, live rows wait in the queue. */
const MAX_SEND_BUFFER = 1024 * 1024;
/** The hub remembers some schemas of a connection; fewer than that are counted on. */
const SCHEMAS_REMEMBERED = 4;
/** Numbers may be longer than `rowBytes` reckons, and a message has a head. */
const BYTES_MARGIN = 4;

interface Sent {
  stream: string;
  seq: number;
  samples: number;
}

type RowLink = Pick<Link, 'send' | 'backlogBytes' | 'close'>;

/**
 * Moves rows from the queue to the hub over one connection: live rows at once, what piled up before in batches
 * beside them, each on its own stream.
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
  /** Backlog messages under way, oldest first. */
  #window: Sent[] = [];
  readonly #stopTimer: () => void;
  /** What the hub remembers: schemas by the version that they have on this connection. */
  #schemas: { schema: Schema; version: number }[] = [];
  #lastVersion = 0;
  /** The rows sent first after telling what was lost: once they are confirmed, that has arrived too. */
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

  /** Sends what the live stream has; to be called after each new row. */
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

  /** The hub is too old to know how far the backlog is. */
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

  /** Sends the next rows of a stream as one message, null when there are none; at least one row. */
  #sendNext(stream: string, maxRows: number, maxSamples = Infinity): Sent | null {
    const after = this.#sentUpTo.get(stream) ?? 0;
    const maxBytes = Math.floor(this.#limits.messageBytes / BYTES_MARGIN);
    const take = (count: number) => this.#queue.take(stream, after, count, maxBytes);
    const width = maxSamples === Infinity ? 1 : Math.max(1, take(1)[0]?.values.length ?? 1);
    const rows = take(Math.max(1, Math.min(maxRows, Math.floor(maxSamples / width))));
    const last = rows.at(-1);
    if (!last) return null;
    if (rows.some((row) => !row.settled)) this.#queue.settle(stream, last.seq, this.#hubClock.offsetMs);
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
