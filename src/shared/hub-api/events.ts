import * as v from 'valibot';
import type { EventInfo } from '../model';
import { adminCommand, topic, viewerCommand } from './command';
import { deviceId, nothing, time, upTo } from './schemas';

const noteText = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(1_000));
const eventId = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Commands for events and the user's own notes. */
export const eventCommands = {
  listEvents: viewerCommand(
    v.object({
      device: v.optional(deviceId),
      from: v.optional(time),
      to: v.optional(time),
      limit: v.optional(upTo(1_000)),
    }),
  ).returns<EventInfo[]>(),
  addNote: adminCommand(
    v.object({ at: time, text: noteText, device: v.optional(v.nullable(deviceId), null) }),
  ).returns<EventInfo>(),
  updateNote: adminCommand(v.object({ event: eventId, text: noteText })).returns<null>(),
  deleteNote: adminCommand(v.object({ event: eventId })).returns<null>(),
};

export const eventTopics = {
  /** New and changed events only; ask `listEvents` for earlier ones. */
  events: topic(nothing).sends<{ events: EventInfo[]; removed: number[] }>(),
};
