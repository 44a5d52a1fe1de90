import { BoundedMap } from '@shared/bounded-map';
import type { Fault } from '@shared/errors';
import type { AgentMessage, HelloMessage, SchemaMessage } from '@shared/protocol/agent-messages';
import { TokenBucket } from '@shared/token-bucket';
import type { IngestContext } from './ingest-context';
import type { Device } from '../devices/device';
import { flatRows, type FlatRows } from './flat-rows';
import { bindSchema, type SchemaBinding } from './schema-binding';
import { Gate, TIME_FAULTS } from './gate';

/** The most schemas of one connection in use at a time; beyond it the oldest is dropped. */
const MAX_SCHEMAS = 8;
/** The largest burst of samples, in seconds of their rate. */
export const BURST = 10;

/** Returns the budget of samples that a device may still send, shared by all ways of sending. */
export function sampleBudgetOf(
  device: Device,
  { limits, clock }: Pick<IngestContext, 'limits' | 'clock'>,
): TokenBucket {
  const { samplesPerSec } = limits;
  return device.sampleBudget(() => new TokenBucket(samplesPerSec, samplesPerSec * BURST, clock.monotonic()));
}

export interface IngestReplies {
  /** Whether this many samples may be stored now; if not, it closes the connection. */
  mayStore(samples: number): boolean;
  /** Acknowledges once this commit is on disk, which may be so already. */
  ack(stream: string | undefined, seq: number, commit: number): void;
  notice(code: string, message: string, seq?: number): void;
}

/** Turns a full agent's messages into samples of its device. Every method returns how many samples it stored. */
export class AgentIngest {
  readonly #context: IngestContext;
  readonly #device: Device;
  readonly #helloStream: string;
  readonly #replies: IngestReplies;
  readonly #schemas = new BoundedMap<number, SchemaBinding>(MAX_SCHEMAS);
  readonly #gate: Gate;
  /**
   * Whether something of this connection was not stored. An acknowledgement covers everything before it, so nothing of
   * this connection is acknowledged from then on; its agent sends it again on the next one.
   */
  #hasLeftOut = false;

  constructor(context: IngestContext, device: Device, hello: HelloMessage, replies: IngestReplies) {
    this.#context = context;
    this.#device = device;
    this.#helloStream = hello.stream ?? '';
    this.#replies = replies;
    this.#gate = new Gate(context, device);
  }

