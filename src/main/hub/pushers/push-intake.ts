import type { Fault } from '@shared/errors';
import type { RefusedClient } from '../bounds/refused-client';
import type { Credentials } from '../admission/credentials';
import type { PushOrigin } from '../devices/push-presence';
import type { Parsed, Reading, Sender } from '../ingest/dialects/dialect';
import type { SeriesDraft } from '../series/series-table';
import type { PushContext } from './push-context';
import { graver, type PushRefusal } from './push-refusal';
import type { Judged, Pushers } from './pushers';

const MAX_FAULTS = 16;
/** Faults of samples that were stored nevertheless. */
const HARMLESS: ReadonlySet<string> = new Set([
  'TIME_AHEAD',
  'TOO_FAST_WITHOUT_TIME',
  'TOO_MANY_STATES',
  'TOO_MANY_EVENTS',
]);

export interface IntakeOptions {
  context: PushContext;
  pushers: Pushers;
  origin: PushOrigin;
  client: RefusedClient;
  shown: Credentials;
}

/** Stores one push, piece by piece: each reading goes to its device, if that device may send. */
export class PushIntake {
  /** The number of samples stored. */
  samples = 0;
  /** The number of readings that were parsed but not stored. */
  dropped = 0;
  /** Faults to report to the sender, one for each code. */
  readonly faults: Fault[] = [];
  /** Why readings of one or more devices were refused; the most important reason. */
  refusal: PushRefusal | null = null;
  /** How long the devices must wait to stay within their sample rates, ms. */
  owedMs = 0;
  readonly #options: IntakeOptions;
  readonly #judged = new Map<string | null, Judged>();
  #hasAdmitted = false;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Whether any device of this push may send. */
  get hasAdmitted(): boolean {
    return this.#hasAdmitted;
  }

  take(parsed: Parsed, mayHaveWrongClock: boolean, drafts: ReadonlyMap<Reading, SeriesDraft[]> = new Map()) {
    for (const fault of parsed.remarks) this.remark(fault);
    for (const [judged, readings] of this.#byDevice(parsed.readings)) {
      if (!judged.ok) {
        this.dropped += readings.length;
        continue;
      }
      for (const reading of readings) judged.pusher.declare(drafts.get(reading) ?? []);
      const { samples, refused, faults, owedMs } = judged.pusher.take(readings, mayHaveWrongClock);
      this.samples += samples;
      const isPartial = faults.some(({ code }) => !HARMLESS.has(code));
      this.dropped += refused === 0 && isPartial ? 1 : refused;
      this.owedMs = Math.max(this.owedMs, owedMs);
      for (const fault of faults) this.remark(fault);
    }
    for (const event of parsed.events) {
      const judged = this.#judge(event.sender);
      const fault = judged?.ok ? judged.pusher.event(event) : null;
      if (fault) this.remark(fault);
    }
  }

  remark(fault: Fault): void {
    this.#options.context.refused.add(fault.code, this.#options.client);
    if (this.faults.length >= MAX_FAULTS || this.faults.some(({ code }) => code === fault.code)) return;
    this.faults.push(fault);
  }

  #byDevice(readings: readonly Reading[]): Map<Judged, Reading[]> {
    const parts = new Map<Judged, Reading[]>();
    for (const reading of readings) {
      const judged = this.#judge(reading.sender);
      if (!judged) {
        this.dropped++;
        continue;
      }
      const part = parts.get(judged);
      if (part) part.push(reading);
      else parts.set(judged, [reading]);
    }
    return parts;
  }

  /** Judges one sender of the push, once; null if there are too many devices. */
  #judge(sender: Sender | null): Judged | null {
    const key = sender?.id ?? null;
    const known = this.#judged.get(key);
    if (known) return known;
    const { context, pushers, origin, shown } = this.#options;
    const { pushDevices } = context.limits;
    if (this.#judged.size >= pushDevices) {
      this.remark({
        code: 'TOO_MANY_DEVICES',
        message: `One request can carry the samples of at most ${pushDevices} devices.`,
      });
      return null;
    }
    // A secret that is wrong for one device is not tried for the next.
    const isWrong = this.refusal?.status === 401;
    const judged: Judged =
      isWrong && this.refusal ? { ok: false, refusal: this.refusal } : pushers.judge(sender, origin, shown);
    this.#judged.set(key, judged);
    if (judged.ok) this.#hasAdmitted = true;
    else {
      if (!isWrong) context.refused.add(judged.refusal.code, this.#options.client);
      this.refusal = graver(this.refusal, judged.refusal);
    }
    return judged;
  }
}
