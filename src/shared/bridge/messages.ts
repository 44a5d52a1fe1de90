import type { FeedFrame, FeedPatch, FeedSpec } from '../hub-api';

/**
 * The messages that carry {@link HubApi} between a UI and the hub: as structured clones over IPC, as JSON text over a
 * WebSocket, where `feed` is binary (see `feed-codec.ts`). Ids are chosen by the UI and count up.
 */
export type UiMessage =
  | { op: 'call'; id: number; name: string; params: unknown }
  /** Cancels a call. Its answer may arrive anyway. */
  | { op: 'cancel'; id: number }
  | { op: 'subscribe'; id: number; topic: string; params: unknown }
  | { op: 'unsubscribe'; id: number }
  | { op: 'openFeed'; id: number; spec: FeedSpec }
  | { op: 'updateFeed'; id: number; patch: FeedPatch }
  | { op: 'closeFeed'; id: number }
  /**
   * The UI has processed one feed frame. The hub sends at most {@link FEED_CREDIT} frames beyond those acknowledged.
   */
  | { op: 'credit'; id: number };

export type HubMessage =
  /** `hubTime` is the hub's clock, ms since the epoch. */
  | { op: 'hello'; bootId: string; hubTime: number }
  /** The hub's clock was set; `hubTime` is its new time. */
  | { op: 'clock'; hubTime: number }
  | { op: 'result'; id: number; value: unknown }
  | { op: 'error'; id: number; code: string; message: string }
  | { op: 'topic'; id: number; message: unknown }
  | { op: 'feed'; id: number; frame: FeedFrame };

/** The most feed frames in flight to a UI that has not acknowledged them. */
export const FEED_CREDIT = 2;
