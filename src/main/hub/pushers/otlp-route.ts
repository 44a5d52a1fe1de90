import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { FaultError } from '@shared/errors';
import { decodeOtlp } from '../ingest/dialects/otlp-protobuf';
import { readOtlp } from '../ingest/dialects/otlp';
import { gatherPushBody } from './push-body';
import { answer, answerJson, type PushRequest } from './push-request';
import { retryHeaders, takePush, type PushParts } from './take-push';

const PROTOBUF = 'application/x-protobuf';
/** gRPC codes (google.rpc.Code) for the HTTP statuses with which a push is refused. */
const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  413: 8,
  415: 3,
  429: 8,
  503: 14,
};
const MAY_HAVE_WRONG_CLOCK = true;

/** `POST /v1/metrics`: OTLP/HTTP, in protobuf or JSON; the answer has the same encoding. */
export function otlp(parts: PushParts, push: PushRequest): Promise<void> {
  const [type = ''] = (push.request.headers['content-type'] ?? '').split(';');
  const isProtobuf = type.trim().toLowerCase() === PROTOBUF;
  let rejected = 0;
  return takePush(parts, push, {
    async take(intake) {
      if (!isProtobuf && type.trim().toLowerCase() !== 'application/json') {
        throw new FaultError('BAD_MEDIA_TYPE', `OTLP comes as ${PROTOBUF} or application/json.`);
      }
      const { limits, clock } = parts.context;
      const { pushMessageBytes: maxBytes, pushInflateRatio: maxRatio } = limits;
      const body = await gatherPushBody(push.request, { maxBytes, maxInflatedBytes: maxBytes, maxRatio });
      const context = { now: clock.now(), maxValues: limits.seriesPerDevice, precision: null };
      const parsed = readOtlp(decode(body, isProtobuf), context);
      rejected = parsed.rejected;
      intake.take(parsed, MAY_HAVE_WRONG_CLOCK, parsed.drafts);
    },
    taken(intake) {
      const rejectedDataPoints = rejected + intake.dropped;
      const errorMessage = intake.faults.map(({ message }) => message).join(' ');
      if (isProtobuf) {
        const bytes = writePartialSuccess(rejectedDataPoints, errorMessage);
        answer(push, 200, bytes, { 'Content-Type': PROTOBUF });
      } else {
        const isWhole = rejectedDataPoints === 0 && errorMessage === '';
        // In the JSON form of protobuf, 64-bit numbers are strings.
        const partialSuccess = { rejectedDataPoints: String(rejectedDataPoints), errorMessage };
        answerJson(push, 200, isWhole ? {} : { partialSuccess });
      }
    },
    refused(why) {
      const code = RPC_CODES[why.status] ?? 2;
      if (!isProtobuf) return answerJson(push, why.status, { code, message: why.message }, retryHeaders(why));
      const status = new BinaryWriter().tag(1, WireType.Varint).int32(code);
      const bytes = Buffer.from(status.tag(2, WireType.LengthDelimited).string(why.message).finish());
      answer(push, why.status, bytes, { 'Content-Type': PROTOBUF, ...retryHeaders(why) });
    },
  });
}

function decode(body: Buffer, isProtobuf: boolean): unknown {
  if (isProtobuf) {
    const decoded = decodeOtlp(body);
    if (decoded.ok) return decoded.value;
    throw new FaultError(decoded.error.code, decoded.error.message);
  }
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    throw new FaultError('BAD_JSON', 'The body is not valid JSON.');
  }
}

/** Encodes an `ExportMetricsServiceResponse`; it is empty if everything was accepted. */
function writePartialSuccess(rejected: number, message: string): Buffer {
  const writer = new BinaryWriter();
  if (rejected === 0 && message === '') return Buffer.from(writer.finish());
  writer.tag(1, WireType.LengthDelimited).fork();
  if (rejected > 0) writer.tag(1, WireType.Varint).int64(rejected);
  if (message !== '') writer.tag(2, WireType.LengthDelimited).string(message);
  return Buffer.from(writer.join().finish());
}
