import * as v from 'valibot';
import { deviceId, seriesId } from './schemas';

/** The live series that a UI wants, how far back its snapshot reaches, and how often it wants frames. */
export const feedSpecSchema = v.object({
  series: v.array(seriesId),
  windowMs: v.pipe(v.number(), v.minValue(0), v.maxValue(3_600_000)),
  /** At least 50; a hidden UI asks for 1000. */
  flushMs: v.pipe(v.number(), v.minValue(50), v.maxValue(60_000)),
  /** Devices whose agents should sample at {@link FOCUS_INTERVAL_MS} as long as this feed is open. */
  focus: v.optional(v.pipe(v.array(deviceId), v.maxLength(8)), []),
});
export type FeedSpec = v.InferInput<typeof feedSpecSchema>;

export const feedPatchSchema = v.partial(v.object(feedSpecSchema.entries));
/** New series get a snapshot of their own; series that stay continue without one. */
export type FeedPatch = v.InferInput<typeof feedPatchSchema>;

/**
 * Series that arrived together share one time column. `v` is column after column: the value of series `s`
 * at row `r` is `v[s * t.length + r]`; NaN where the device sent nothing. Counters come as rates per second.
 */
export interface FeedBlock {
  series: Uint32Array;
  t: Float64Array;
  v: Float64Array;
}

export interface FeedFrame {
  bootId: string;
  /** The hub's clock when it made the frame. */
  hubTime: number;
  /** `snapshot`: everything the rings hold of these series; it replaces earlier data. `append`: new rows. */
  kind: 'snapshot' | 'append';
  blocks: FeedBlock[];
}

export interface FeedHandle {
  update(patch: FeedPatch): void;
  close(): void;
}
