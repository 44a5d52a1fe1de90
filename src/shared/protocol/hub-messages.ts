import * as v from 'valibot';
import { dictionary } from '../dictionary';
import { CODE_NONCE } from './verification-code';

/**
 * The messages that the hub may send to an agent, one schema per message. Agents ignore types and fields they do not
 * know.
 */

const finite = v.pipe(v.number(), v.finite());
const seq = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** The times that a `Date` can hold after 1970. */
const time = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));
const word = v.pipe(v.string(), v.maxLength(128));
const stream = v.pipe(v.string(), v.maxLength(64));
const code = v.pipe(v.string(), v.maxLength(64));

export const welcomeSchema = v.object({
  type: v.literal('welcome'),
  protocol: v.number(),
  session: word,
  device: word,
  state: v.picklist(['approved', 'pending']),
  /** The hub's clock, ms since the epoch. */
  hubTime: time,
  /** The highest acknowledged `seq` of hello's stream; absent when there is none. */
  ackedSeq: v.optional(seq),
  /** The highest acknowledged `seq` of every stream of the device that the hub remembers. */
  acked: v.optional(dictionary(seq)),
  intervalMs: finite,
  limits: v.object({
    messageBytes: finite,
    messagesPerSec: finite,
    samplesPerSec: finite,
    seriesPerDevice: finite,
  }),
});

export const admissionSchema = v.object({
  type: v.literal('admission'),
  state: v.picklist(['approved', 'rejected', 'pending']),
  /** The digits to compare. */
  code: v.optional(v.pipe(v.string(), v.regex(/^\d{1,12}$/))),
  /** The hub's nonce for the digits; the agent answers with `pairing`. */
  nonce: v.optional(v.pipe(v.string(), v.regex(CODE_NONCE))),
  /** The device's key; it is sent only this once. */
  key: v.optional(v.pipe(v.string(), v.regex(/^wwk_[\w-]{16,128}$/))),
});

export const ackSchema = v.object({ type: v.literal('ack'), seq, stream: v.optional(stream) });

/** The hub's clock was set: from now on the agent's times follow `hubTime`, ms since the epoch. */
export const clockSchema = v.object({ type: v.literal('clock'), hubTime: time });

export const configureSchema = v.object({ type: v.literal('configure'), intervalMs: finite });

export const requestSchema = v.object({
  type: v.literal('request'),
  id: seq,
  method: v.string(),
  params: v.optional(v.record(v.string(), v.unknown()), {}),
});

export const noticeSchema = v.object({
  type: v.literal('notice'),
  code,
  message: v.string(),
  seq: v.optional(seq),
});

export const errorSchema = v.object({ type: v.literal('error'), code, message: v.string() });

export const hubMessageSchema = v.variant('type', [
  welcomeSchema,
  admissionSchema,
  ackSchema,
  clockSchema,
  configureSchema,
  requestSchema,
  noticeSchema,
  errorSchema,
]);

export type WelcomeMessage = v.InferOutput<typeof welcomeSchema>;
export type RequestMessage = v.InferOutput<typeof requestSchema>;
export type HubToAgentMessage = v.InferOutput<typeof hubMessageSchema>;
