import * as v from 'valibot';
import type { FrameInfo, SessionDetail, SessionInfo } from '../model';
import { adminCommand, topic, viewerCommand } from './command';
import { nothing, sessionId } from './schemas';

/** Commands for agents' WebSocket connections. */
export const sessionCommands = {
  getSession: viewerCommand(v.object({ session: sessionId })).returns<SessionDetail>(),
  /** Sends a ping frame now and answers with the round trip. */
  pingSession: viewerCommand(v.object({ session: sessionId })).returns<{ rttMs: number }>(),
  /** Starts a closing handshake with code 1000. */
  closeSession: adminCommand(v.object({ session: sessionId })).returns<null>(),
};

export const sessionTopics = {
  /** All sessions first, then once a second those that changed. */
  sessions: topic(nothing).sends<{ full: boolean; changed: SessionInfo[]; removed: string[] }>(),
  /** The frames of one session from now on; frames are captured only while there is a subscriber. */
  frames: topic(v.object({ session: sessionId })).sends<{ frames: FrameInfo[] }>(),
};
