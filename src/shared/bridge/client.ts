import type { Unsubscribe } from '../disposable';
import { FaultError } from '../errors';
import type {
  CallOptions,
  CommandName,
  CommandResult,
  FeedFrame,
  FeedHandle,
  FeedPatch,
  FeedSpec,
  HubApi,
  LinkState,
  TopicMessages,
  TopicName,
} from '../hub-api';
import type { HubMessage, UiMessage } from './messages';

/** Why a link is closed, and when it is opened again. */
export type LinkEnd = Omit<Extract<LinkState, { state: 'closed' }>, 'state' | 'heardAt'>;

/** Carries bridge messages without knowing what they mean. Delivers them in order or reports that it is closed. */
export interface BridgeLink {
  send(message: UiMessage): void;
  /** `onState` gets `open` (before the first message), `connecting` and `closed`. */
  start(
    onMessage: (message: HubMessage) => void,
    onState: (state: 'connecting' | 'open' | LinkEnd) => void,
  ): void;
}

/** The most calls waiting for an answer; further calls fail, so that a stuck hub cannot fill the UI's memory. */
const MAX_PENDING_CALLS = 1_000;

interface PendingCall {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

const cancellation = (): FaultError => new FaultError('CANCELLED', 'The request was cancelled.');

interface OpenFeed {
  spec: FeedSpec;
  listener: (frame: FeedFrame) => void;
}

/** Implements {@link HubApi} over any {@link BridgeLink}. Subscriptions and feeds are reopened after a reconnect. */
export function createHubClient(link: BridgeLink): HubApi {
  const calls = new Map<number, PendingCall>();
  /** Cancelled calls, whose answers are ignored if they still arrive. */
  const cancelled = new Set<number>();
  const topics = new Map<number, { topic: string; params: unknown; listener: (message: unknown) => void }>();
  const feeds = new Map<number, OpenFeed>();
  const linkListeners = new Set<(state: LinkState) => void>();
  let linkState: LinkState = { state: 'connecting' };
  let open = false;
  let heardAt: number | null = null;
  let nextId = 1;

  function setLinkState(state: LinkState): void {
    linkState = state;
    for (const listener of [...linkListeners]) listener(state);
  }

  function send(message: UiMessage): void {
    if (open) link.send(message);
  }

  function restore(): void {
    for (const [id, { topic, params }] of topics) link.send({ op: 'subscribe', id, topic, params });
    for (const [id, feed] of feeds) link.send({ op: 'openFeed', id, spec: feed.spec });
  }

  function onMessage(message: HubMessage): void {
    heardAt = Date.now();
    switch (message.op) {
      case 'hello':
        setLinkState({ state: 'open', bootId: message.bootId, hubTime: message.hubTime });
        return;
      case 'clock':
        // Listeners refresh what they show, because times have changed.
        if (linkState.state === 'open') setLinkState({ ...linkState, hubTime: message.hubTime });
        return;
      case 'result':
        calls.get(message.id)?.resolve(message.value);
        calls.delete(message.id);
        cancelled.delete(message.id);
        return;
      case 'error': {
        const error = new FaultError(message.code, message.message);
        const call = calls.get(message.id);
        calls.delete(message.id);
        if (call) call.reject(error);
        else if (!cancelled.delete(message.id)) console.error(`${message.code}: ${message.message}`);
        return;
      }
      case 'topic':
        topics.get(message.id)?.listener(message.message);
        return;
      case 'feed':
        try {
          feeds.get(message.id)?.listener(message.frame);
        } finally {
          send({ op: 'credit', id: message.id });
        }
    }
  }

  link.start(onMessage, (state) => {
    if (state === 'open') {
      open = true;
      restore();
      return;
    }
    open = false;
    for (const call of calls.values()) {
      call.reject(new FaultError('DISCONNECTED', 'The connection to the hub was lost.'));
    }
    calls.clear();
    cancelled.clear();
    setLinkState(state === 'connecting' ? { state } : { state: 'closed', heardAt, ...state });
  });

  return {
    call<K extends CommandName>(
      name: K,
      params: unknown,
      { signal }: CallOptions = {},
    ): Promise<CommandResult<K>> {
      if (signal?.aborted) return Promise.reject(cancellation());
      if (!open) {
        return Promise.reject(new FaultError('DISCONNECTED', 'There is no connection to the hub.'));
      }
      // Cancelled calls count until the hub has answered them, because it may still be working on them.
      if (calls.size + cancelled.size >= MAX_PENDING_CALLS) {
        return Promise.reject(new FaultError('BUSY', 'Too many requests are waiting for the hub.'));
      }
      const id = nextId++;
      return new Promise((resolve, reject) => {
        const cancel = () => {
          if (!calls.delete(id)) return;
          cancelled.add(id);
          send({ op: 'cancel', id });
          reject(cancellation());
        };
        const settled = () => signal?.removeEventListener('abort', cancel);
        signal?.addEventListener('abort', cancel, { once: true });
        calls.set(id, {
          resolve(value) {
            settled();
            resolve(value as CommandResult<K>);
          },
          reject(error) {
            settled();
            reject(error);
          },
        });
        send({ op: 'call', id, name, params });
      });
    },

    subscribe<K extends TopicName>(
      topic: K,
      params: unknown,
      listener: (message: TopicMessages[K]) => void,
    ): Unsubscribe {
      const id = nextId++;
      topics.set(id, { topic, params, listener: listener as (message: unknown) => void });
      send({ op: 'subscribe', id, topic, params });
      return () => {
        if (topics.delete(id)) send({ op: 'unsubscribe', id });
      };
    },

    openFeed(spec: FeedSpec, listener: (frame: FeedFrame) => void): FeedHandle {
      const id = nextId++;
      const feed: OpenFeed = { spec, listener };
      feeds.set(id, feed);
      send({ op: 'openFeed', id, spec });
      return {
        update(patch: FeedPatch) {
          feed.spec = { ...feed.spec, ...patch };
          send({ op: 'updateFeed', id, patch });
        },
        close() {
          if (feeds.delete(id)) send({ op: 'closeFeed', id });
        },
      };
    },

    onLink(listener) {
      linkListeners.add(listener);
      listener(linkState);
      return () => linkListeners.delete(listener);
    },
  };
}
