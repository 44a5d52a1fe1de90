import type { Fault } from '@shared/errors';
import type { TokenBucket } from '@shared/token-bucket';
import type { Device } from '../devices/device';
import { PushPresence, type PushOrigin } from '../devices/push-presence';
import { sampleBudgetOf } from '../ingest/agent-ingest';
import type { Reading, SaidEvent } from '../ingest/dialects/dialect';
import { TextIngest, type TextOutcome } from '../ingest/text-ingest';
import type { SeriesDraft } from '../series/series-table';
import type { PushContext } from './push-context';

/** A device that pushes over HTTP: its state between requests. */
export class Pusher {
  readonly device: Device;
  readonly #context: PushContext;
  readonly #presence: PushPresence;
  readonly #ingest: TextIngest;

  constructor(device: Device, context: PushContext, origin: PushOrigin) {
    this.device = device;
    this.#context = context;
    this.#presence = new PushPresence(device, context, origin);
    this.#ingest = new TextIngest(context, device);
  }

  /** Records a request of the device, whether or not it is approved yet. */
  pushed(origin: PushOrigin): void {
    this.#presence.pushed(this.#context.clock.now(), origin);
  }

  /** Declares facts about series that the sender knows beside their names. */
  declare(drafts: readonly SeriesDraft[]): void {
    this.#ingest.declare(drafts);
  }

  /** Stores readings of the device; also returns how long it must now wait to stay within its sample rate, ms. */
  take(readings: readonly Reading[], mayHaveWrongClock: boolean): TextOutcome & { owedMs: number } {
    const outcome = this.#ingest.take(readings, this.#context.clock.now(), mayHaveWrongClock);
    const owed = this.#budget().spend(outcome.cost, this.#context.clock.monotonic());
    return { ...outcome, owedMs: (owed * 1_000) / this.#context.limits.samplesPerSec };
  }

  event({ text, level }: SaidEvent): Fault | null {
    return this.#ingest.event(text, level, this.#context.clock.now());
  }

  /** How long the device must wait because of earlier readings, ms. */
  get owedMs(): number {
    const owed = this.#budget().spend(0, this.#context.clock.monotonic());
    return (owed * 1_000) / this.#context.limits.samplesPerSec;
  }

  second(now: number): void {
    this.#presence.second(now);
  }

  /** Call when the hub's clock was set. */
  clockSet(): void {
    this.#ingest.clockSet();
  }

  dispose(): void {
    this.#presence.dispose();
  }

  #budget(): TokenBucket {
    return sampleBudgetOf(this.device, this.#context);
  }
}
