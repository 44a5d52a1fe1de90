import type { Fault } from '@shared/errors';
import type { EventInfo } from '@shared/model';
import type { Device } from '../devices/device';
import { RING_WINDOW_MS } from '../series/ring-memory';
import type { SeriesDraft } from '../series/series-table';
import { HourChanges } from './hour-changes';
import type { IngestContext } from './ingest-context';
import type { Reach } from './row-writer';
import { ValuesIngest, type ValuesOutcome } from './values-ingest';

/** A time is accepted unchanged if it is at most this far ahead of its arrival, ms. */
export const AHEAD_TOLERANCE_MS = 10_000;
/** Samples with times further ahead than this are not stored, ms. */
const MAX_FUTURE_MS = 24 * 3_600_000;

export const TIME_FAULTS = {
  future: { code: 'FUTURE_TIME', message: 'Samples from more than a day in the future are not stored.' },
  before1970: { code: 'TOO_OLD', message: 'Samples from before 1970 are not stored.' },
  beyondMemory: { code: 'TOO_OLD', message: 'Rows older than what the hub keeps in memory are not stored.' },
  ahead: {
    code: 'TIME_AHEAD',
    message:
      'Samples from more than 10 s in the future are kept in history but not shown live. Check the clock of the sender.',
  },
  tooManyEvents: {
    code: 'TOO_MANY_EVENTS',
    message: 'The device sent too many events per second; the excess was dropped.',
  },
} as const satisfies Record<string, Fault>;

/** The result of storing a device's values. */
export interface Stored {
  samples: number;
  /** Their cost against the device's budget, in samples. */
  cost: number;
  faults: readonly Fault[];
}

/**
 * The only entrance for samples and events of one device, whatever their source: a full agent's rows, a board's JSON,
 * an HTTP request, a file. It checks times, stores a repeated message only once, charges for data scattered over time,
 * and tells UIs about the device's new series.
 */
export class Gate {
  readonly #context: IngestContext;
  readonly #device: Device;
  readonly #values: ValuesIngest;
  readonly #hourChanges = new HourChanges();

  constructor(context: IngestContext, device: Device) {
    this.#context = context;
    this.#device = device;
    this.#values = new ValuesIngest(context.series, device.id);
  }

  /** Returns how far a sample goes, given its time and its arrival, both ms since the epoch. */
  reachOf(time: number, now: number): Reach | 'refused' {
    if (time > now + AHEAD_TOLERANCE_MS) {
      return time > now + MAX_FUTURE_MS || !this.#context.series.recorder.keepsHistory ? 'refused' : 'ahead';
    }
    if (time >= now - RING_WINDOW_MS) return 'live';
    return time < 0 ? 'refused' : 'late';
  }

  /** Returns the fault to report to the sender of a sample with this time; null if there is none. */
  faultOf(time: number, now: number): Fault | null {
    if (time > now + MAX_FUTURE_MS) return TIME_FAULTS.future;
    if (time > now + AHEAD_TOLERANCE_MS) return TIME_FAULTS.ahead;
    return time < 0 ? TIME_FAULTS.before1970 : null;
  }

  /** Returns the extra cost of a sample with this time, in samples. */
  strewnCost(time: number): number {
    return this.#hourChanges.cost(time);
  }

  /** Declares facts about series that the sender knows beside their names. */
  declare(drafts: readonly SeriesDraft[]): void {
    let hasChanged = false;
    for (const draft of drafts) {
      const declared = this.#context.series.declare(this.#device.id, draft);
      // A refused series is reported when its first value arrives.
      if (declared.ok && declared.value.changed) hasChanged = true;
    }
    if (hasChanged) this.seriesChanged();
  }

  /** Stores values of one moment, by series key. */
  store(time: number, values: Readonly<Record<string, number | boolean | null>>, now: number): Stored {
    const samples = Object.keys(values).length;
    // Refused values cost their sender as much as stored ones.
    const cost = samples + this.strewnCost(time);
    const reach = this.reachOf(time, now);
    const fault = this.faultOf(time, now);
    if (reach === 'refused') return { samples: 0, cost, faults: [fault ?? TIME_FAULTS.ahead] };
    if (reach === 'late' && !this.#context.series.recorder.keepsHistory) {
      return { samples: 0, cost, faults: [TIME_FAULTS.beyondMemory] };
    }
    const outcome = this.#values.store(time, values, reach);
    this.#tell(outcome);
    const faults = [...(fault ? [fault] : []), ...outcome.refused.slice(0, 1)];
    return { samples, cost, faults };
  }

  /**
   * Moves the mark of a stream to `seq`. Returns false for a message that was already stored; a message without a
   * stream is always new.
   */
  isFirst(stream: string, seq: number): boolean {
    if (stream === '') return true;
    const { streams, id } = this.#device;
    if (!streams.advance(stream, seq)) return false;
    const { recorder } = this.#context.series;
    recorder.mark(id, stream, seq);
    streams.movedIn = recorder.gathering;
    return true;
  }

  /**
   * Logs a text from a device if its budget allows; returns false if it was left out. A time in the future counts as
   * now.
   */
  event(text: string, level: EventInfo['level'], now: number, at: number | null = null): boolean {
    const isRight = at !== null && at >= 0 && at <= now + AHEAD_TOLERANCE_MS;
    return this.#context.events.report({
      at: isRight ? at : now,
      kind: 'text',
      level,
      device: this.#device.id,
      text,
    });
  }

  /** Call when the device has new series, or changed units of existing ones. */
  seriesChanged(): void {
    this.#context.devices.seriesChanged(this.#device);
  }

  #tell({ changed }: ValuesOutcome): void {
    if (changed) this.seriesChanged();
  }
}
