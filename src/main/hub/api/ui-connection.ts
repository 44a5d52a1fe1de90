import * as v from 'valibot';
import type { Clock } from '@shared/clock';
import type { Disposable, Unsubscribe } from '@shared/disposable';
import { FaultError, isExpected, toFault } from '@shared/errors';
import { feedPatchSchema, feedSpecSchema } from '@shared/hub-api';
import type { HubMessage } from '@shared/bridge/messages';
import { logFault, type Logger } from '@shared/logger';
import type { Limits } from '@shared/protocol/limits';
import { refusedAddress } from '../bounds/refused-client';
import type { RefusedCounter } from '../bounds/refused-counter';
import type { DeviceRegistry } from '../devices/device-registry';
import type { History } from '../history/history';
import { Feed } from '../live/feed';
import type { SeriesTable } from '../series/series-table';
import type { Caller } from './command-handlers';
import type { CommandRouter } from './command-router';
import { subscribe, type TopicSources } from './topics';

/** Faults of a UI that exceeds its limits, counted like other refusals. */
const COUNTED = new Set(['TOO_MANY_CALLS', 'TOO_MANY_SUBSCRIPTIONS', 'TOO_MANY_FEEDS', 'TOO_MANY_SERIES']);

/** The error that a UI gets for an internal fault; the details go to the log only. */
const INTERNAL = { code: 'INTERNAL', message: 'The hub ran into a problem of its own; its log tells which.' };

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const uiMessageSchema = v.variant('op', [
  v.object({ op: v.literal('call'), id, name: v.string(), params: v.optional(v.unknown()) }),
  v.object({ op: v.literal('cancel'), id }),
  v.object({ op: v.literal('subscribe'), id, topic: v.string(), params: v.optional(v.unknown()) }),
  v.object({ op: v.literal('unsubscribe'), id }),
  v.object({ op: v.literal('openFeed'), id, spec: v.unknown() }),
  v.object({ op: v.literal('updateFeed'), id, patch: v.unknown() }),
  v.object({ op: v.literal('closeFeed'), id }),
  v.object({ op: v.literal('credit'), id }),
]);
type UiMessage = v.InferOutput<typeof uiMessageSchema>;

/**
 * The hub's end of the bridge to one UI. `receive` takes messages as the transport delivers them: parsed JSON or a
 * structured clone.
 */
export interface UiConnection extends Disposable {
  receive(message: unknown): void;
}

export interface UiContext {
  bootId: string;
  clock: Clock;
  log: Logger;
  limits: Pick<Limits, 'callsPerUi' | 'subscriptionsPerUi' | 'feedsPerUi' | 'seriesPerFeed'>;
  router: CommandRouter;
  topics: TopicSources;
  refused: RefusedCounter;
  series: SeriesTable;
  devices: Pick<DeviceRegistry, 'lookAt'>;
  /** Null with `--store memory`. */
  history: History | null;
}

/** One UI connected to the hub, over any transport. Its calls, subscriptions and feeds end with it. */
export class HubUiConnection implements UiConnection {
  readonly #context: UiContext;
  readonly #caller: Caller;
  readonly #sendNow: (message: HubMessage) => void;
  readonly #onEnded: () => void;
  readonly #subscriptions = new Map<number, Unsubscribe>();
  readonly #feeds = new Map<number, Feed>();
  readonly #calls = new Map<number, AbortController>();
  #isDisposed = false;

  constructor(context: UiContext, send: (message: HubMessage) => void, caller: Caller, onEnded: () => void) {
    this.#context = context;
    this.#caller = caller;
    this.#sendNow = send;
    this.#onEnded = onEnded;
    this.#send({ op: 'hello', bootId: context.bootId, hubTime: context.clock.now() });
  }

