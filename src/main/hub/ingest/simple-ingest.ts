import type { Fault } from '@shared/errors';
import type { Device } from '../devices/device';
import type { DeviceClock } from './device-clock';
import { dialectOf } from './dialects';
import type { IngestContext } from './ingest-context';
import { TextIngest } from './text-ingest';

const ENOUGH_TO_IDENTIFY = 2_000;

export interface SimpleOutcome {
  samples: number;
  /** What the samples cost from the device's budget. */
  cost: number;
  notices: Fault[];
}

/** Turns whatever a simple device sends into samples and events, by the dialect that it is written in. */
export class SimpleIngest {
  readonly #context: IngestContext;
  readonly #ingest: TextIngest;

  constructor(context: IngestContext, device: Device, clock: DeviceClock) {
    this.#context = context;
    this.#ingest = new TextIngest(context, device, clock);
  }

  /** Who a first message says it is from. */
  static identify(text: string, now: number): { id: string | null; name: string | null } {
    const context = { now, maxValues: ENOUGH_TO_IDENTIFY, precision: null };
    const { readings, events } = dialectOf(text).parse(text, context);
    const sender =
      readings.find((reading) => reading.sender)?.sender ?? events.find((event) => event.sender)?.sender;
    return { id: sender?.id ?? null, name: sender?.name ?? null };
  }

  take(text: string): SimpleOutcome {
    const now = this.#context.clock.now();
    const dialect = dialectOf(text);
    const context = { now, maxValues: this.#context.limits.seriesPerDevice, precision: null };
    const { readings, events, remarks } = dialect.parse(text, context);
    const { samples, cost, faults } = this.#ingest.take(readings, now, dialect.mayHaveWrongClock);
    const notices = [...remarks, ...faults];
    for (const event of events) {
      const fault = this.#ingest.event(event.text, event.level, now);
      if (fault) notices.unshift(fault);
    }
    return { samples, cost, notices };
  }
}
