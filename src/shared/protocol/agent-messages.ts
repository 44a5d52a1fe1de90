import * as v from 'valibot';
import { dictionary } from '../dictionary';
import { displayText } from '../display-text';
import { MAX_INTERVAL_MS, MIN_INTERVAL_MS } from './limits';
import { CODE_NONCE } from './verification-code';

/**
 * The messages that an agent may send, one schema per message. The hot messages `rows` and `metrics` have hand-written
 * checks in `parse.ts`.
 */

export const DEVICE_ID = /^[A-Za-z0-9._:-]{1,64}$/;

const finite = v.pipe(v.number(), v.finite());
const time = finite;
const seq = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const streamId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9._:-]{1,64}$/));
const shortText = (max: number) => v.pipe(v.string(), v.maxLength(max));
/** Sanitises text, because it is only displayed. */
const words = (max: number) => v.pipe(shortText(max), v.transform(displayText));
const wordsIfAny = (max: number) =>
  v.pipe(
    shortText(max),
    v.transform((text) => displayText(text) || undefined),
  );
const codeNonce = v.pipe(v.string(), v.regex(CODE_NONCE, 'must be 43 characters from A-Z a-z 0-9 _ -'));
const labels = dictionary(v.string());

export const deviceSchema = v.object({
  id: v.pipe(v.string(), v.regex(DEVICE_ID, 'must be 1 to 64 characters from A-Z a-z 0-9 . _ : -')),
  /** Empty when none of its characters is visible. */
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(128), v.transform(displayText)),
  kind: v.picklist(['computer', 'board', 'program']),
  os: v.optional(wordsIfAny(128)),
  arch: v.optional(wordsIfAny(64)),
  model: v.optional(wordsIfAny(128)),
  tags: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(64), v.transform(displayText))),
      v.maxLength(32),
      v.transform((tags) => tags.filter((tag) => tag !== '')),
    ),
  ),
});

export const helloSchema = v.object({
  type: v.literal('hello'),
  device: deviceSchema,
  agent: words(128),
  now: v.optional(time),
  token: v.optional(shortText(256)),
  key: v.optional(shortText(256)),
  /** SHA-256 of the nonce for the verification code, base64url. */
  pairing: v.optional(codeNonce),
  /** The stream of rows that do not name one. */
  stream: v.optional(streamId),
  /** Identifies this run of the agent's process. Two at a time mean that two machines share an identity. */
  instance: v.optional(streamId),
  minIntervalMs: v.optional(v.pipe(v.number(), v.minValue(MIN_INTERVAL_MS), v.maxValue(MAX_INTERVAL_MS))),
});

export const seriesDeclarationSchema = v.object({
  name: v.pipe(v.string(), v.minLength(1)),
  labels: v.optional(labels),
  unit: v.optional(words(32)),
  kind: v.optional(v.picklist(['gauge', 'counter'])),
  title: v.optional(wordsIfAny(128)),
  min: v.optional(v.nullable(finite)),
  max: v.optional(v.nullable(finite)),
});

export const schemaSchema = v.object({
  type: v.literal('schema'),
  version: seq,
  series: v.array(seriesDeclarationSchema),
});

/** `rows`: each row is `[timeMs, value | null, …]`, in the order of the schema that the message names. */
export interface RowsMessage {
  type: 'rows';
  seq: number;
  schema: number;
  rows: (number | null)[][];
  stream?: string | undefined;
}

export interface MetricsMessage {
  type: 'metrics';
  ts?: number | undefined;
  values: Record<string, number | boolean | null>;
}

export const eventSchema = v.object({
  type: v.literal('event'),
  ts: v.optional(time),
  level: v.picklist(['info', 'warning', 'error']),
  text: v.string(),
  seq: v.optional(seq),
  stream: v.optional(streamId),
});

export const lostSchema = v.object({
  type: v.literal('lost'),
  from: time,
  to: time,
  count: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

/** The agent's progress with sending its backlog from an outage; `remaining` 0 means it is done. */
export const backlogSchema = v.object({
  type: v.literal('backlog'),
  remaining: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  total: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

/** Reveals the nonce that hello committed to, after the hub has sent its own. */
export const pairingSchema = v.object({ type: v.literal('pairing'), nonce: codeNonce });

export const resultSchema = v.object({
  type: v.literal('result'),
  id: seq,
  value: v.optional(v.unknown()),
  error: v.optional(v.object({ code: shortText(64), message: words(1_024) })),
});

export type HelloMessage = v.InferOutput<typeof helloSchema>;
export type DeviceDeclaration = v.InferOutput<typeof deviceSchema>;
export type SeriesDeclaration = v.InferOutput<typeof seriesDeclarationSchema>;
export type SchemaMessage = v.InferOutput<typeof schemaSchema>;
export type EventMessage = v.InferOutput<typeof eventSchema>;
export type LostMessage = v.InferOutput<typeof lostSchema>;
export type BacklogMessage = v.InferOutput<typeof backlogSchema>;
export type PairingMessage = v.InferOutput<typeof pairingSchema>;
export type ResultMessage = v.InferOutput<typeof resultSchema>;

export type AgentMessage =
  | HelloMessage
  | SchemaMessage
  | RowsMessage
  | MetricsMessage
  | EventMessage
  | LostMessage
  | BacklogMessage
  | PairingMessage
  | ResultMessage;
