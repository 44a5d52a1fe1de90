import { BoundedMap } from '@shared/bounded-map';
import type { AgentMessage, HelloMessage, SchemaMessage } from '@shared/protocol/agent-messages';
import type { Core } from '../core';
import type { Device } from '../devices/device';
import { flatRows, type FlatRows } from './flat-rows';
import { bindSchema, type SchemaBinding } from './schema-binding';
import { HourChanges } from './hour-changes';
import { RING_WINDOW_MS } from '../series/ring-memory';
import { ValuesIngest, type ValuesOutcome } from './values-ingest';

/** Schemas of one connection that may be in use at a time; beyond, the oldest is forgotten. */
const MAX_SCHEMAS = 8;
/** Rows that claim to be from further in the future than this are not stored. */
const MAX_FUTURE_MS = 24 * 3_600_000;
/** Samples that may come at once, in seconds of their rate. */
export const BURST = 10;
const TOO_MANY_EVENTS = 'More events than a device may send a second are left out.';
const FUTURE_TIME = 'Samples from more than a day in the future are not stored.';
const BEFORE_1970 = 'Samples from before 1970 are not stored.';

export interface IngestReplies {
  /** Whether this many samples may be stored now; if not, the connection is over. */
  mayStore(samples: number): boolean;
  ack(stream: string | undefined, seq: number): void;
  notice(code: string, message: string, seq?: number): void;
}

/** Turns a full agent's messages into samples of its device. Every method returns how many samples it took in. */
export class AgentIngest {
  readonly #core: Core;
  readonly #device: Device;
  readonly #helloStream: string;
  readonly #replies: IngestReplies;
  readonly #schemas = new BoundedMap<number, SchemaBinding>(MAX_SCHEMAS);
  readonly #values: ValuesIngest;
  readonly #hourChanges = new HourChanges();

  constructor(core: Core, device: Device, hello: HelloMessage, replies: IngestReplies) {
    this.#core = core;
    this.#device = device;
    this.#helloStream = hello.stream ?? '';
    this.#replies = replies;
    this.#values = new ValuesIngest(core.series, device.id);
  }

  /** `now` is when the message came, ms since the epoch. */
  take(message: AgentMessage | FlatRows, now: number): number {
    switch (message.type) {
      case 'flat-rows':
        return this.#rows(message, now);
      case 'rows':
        return this.#rows(flatRows(message), now);
      case 'metrics': {
        const time = message.ts ?? now;
        if (time > now + MAX_FUTURE_MS) {
          this.#replies.notice('FUTURE_TIME', FUTURE_TIME);
          return 0;
        }
        if (time < 0) {
          this.#replies.notice('TOO_OLD', BEFORE_1970);
          return 0;
        }
        const samples = Object.keys(message.values).length;
        if (!this.#replies.mayStore(samples)) return 0;
        this.#tell(this.#values.store(time, message.values, time >= now - RING_WINDOW_MS));
        return samples;
      }
      case 'schema':
        // Tying a series costs about as much as storing a sample.
        if (this.#replies.mayStore(message.series.length)) this.schema(message);
        return 0;
      case 'event': {
        const { seq, stream, ts } = message;
        if (seq !== undefined && !this.#isFirst(stream, seq)) {
          this.#ack(stream, seq);
          return 0;
        }
        const isKept = this.#core.events.report({
          at: ts !== undefined && ts >= 0 && ts <= now + MAX_FUTURE_MS ? ts : now,
          kind: 'text',
          level: message.level,
          device: this.#device.id,
          text: message.text,
        });
        if (!isKept) this.#replies.notice('TOO_MANY_EVENTS', TOO_MANY_EVENTS, seq);
        this.#ack(stream, seq);
        return 0;
      }
      case 'lost':
        this.#core.events.report({
          at: now,
          kind: 'dropped',
          level: 'warning',
          device: this.#device.id,
          text: `Its queue was full: ${message.count} samples of ${new Date(clampTime(message.from)).toISOString()} to ${new Date(clampTime(message.to)).toISOString()} are lost.`,
        });
        return 0;
      default:
        return 0;
    }
  }

  schema(message: SchemaMessage): void {
    const { binding, refused, changed } = bindSchema(this.#core.series, this.#device.id, message);
    this.#schemas.set(message.version, binding);
    for (const { fault, count } of refused) {
      const more = count > 1 ? ` (and ${count - 1} more like it)` : '';
      this.#replies.notice(fault.code, `${fault.message}${more}`);
    }
    if (changed) this.#core.devices.seriesChanged(this.#device);
  }

  #rows(message: FlatRows, now: number): number {
    const { seq, stream, rows, cells, ends } = message;
    const { recorder } = this.#core.series;
    const most = this.#core.limits.samplesPerSec * BURST;
    const schema = this.#schemas.get(message.schema);
    // Before anything is marked as taken in: a few bytes of row can stand for thousands of cells.
    const wanted = rows * (schema?.accepted ?? 0);
    let cost = wanted;
    for (let r = 0, at = 0; r < rows; at = ends[r++] as number)
      cost += this.#hourChanges.cost(cells[at] as number);
    if (wanted <= most && !this.#replies.mayStore(Math.min(cost, most))) return 0;
    if (!this.#isFirst(stream, seq)) {
      this.#ack(stream, seq);
      return 0;
    }
    let samples = 0;
    if (wanted > most) {
      this.#replies.notice('TOO_MANY_SAMPLES', `A message may hold ${most} samples.`, seq);
    } else if (!schema) {
      this.#replies.notice('UNKNOWN_SCHEMA', `This connection sent no schema ${message.schema}.`, seq);
    } else {
      let problem: [code: string, text: string] | null = null;
      let from = 0;
      for (let r = 0; r < rows; r++) {
        const time = cells[from++] as number;
        const to = ends[r] as number;
        if (time > now + MAX_FUTURE_MS) {
          problem = ['FUTURE_TIME', FUTURE_TIME];
        } else if (time < 0) {
          problem = ['TOO_OLD', BEFORE_1970];
        } else if (time < now - RING_WINDOW_MS && !recorder.keepsHistory) {
          problem = ['TOO_OLD', 'Rows older than the hub keeps in memory are not stored.'];
        } else {
          if (to - from > schema.width) {
            problem = ['ROW_TOO_LONG', `A row has more values than schema ${message.schema} has series.`];
          }
          schema.write(time, cells, from, to, time >= now - RING_WINDOW_MS);
          samples += schema.accepted;
        }
        from = to;
      }
      if (problem) this.#replies.notice(problem[0], problem[1], seq);
    }
    this.#ack(stream, seq);
    return samples;
  }

  /** Moves the stream's mark to `seq`; false for what was taken in before. What has no stream is always new. */
  #isFirst(stream: string | undefined, seq: number): boolean {
    const mark = stream ?? this.#helloStream;
    if (mark === '') return true;
    const { streams, id } = this.#device;
    if (!streams.advance(mark, seq)) return false;
    const { recorder } = this.#core.series;
    recorder.mark(id, mark, seq);
    streams.movedIn = recorder.gathering;
    return true;
  }

  #ack(stream: string | undefined, seq: number | undefined): void {
    if (seq !== undefined) this.#replies.ack(stream, seq);
  }

  #tell(outcome: ValuesOutcome): void {
    if (outcome.changed) this.#core.devices.seriesChanged(this.#device);
    const [first] = outcome.refused;
    if (first) this.#replies.notice(first.code, first.message);
  }
}

function clampTime(time: number): number {
  return Math.max(-8.64e15, Math.min(8.64e15, time));
}