  /** Handles a message. `now` is its arrival time, ms since the epoch. */
  take(message: AgentMessage | FlatRows, now: number): number {
    switch (message.type) {
      case 'flat-rows':
        return this.#rows(message, now);
      case 'rows':
        return this.#rows(flatRows(message), now);
      case 'metrics': {
        const wanted = Object.keys(message.values).length;
        if (!this.#replies.mayStore(wanted)) return 0;
        const { samples, faults } = this.#gate.store(message.ts ?? now, message.values, now);
        for (const { code, message: words } of faults) this.#replies.notice(code, words);
        this.#isStoring();
        return samples;
      }
      case 'schema':
        // Resolving a series costs about as much as storing a sample.
        if (this.#replies.mayStore(message.series.length)) this.schema(message);
        return 0;
      case 'event': {
        const { seq, stream, ts } = message;
        // The agent sends it again, and then it becomes an event.
        if (!this.#isStoring() && seq !== undefined) return 0;
        if (seq !== undefined && !this.#isFirst(stream, seq)) {
          this.#ackAgain(stream, seq);
          return 0;
        }
        if (!this.#gate.event(message.text, message.level, now, ts ?? null)) {
          const { code, message: words } = TIME_FAULTS.tooManyEvents;
          this.#replies.notice(code, words, seq);
        }
        this.#ack(stream, seq);
        return 0;
      }
      case 'lost':
        // The agent repeats it until later rows are acknowledged.
        if (!this.#isStoring()) return 0;
        this.#context.events.report({
          at: now,
          kind: 'dropped',
          level: 'warning',
          device: this.#device.id,
          text: `Its queue was full: ${message.count} samples from ${new Date(clampTime(message.from)).toISOString()} to ${new Date(clampTime(message.to)).toISOString()} were lost.`,
        });
        return 0;
      default:
        return 0;
    }
  }

  schema(message: SchemaMessage): void {
    const { binding, refused, changed } = bindSchema(this.#context.series, this.#device.id, message);
    this.#schemas.set(message.version, binding);
    for (const { fault, count } of refused) {
      const more = count > 1 ? ` (and ${count - 1} more like it)` : '';
      this.#replies.notice(fault.code, `${fault.message}${more}`);
    }
    if (changed) this.#gate.seriesChanged();
  }

  #rows(message: FlatRows, now: number): number {
    const { seq, stream, rows, cells, ends } = message;
    const { recorder } = this.#context.series;
    const most = this.#context.limits.samplesPerSec * BURST;
    const schema = this.#schemas.get(message.schema);
    // Checked before anything is marked as stored: a row of a few bytes can stand for thousands of cells.
    const wanted = rows * (schema?.accepted ?? 0);
    let cost = wanted;
    for (let r = 0, at = 0; r < rows; at = ends[r++] as number)
      cost += this.#gate.strewnCost(cells[at] as number);
    if (wanted <= most && !this.#replies.mayStore(Math.min(cost, most))) return 0;
    const isStoring = this.#isStoring();
    if (isStoring && !this.#isFirst(stream, seq)) {
      this.#ackAgain(stream, seq);
      return 0;
    }
    let samples = 0;
    if (wanted > most) {
      this.#replies.notice('TOO_MANY_SAMPLES', `A message can hold at most ${most} samples.`, seq);
    } else if (!schema) {
      this.#replies.notice('UNKNOWN_SCHEMA', `This connection has not sent schema ${message.schema}.`, seq);
    } else {
      let problem: Fault | null = null;
      let from = 0;
      for (let r = 0; r < rows; r++) {
        const time = cells[from++] as number;
        const to = ends[r] as number;
        const reach = this.#gate.reachOf(time, now);
        if (reach === 'refused') problem = this.#gate.faultOf(time, now) ?? TIME_FAULTS.ahead;
        else if (reach === 'late' && !recorder.keepsHistory) problem = TIME_FAULTS.beyondMemory;
        else {
          if (reach === 'ahead') problem = TIME_FAULTS.ahead;
          if (to - from > schema.width) {
            const message = `A row has more values than schema ${schema.version} has series.`;
            problem = { code: 'ROW_TOO_LONG', message };
          }
          schema.write(time, cells, from, to, reach);
          samples += schema.accepted;
        }
        from = to;
      }
      if (problem) this.#replies.notice(problem.code, problem.message, seq);
    }
    if (isStoring) this.#ack(stream, seq);
    return samples;
  }

  /**
   * Moves the stream's mark to `seq`; returns false for rows that were already stored. Rows without a stream are always
   * new.
   */
  #isFirst(stream: string | undefined, seq: number): boolean {
    return this.#gate.isFirst(stream ?? this.#helloStream, seq);
  }

  /** Whether a message will be stored; tells the agent if not. */
  #isStoring(): boolean {
    const { notStored } = this.#context.series.recorder;
    if (notStored) {
      this.#hasLeftOut = true;
      this.#replies.notice(notStored.code, notStored.message);
    }
    return !this.#hasLeftOut;
  }

  #ack(stream: string | undefined, seq: number | undefined): void {
    if (seq !== undefined) this.#replies.ack(stream, seq, this.#context.series.recorder.gathering);
  }

  /** What was taken in before is on disk with the commit that moved its mark: no further one need come. */
  #ackAgain(stream: string | undefined, seq: number | undefined): void {
    if (seq !== undefined) this.#replies.ack(stream, seq, this.#device.streams.movedIn);
  }
}

function clampTime(time: number): number {
  return Math.max(-8.64e15, Math.min(8.64e15, time));
}
