import { FaultError } from '@shared/errors';
import type { eventCommands } from '@shared/hub-api/events';
import type { EventInfo } from '@shared/model';
import type { DeviceRegistry } from '../../devices/device-registry';
import type { EventLog } from '../../events/event-log';
import type { History } from '../../history/history';
import type { CommandHandlers } from '../command-handlers';

const DEFAULT_EVENTS = 100;

/** The places where events are stored. */
export interface EventSources {
  events: EventLog;
  /** Null with `--store memory`. */
  history: History | null;
}

export interface EventHandlersContext extends EventSources {
  devices: DeviceRegistry;
}

export function createEventHandlers(
  context: EventHandlersContext,
): CommandHandlers<keyof typeof eventCommands> {
  const { devices, events, history } = context;
  return {
    listEvents: ({ limit = DEFAULT_EVENTS, ...range }) => readEvents(context, { ...range, limit }),
    addNote({ at, text, device }) {
      // A note that is only in memory must not look stored.
      history?.requireOpen();
      if (device !== null) devices.require(device);
      return events.add({ at, kind: 'note', level: 'info', device, text });
    },
    updateNote: ({ event, text }) => changeNote(context, event, text),
    deleteNote: ({ event }) => changeNote(context, event, null),
  };
}

/** Reads the newest `limit` events of a range, of one device or of all, oldest first: from disk if there is history. */
export async function readEvents(
  { events, history }: EventSources,
  range: { device?: string | undefined; from?: number | undefined; to?: number | undefined; limit: number },
): Promise<EventInfo[]> {
  const { device, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, limit } = range;
  const inMemory = events.list(device, from, to, limit);
  if (!history?.store.isReadable) return inMemory;
  await history.flush();
  const stored = await history.store.events({ device, from, to, limit });
  if (history.store.isOpen) return stored;
  // Events that happen while nothing is stored are only in memory.
  const byId = new Map([...stored, ...inMemory].map((event) => [event.id, event]));
  return [...byId.values()].sort((a, b) => a.at - b.at || a.id - b.id).slice(-limit);
}

/** Changes a note of the user, in memory and on disk, wherever it is stored. */
async function changeNote({ events, history }: EventSources, id: number, text: string | null): Promise<null> {
  history?.requireOpen();
  await history?.flush();
  const inMemory = events.change(id, text);
  if (!history && !inMemory) throw new FaultError('NO_SUCH_NOTE', 'Note not found.');
  await history?.store.updateEvent(id, text);
  return null;
}