  receive(message: unknown): void {
    if (this.#isDisposed) return;
    const parsed = v.safeParse(uiMessageSchema, message);
    if (!parsed.success) {
      this.#send({
        op: 'error',
        id: 0,
        code: 'BAD_BRIDGE_MESSAGE',
        message: 'The hub cannot read this message.',
      });
      return;
    }
    try {
      this.#take(parsed.output);
    } catch (error) {
      this.#fail(parsed.output.id, error, { op: parsed.output.op });
    }
  }

  /** Sends the frames that are due on its feeds. */
  tick(monotonic: number, now: number): void {
    for (const [id, feed] of this.#feeds) {
      try {
        feed.tick(monotonic, now);
      } catch (error) {
        this.#feeds.delete(id);
        this.#fail(id, error, { op: 'feed' });
        this.#context.devices.lookAt(feed.focus, []);
      }
    }
  }

  /** Call when the hub's clock was set, after rows that are now in the future were removed from memory. */
  clockSet(): void {
    this.#send({ op: 'clock', hubTime: this.#context.clock.now() });
    for (const feed of this.#feeds.values()) feed.restart();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    for (const unsubscribe of this.#subscriptions.values()) unsubscribe();
    this.#subscriptions.clear();
    // The answers can no longer be delivered.
    for (const call of this.#calls.values()) call.abort();
    for (const feed of this.#feeds.values()) this.#context.devices.lookAt(feed.focus, []);
    this.#feeds.clear();
    this.#onEnded();
  }

  #take(message: UiMessage): void {
    switch (message.op) {
      case 'call':
        void this.#call(message.id, message.name, message.params);
        return;
      case 'cancel':
        this.#calls.get(message.id)?.abort();
        return;
      case 'subscribe':
        this.#subscribe(message.id, message.topic, message.params);
        return;
      case 'unsubscribe':
        this.#subscriptions.get(message.id)?.();
        this.#subscriptions.delete(message.id);
        return;
      case 'openFeed':
        this.#openFeed(message.id, message.spec);
        return;
      case 'updateFeed':
        this.#updateFeed(message.id, message.patch);
        return;
      case 'closeFeed':
        this.#context.devices.lookAt(this.#feeds.get(message.id)?.focus ?? [], []);
        this.#feeds.delete(message.id);
        return;
      case 'credit':
        this.#feeds.get(message.id)?.credit();
    }
  }

  async #call(callId: number, name: string, params: unknown): Promise<void> {
    if (this.#calls.size >= this.#context.limits.callsPerUi) {
      this.#fail(callId, new FaultError('TOO_MANY_CALLS', 'Too many requests are in progress.'));
      return;
    }
    if (this.#calls.has(callId)) {
      this.#fail(callId, new FaultError('BAD_BRIDGE_MESSAGE', 'A call with this id is already in progress.'));
      return;
    }
    const call = new AbortController();
    this.#calls.set(callId, call);
    try {
      const { router } = this.#context;
      const value = await router.executeNamed(name, params, this.#caller, call.signal);
      // A long answer that will not be read is not worth writing out.
      if (call.signal.aborted) throw new FaultError('CANCELLED', 'The request was cancelled.');
      this.#send({ op: 'result', id: callId, value });
    } catch (error) {
      this.#fail(callId, error, { op: 'call', command: name.slice(0, 64) });
    } finally {
      this.#calls.delete(callId);
    }
  }

  #subscribe(subscriptionId: number, topic: string, params: unknown): void {
    this.#subscriptions.get(subscriptionId)?.();
    this.#subscriptions.delete(subscriptionId);
    if (this.#subscriptions.size >= this.#context.limits.subscriptionsPerUi) {
      throw new FaultError('TOO_MANY_SUBSCRIPTIONS', 'This UI has too many subscriptions.');
    }
    const unsubscribe = subscribe(this.#context.topics, topic, params, (update) =>
      this.#send({ op: 'topic', id: subscriptionId, message: update }),
    );
    this.#subscriptions.set(subscriptionId, unsubscribe);
  }

  #openFeed(feedId: number, unparsed: unknown): void {
    const { bootId, clock, limits, series, history } = this.#context;
    const spec = v.safeParse(feedSpecSchema, unparsed);
    if (!spec.success) throw new FaultError('BAD_PARAMS', 'The description of the feed is invalid.');
    this.#checkSeries(spec.output.series);
    if (!this.#feeds.has(feedId) && this.#feeds.size >= limits.feedsPerUi) {
      throw new FaultError('TOO_MANY_FEEDS', `A UI may have ${limits.feedsPerUi} feeds.`);
    }
    const before = this.#feeds.get(feedId)?.focus ?? [];
    const feed = new Feed(
      spec.output,
      bootId,
      series,
      (frame) => this.#send({ op: 'feed', id: feedId, frame }),
      history ? (ids, from, to) => history.readBefore(ids, from, to) : null,
    );
    this.#feeds.set(feedId, feed);
    this.#context.devices.lookAt(before, feed.focus);
    feed.tick(clock.monotonic(), clock.now());
  }

  #updateFeed(feedId: number, unparsed: unknown): void {
    const feed = this.#feeds.get(feedId);
    if (!feed) throw new FaultError('NO_SUCH_FEED', 'Feed not found.');
    const patch = v.safeParse(feedPatchSchema, unparsed);
    if (!patch.success) throw new FaultError('BAD_PARAMS', 'The description of the feed is invalid.');
    if (patch.output.series) this.#checkSeries(patch.output.series);
    const before = feed.focus;
    // A patch without `focus` keeps it; the schema's default would clear it.
    const { focus, ...rest } = patch.output;
    const namesFocus = typeof unparsed === 'object' && unparsed !== null && 'focus' in unparsed;
    feed.update(namesFocus ? { ...rest, focus } : rest);
    this.#context.devices.lookAt(before, feed.focus);
  }

  #checkSeries(series: readonly number[]): void {
    const { seriesPerFeed } = this.#context.limits;
    if (series.length > seriesPerFeed) {
      throw new FaultError('TOO_MANY_SERIES', `A feed can carry at most ${seriesPerFeed} series.`);
    }
  }

  #fail(messageId: number, error: unknown, about: Record<string, unknown> = {}): void {
    const { log, refused } = this.#context;
    const fault = error instanceof FaultError ? toFault(error) : INTERNAL;
    if (COUNTED.has(fault.code)) refused.add(fault.code, refusedAddress(this.#caller.from));
    if (!isExpected(error)) {
      logFault(log, 'COMMAND_FAILED', 'The hub could not do what a UI asked.', error, about);
    }
    this.#send({ op: 'error', id: messageId, ...fault });
  }

  #send(message: HubMessage): void {
    if (!this.#isDisposed) this.#sendNow(message);
  }
}
