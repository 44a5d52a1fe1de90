import type { Fault } from '@shared/errors';
import type { Device } from '../devices/device';
import { RIGHT_WITHIN_MS } from './device-clock';
import type { SeriesDraft } from '../series/series-table';
import type { Reading } from './dialects/dialect';
import { Gate, TIME_FAULTS } from './gate';
import type { IngestContext } from './ingest-context';
import { timesOf, type TextTimes } from './text-times';

/**
 * The most readings from the future that are kept until it is known whether the clock is wrong; beyond it the oldest is
 * dropped.
 */
const MAX_ASIDE = 64;
/** How far ahead of their arrival readings without a time may be moved to keep them apart, ms. */
const MAX_LEAD_MS = 1_000;

/** A text that says when something was, such as "last_seen", and so is another one in each message. */
const MOMENT = /^\d{4}-?\d{2}-?\d{2}[T ]\d{2}:?\d{2}/;

export interface TextOutcome {
  samples: number;
  /** Their cost against the device's budget. */
  cost: number;
  /** Readings of which nothing was stored. */
  refused: number;
  faults: Fault[];
}

/**
 * Stores the parsed texts of one device, whatever their dialect and carrier. It gives each reading a time on the hub's
 * clock, keeps readings without a time apart, and logs states that changed.
 */
export class TextIngest {
  readonly #gate: Gate;
  readonly #times: TextTimes;
  readonly #context: IngestContext;
  readonly #device: Device;
  readonly #mostStates: number;

  constructor(context: IngestContext, device: Device) {
    this.#gate = new Gate(context, device);
    this.#times = timesOf(device, context.clock);
    this.#context = context;
    this.#device = device;
    this.#mostStates = context.limits.statesPerDevice;
  }

  /** The device's clock minus the hub's, ms; null until the device has sent a time. */
  get clockOffsetMs(): number | null {
    this.clockSet();
    return this.#times.clock.offsetMs;
  }

  /** Stores the readings of one message that belong to this device. `mayHaveWrongClock` is that of their dialect. */
  take(readings: readonly Reading[], now: number, mayHaveWrongClock: boolean): TextOutcome {
    const outcome: TextOutcome = { samples: 0, cost: 0, refused: 0, faults: [] };
    this.clockSet();
    let newest: number | null = null;
    for (const { time } of readings) if (time !== null && (newest === null || time > newest)) newest = time;
    let shiftMs = 0;
    if (newest !== null) {
      const judgement = this.#times.clock.judge(newest, now);
      const mayCorrect = mayHaveWrongClock && !readings.some(({ mayBeBuffered }) => mayBeBuffered);
      if (mayCorrect && judgement.kind === 'aside') return this.#putAside(readings, now, outcome);
      if (mayCorrect && judgement.kind === 'take') shiftMs = judgement.shiftMs;
    }
    this.#settleAside(now, outcome);
    for (const reading of readings) {
      const time = reading.time === null ? this.#timeOfArrival(now, outcome) : reading.time + shiftMs;
      this.#store(reading, time, now, outcome);
    }
    return outcome;
  }

  /** Follows the hub's clock if it was set, once each time. */
  clockSet(): void {
    this.#times.follow(this.#context.clock);
  }

  event(text: string, level: 'info' | 'warning' | 'error', now: number): Fault | null {
    return this.#gate.event(text, level, now) ? null : TIME_FAULTS.tooManyEvents;
  }

  #putAside(readings: readonly Reading[], now: number, outcome: TextOutcome): TextOutcome {
    for (const reading of readings) {
      // Its neighbours are not to suffer for the one that is ahead.
      if (reading.time === null || reading.time <= now + RIGHT_WITHIN_MS)
        this.#store(reading, reading.time ?? this.#timeOfArrival(now, outcome), now, outcome);
      else this.#times.aside.push({ reading, arrivedAt: now });
    }
    if (this.#times.aside.length > MAX_ASIDE) this.#times.aside = this.#times.aside.slice(-MAX_ASIDE);
    const aheadS = Math.round((this.#times.clock.offsetMs ?? 0) / 1_000);
    outcome.faults.push({
      code: 'TIME_AHEAD',
      message: `A sample says that it is from ${aheadS} s in the future, so it is set aside. If the clock is wrong, its times are corrected once five messages in 30 s agree.`,
    });
    // They cost their sender as much as stored ones.
    outcome.cost += readings.reduce((sum, { values }) => sum + Object.keys(values).length, 0);
    return outcome;
  }

  /**
   * Settles readings from the future. If the device's clock is wrong, they are stored with their arrival times; if it
   * is right, they are dropped, unless the hub's clock was the wrong one.
   */
  #settleAside(now: number, outcome: TextOutcome): void {
    const { aside, clock } = this.#times;
    if (aside.length === 0) return;
    this.#times.aside = [];
    for (const { reading, arrivedAt } of aside) {
      const time = reading.time ?? arrivedAt;
      if (clock.isWrong) this.#store(reading, arrivedAt, now, outcome);
      else if (Math.abs(time - arrivedAt) <= RIGHT_WITHIN_MS) this.#store(reading, time, now, outcome);
    }
  }

  /** Keeps readings without a time that arrived in the same millisecond apart, by one millisecond each. */
  #timeOfArrival(now: number, outcome: TextOutcome): number {
    let time = now;
    const leadMs = this.#times.lastUntimed - now;
    // If the hub's clock was set back, this starts over.
    if (leadMs >= 0 && leadMs <= 2 * MAX_LEAD_MS) {
      if (leadMs < MAX_LEAD_MS) time = this.#times.lastUntimed + 1;
      else {
        outcome.faults.push({
          code: 'TOO_FAST_WITHOUT_TIME',
          message:
            'More than 1,000 readings a second came without a time, so some replaced others: send "ts" in milliseconds.',
        });
      }
    }
    this.#times.lastUntimed = time;
    return time;
  }

  /** Call before `take` with what the sender says of its series. */
  declare(drafts: readonly SeriesDraft[]): void {
    this.#gate.declare(drafts);
  }

  #store({ values, states, drafts }: Reading, time: number, now: number, outcome: TextOutcome): void {
    if (drafts) this.#gate.declare(drafts);
    if (Object.keys(values).length > 0) {
      const { samples, cost, faults } = this.#gate.store(time, values, now);
      outcome.samples += samples;
      if (samples === 0) outcome.refused++;
      outcome.cost += cost;
      outcome.faults.push(...faults);
    }
    for (const [name, state] of Object.entries(states))
      this.#state(name, state, Math.min(time, now), now, outcome);
  }

  /** Logs a state when it changes, and also the first one. A date with a time is kept, but is no event each time. */
  #state(name: string, state: string, time: number, now: number, outcome: TextOutcome): void {
    const change = this.#device.states.set(name, state, time, this.#mostStates);
    if (change === 'full') {
      outcome.faults.push({
        code: 'TOO_MANY_STATES',
        message: `A device can have at most ${this.#mostStates} tracked texts; "${name.slice(0, 80)}" is one too many.`,
      });
      return;
    }
    if (change !== 'changed' || MOMENT.test(state)) return;
    const fault = this.event(`${name}: ${state}`, 'info', now);
    if (fault) outcome.faults.push(fault);
  }
}
