import * as v from 'valibot';
import type { Unsubscribe } from '@shared/disposable';
import { FaultError, isExpected, toFault } from '@shared/errors';
import { feedPatchSchema, feedSpecSchema, type CommandName } from '@shared/hub-api';
import { logFault } from '@shared/logger';
import type { HubMessage } from '@shared/bridge/messages';
import { Feed } from '../live/feed';
import type { Caller, UiConnection } from '../hub-contract';
import type { CommandRouter } from './command-router';
import { subscribe, type TopicContext } from './topics';

/** What a UI asked for beyond its limits, counted like everything else that is refused. */
const COUNTED = new Set(['TOO_MANY_CALLS', 'TOO_MANY_SUBSCRIPTIONS', 'TOO_MANY_FEEDS', 'TOO_MANY_SERIES']);

/** What a UI hears of a fault that only the log can tell. */
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

export interface UiContext extends TopicContext {
  bootId: string;
  router: CommandRouter;
  /** Called with the devices that this UI's feeds look at, whenever that changes. */
  focusChanged: (before: readonly string[], after: readonly string[]) => void;
  ended: (connection: HubUiConnection) => void;
}

/** One UI at the hub, over whichever transport: its calls, subscriptions and feeds end with it. */
export class HubUiConnection implements UiConnection {
  readonly #context: UiContext;
  readonly #caller: Caller;
  readonly #sendNow: (message: HubMessage) => void;
  readonly #subscriptions = new Map<number, Unsubscribe>();
  readonly #feeds = new Map<number, Feed>();
  readonly #calls = new Map<number, AbortController>();
  #isDisposed = false;

  constructor(context: UiContext, send: (message: HubMessage) => void, caller: Caller) {
    this.#context = context;
    this.#caller = caller;
    this.#sendNow = send;
    this.#send({ op: 'hello', bootId: context.bootId });
  }

  receive(message: unknown): void {
    if (this.#isDisposed) return;
    const parsed = v.safeParse(uiMessageSchema, message);
    if (!parsed.success) {
      this.#send({ op: 'error', id: 0, code: 'BAD_BRIDGE_MESSAGE', message: 'The hub cannot read this.' });
      return;
    }
    try {
      this.#take(parsed.output);
    } catch (error) {
      this.#fail(parsed.output.id, error, { op: parsed.output.op });
    }
  }

  /** Sends what the feeds owe. A feed that fails ends, and its UI is told: what it would send next may be wrong. */
  tick(monotonic: number, now: number): void {
    for (const [id, feed] of this.#feeds) {
      try {
        feed.tick(monotonic, now);
      } catch (error) {
        this.#feeds.delete(id);
        this.#fail(id, error, { op: 'feed' });
        this.#context.focusChanged(feed.focus, []);
      }
    }
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    for (const unsubscribe of this.#subscriptions.values()) unsubscribe();
    this.#subscriptions.clear();
    // Nobody is left to read the answers.
    for (const call of this.#calls.values()) call.abort();
    for (const feed of this.#feeds.values()) this.#context.focusChanged(feed.focus, []);
    this.#feeds.clear();
    this.#context.ended(this);
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
        this.#context.focusChanged(this.#feeds.get(message.id)?.focus ?? [], []);
        this.#feeds.delete(message.id);
        return;
      case 'credit':
        this.#feeds.get(message.id)?.credit();
    }
  }

  async #call(callId: number, name: string, params: unknown): Promise<void> {
    if (this.#calls.size >= this.#context.core.limits.callsPerUi) {
      this.#fail(callId, new FaultError('TOO_MANY_CALLS', 'Too many requests are under way.'));
      return;
    }
    if (this.#calls.has(callId)) {
      this.#fail(callId, new FaultError('BAD_BRIDGE_MESSAGE', 'A call with this id is under way.'));
      return;
    }
    const call = new AbortController();
    this.#calls.set(callId, call);
    try {
      const { router } = this.#context;
      const value = await router.execute(name as CommandName, params, this.#caller, call.signal);
      // A long answer that nobody reads is not worth writing out.
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
    if (this.#subscriptions.size >= this.#context.core.limits.subscriptionsPerUi) {
      throw new FaultError('TOO_MANY_SUBSCRIPTIONS', 'This UI has too many subscriptions.');
    }
    const unsubscribe = subscribe(this.#context, topic, params, (update) =>
      this.#send({ op: 'topic', id: subscriptionId, message: update }),
    );
    this.#subscriptions.set(subscriptionId, unsubscribe);
  }

  #openFeed(feedId: number, unparsed: unknown): void {
    const { core, bootId } = this.#context;
    const spec = v.safeParse(feedSpecSchema, unparsed);
    if (!spec.success) throw new FaultError('BAD_PARAMS', 'The feed is not described right.');
    this.#checkSeries(spec.output.series);
    if (!this.#feeds.has(feedId) && this.#feeds.size >= core.limits.feedsPerUi) {
      throw new FaultError('TOO_MANY_FEEDS', `A UI may have ${core.limits.feedsPerUi} feeds.`);
    }
    const before = this.#feeds.get(feedId)?.focus ?? [];
    const { history } = core;
    const feed = new Feed(
      spec.output,
      bootId,
      core.series,
      (frame) => this.#send({ op: 'feed', id: feedId, frame }),
      history ? (series, from, to) => history.readBefore(series, from, to) : null,
    );
    this.#feeds.set(feedId, feed);
    this.#context.focusChanged(before, feed.focus);
    feed.tick(core.clock.monotonic(), core.clock.now());
  }

  #updateFeed(feedId: number, unparsed: unknown): void {
    const feed = this.#feeds.get(feedId);
    if (!feed) throw new FaultError('NO_SUCH_FEED', 'There is no such feed.');
    const patch = v.safeParse(feedPatchSchema, unparsed);
    if (!patch.success) throw new FaultError('BAD_PARAMS', 'The feed is not described right.');
    if (patch.output.series) this.#checkSeries(patch.output.series);
    const before = feed.focus;
    // A patch that does not name `focus` leaves it: the schema's default would clear it.
    const { focus, ...rest } = patch.output;
    const namesFocus = typeof unparsed === 'object' && unparsed !== null && 'focus' in unparsed;
    feed.update(namesFocus ? { ...rest, focus } : rest);
    this.#context.focusChanged(before, feed.focus);
  }

  #checkSeries(series: readonly number[]): void {
    const { seriesPerFeed } = this.#context.core.limits;
    if (series.length > seriesPerFeed) {
      throw new FaultError('TOO_MANY_SERIES', `A feed may carry ${seriesPerFeed} series.`);
    }
  }

  #fail(messageId: number, error: unknown, about: Record<string, unknown> = {}): void {
    const { log, refused } = this.#context.core;
    const fault = error instanceof FaultError ? toFault(error) : INTERNAL;
    if (COUNTED.has(fault.code)) refused.add(fault.code);
    if (!isExpected(error))
      logFault(log, 'COMMAND_FAILED', 'The hub failed to do what a UI asked.', error, about);
    this.#send({ op: 'error', id: messageId, ...fault });
  }

  #send(message: HubMessage): void {
    if (!this.#isDisposed) this.#sendNow(message);
  }
}
