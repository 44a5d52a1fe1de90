import * as v from 'valibot';
import type { Clock } from '@shared/clock';
import type { Unsubscribe } from '@shared/disposable';
import type { Emitter } from '@shared/emitter';
import { FaultError } from '@shared/errors';
import {
  TOPICS,
  isTopicName,
  type TopicArguments,
  type TopicMessages,
  type TopicName,
} from '@shared/hub-api';
import type { FrameInfo, HubInfo } from '@shared/model';
import type { Limits } from '@shared/protocol/limits';
import type { BoardStore } from '../boards/board-store';
import type { DeviceRegistry } from '../devices/device-registry';
import type { EventLog } from '../events/event-log';
import type { SessionTable } from '../sessions/session-table';
import type { SettingsStore } from '../settings/settings-store';
import { requireSession } from './handlers/sessions';
import { SessionWatch } from './session-watch';

/** How often frames of an inspected session are sent to a UI, in batches, ms. */
const FRAMES_EVERY_MS = 100;
const EVENTS_EVERY_MS = 100;

export interface TopicsContext {
  clock: Clock;
  limits: Pick<Limits, 'inspectedFrames'>;
  settings: SettingsStore;
  devices: DeviceRegistry;
  events: EventLog;
  boards: BoardStore;
  sessions: SessionTable;
  info: () => HubInfo;
  infoChanged: Emitter<HubInfo>;
}

/**
 * Starts one subscription: sends the current state first, then changes. Throws a `FaultError` if the subject does not
 * exist.
 */
type TopicSource<K extends TopicName> = (
  params: TopicArguments<K>,
  send: (message: TopicMessages[K]) => void,
) => Unsubscribe;

/** A source for each topic; a missing one does not compile. */
export type TopicSources = { readonly [K in TopicName]: TopicSource<K> };

export function createTopics(context: TopicsContext): TopicSources {
  const { clock, limits, settings, devices, events, boards, sessions, info, infoChanged } = context;
  const most = limits.inspectedFrames;
  return {
    hub(_, send) {
      send(info());
      return infoChanged.on(send);
    },
    settings(_, send) {
      send(settings.current);
      return settings.changed.on(send);
    },
    devices(_, send) {
      devices.flush();
      send({ full: true, changed: devices.infos(), removed: [] });
      return devices.changed.on((message) => send({ full: false, ...message }));
    },
    sessions: (_, send) => new SessionWatch(sessions, clock, send).stop,
    events(_, send) {
      const stopEvents = batched(clock, EVENTS_EVERY_MS, most, events.appended, (batch) =>
        send({ events: batch, removed: [] }),
      );
      const stopRemovals = events.removed.on((id) => send({ events: [], removed: [id] }));
      return () => {
        stopEvents();
        stopRemovals();
      };
    },
    boards(_, send) {
      send({ full: true, changed: boards.list(), removed: [] });
      return boards.changed.on((message) => send({ full: false, ...message }));
    },
    frames({ session: id }, send) {
      const { tap } = requireSession(sessions, id);
      const source = { on: (listener: (frame: FrameInfo) => void) => tap.listen(listener) };
      return batched(clock, FRAMES_EVERY_MS, most, source, (frames) => send({ frames }));
    },
  };
}

/**
 * Starts the subscription that a UI asked for by name. Throws a `FaultError`: `NO_SUCH_TOPIC`, `BAD_PARAMS`, or the
 * topic's own.
 */
export function subscribe(
  sources: TopicSources,
  topic: string,
  params: unknown,
  send: (message: unknown) => void,
): Unsubscribe {
  if (!isTopicName(topic)) {
    throw new FaultError('NO_SUCH_TOPIC', `The hub has no topic "${topic.slice(0, 64)}".`);
  }
  return start(sources, topic, params, send);
}

function start<K extends TopicName>(
  sources: TopicSources,
  topic: K,
  params: unknown,
  send: (message: TopicMessages[K]) => void,
): Unsubscribe {
  const parsed = v.safeParse(TOPICS[topic].params, params ?? {});
  if (!parsed.success) throw new FaultError('BAD_PARAMS', `The parameters of "${topic}" are invalid.`);
  return sources[topic](parsed.output, send);
}

/** Collects items and sends them together; if one batch exceeds `limit`, its oldest items are left out. */
function batched<T>(
  clock: Clock,
  everyMs: number,
  limit: number,
  source: { on(listener: (item: T) => void): Unsubscribe },
  send: (items: T[]) => void,
): Unsubscribe {
  let waiting: T[] = [];
  const stopListening = source.on((item) => {
    waiting.push(item);
    if (waiting.length > limit * 2) waiting = waiting.slice(-limit);
  });
  const stopTimer = clock.every(everyMs, () => {
    if (waiting.length === 0) return;
    const items = waiting.slice(-limit);
    waiting = [];
    send(items);
  });
  return () => {
    stopListening();
    stopTimer();
  };
}
