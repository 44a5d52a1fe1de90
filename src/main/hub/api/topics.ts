import * as v from 'valibot';
import type { Unsubscribe } from '@shared/disposable';
import type { Emitter } from '@shared/emitter';
import { FaultError } from '@shared/errors';
import { TOPIC_PARAMS, type TopicMessages, type TopicName } from '@shared/hub-api';
import type { EventInfo, FrameInfo, HubInfo } from '@shared/model';
import type { Core } from '../core';
import type { SessionTable } from '../sessions/session-table';
import { SessionWatch } from './session-watch';

/** How often frames of an inspected session are sent to a UI, in batches, ms. */
const FRAMES_EVERY_MS = 100;
const EVENTS_EVERY_MS = 100;

export interface TopicContext {
  core: Core;
  sessions: SessionTable;
  info: () => HubInfo;
  infoChanged: Emitter<HubInfo>;
}

/**
 * Starts a subscription: sends the current state, then changes. Throws a `FaultError` for anything that does not
 * exist.
 */
export function subscribe(
  context: TopicContext,
  topic: string,
  params: unknown,
  send: (message: TopicMessages[TopicName]) => void,
): Unsubscribe {
  if (!Object.hasOwn(TOPIC_PARAMS, topic)) {
    throw new FaultError('NO_SUCH_TOPIC', `The hub has no topic "${topic.slice(0, 64)}".`);
  }
  const name = topic as TopicName;
  const parsed = v.safeParse(TOPIC_PARAMS[name], params ?? {});
  if (!parsed.success) throw new FaultError('BAD_PARAMS', `The parameters of "${topic}" are invalid.`);
  const { core, sessions } = context;
  switch (name) {
    case 'hub':
      send(context.info());
      return context.infoChanged.on(send);
    case 'settings':
      send(core.settings.current);
      return core.settings.changed.on(send);
    case 'devices':
      core.devices.flush();
      send({ full: true, changed: core.devices.infos(), removed: [] });
      return core.devices.changed.on((message) => send({ full: false, ...message }));
    case 'sessions':
      return new SessionWatch(sessions, core.clock, send).stop;
    case 'events':
      return both(
        batched(core, EVENTS_EVERY_MS, core.limits.inspectedFrames, core.events.appended, (events) =>
          send({ events, removed: [] }),
        ),
        core.events.removed.on((id) => send({ events: [], removed: [id] })),
      );
    case 'boards':
      send({ full: true, changed: core.boards.list(), removed: [] });
      return core.boards.changed.on((message) => send({ full: false, ...message }));
    case 'frames': {
      const { session: id } = parsed.output as { session: string };
      const session = sessions.get(id);
      if (!session) throw new FaultError('NO_SUCH_SESSION', 'Connection not found.');
      const source = { on: (listener: (frame: FrameInfo) => void) => session.tap.listen(listener) };
      return batched(core, FRAMES_EVERY_MS, core.limits.inspectedFrames, source, (frames) =>
        send({ frames }),
      );
    }
  }
}

function both(first: Unsubscribe, second: Unsubscribe): Unsubscribe {
  return () => {
    first();
    second();
  };
}

/** Collects items and sends them together. If a batch exceeds `limit`, the oldest items are dropped. */
function batched<T extends EventInfo | FrameInfo>(
  core: Core,
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
  const stopTimer = core.clock.every(everyMs, () => {
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
