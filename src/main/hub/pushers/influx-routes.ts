import { takeLines, type LinesOutcome } from './influx-lines';
import { readInfluxPrecision } from './influx-precision';
import { gatherPushBody } from './push-body';
import type { PushIntake } from './push-intake';
import type { PushRefusal } from './push-refusal';
import { answer, answerJson, type PushRequest } from './push-request';
import { retryHeaders, takePush, type PushParts } from './take-push';

/** The version that senders see: the last InfluxDB that answers both `/write` and `/api/v2/write`. */
const VERSION = '1.8.10';
const VERSION_HEADERS = { 'X-Influxdb-Version': VERSION, 'X-Influxdb-Build': 'OSS' };
/** The database that always exists; writes may name any. */
const DATABASE = 'wirewatch';
const MAX_QUERY_BYTES = 64 * 1024;
const V2_CODES: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  408: 'request timeout',
  413: 'request too large',
  415: 'unsupported media type',
  429: 'too many requests',
  503: 'unavailable',
};

type InfluxRoute = (parts: PushParts, push: PushRequest) => Promise<void> | void;

interface Entry {
  methods: readonly string[];
  route: InfluxRoute;
}

/**
 * The part of InfluxDB's HTTP API that senders use (docs.influxdata.com, "InfluxDB API reference" of 1.8 and 2):
 * writes, and the requests before them. Nothing can be read through it.
 */
export const INFLUX_ROUTES: Readonly<Record<string, Entry>> = {
  '/ping': { methods: ['GET', 'HEAD'], route: (_, push) => ping(push) },
  '/health': { methods: ['GET', 'HEAD'], route: (_, push) => health(push) },
  '/influx/health': { methods: ['GET', 'HEAD'], route: (_, push) => health(push) },
  '/ready': { methods: ['GET', 'HEAD'], route: (_, push) => ready(push) },
  '/query': { methods: ['GET', 'POST'], route: query },
  '/write': { methods: ['POST'], route: (parts, push) => write(parts, push, 1) },
  '/api/v2/write': { methods: ['POST'], route: (parts, push) => write(parts, push, 2) },
};

function ping(push: PushRequest): void {
  const isVerbose = !['', 'false', '0'].includes(push.query.get('verbose') ?? '');
  if (isVerbose) answerJson(push, 200, { version: VERSION }, VERSION_HEADERS);
  else answer(push, 204, null, VERSION_HEADERS);
}

function health(push: PushRequest): void {
  const body = {
    name: 'influxdb',
    message: 'ready for queries and writes',
    status: 'pass',
    checks: [],
    version: VERSION,
  };
  answerJson(push, 200, body, VERSION_HEADERS);
}

function ready(push: PushRequest): void {
  answerJson(push, 200, { status: 'ready' }, VERSION_HEADERS);
}

/** Answers the queries with which senders look for their database and create it; here every database exists. */
function query(parts: PushParts, push: PushRequest): Promise<void> {
  let statement = push.query.get('q');
  return takePush(parts, push, {
    async take() {
      if (statement !== null || push.request.method !== 'POST') return;
      const bounds = { maxBytes: MAX_QUERY_BYTES, maxInflatedBytes: MAX_QUERY_BYTES, maxRatio: 100 };
      const form = new URLSearchParams((await gatherPushBody(push.request, bounds)).toString());
      statement = form.get('q');
    },
    taken() {
      const results = (statement ?? '')
        .split(';')
        .flatMap((text) => (text.trim() === '' ? [] : [text.trim()]));
      const answers = results.map(answerOf);
      const wrong = answers.find((one) => one === null);
      if (answers.length > 0 && wrong === undefined) {
        const numbered = answers.map((one, statement_id) => ({ statement_id, ...one }));
        answerJson(push, 200, { results: numbered }, VERSION_HEADERS);
        return;
      }
      const error =
        'error parsing query: Wirewatch takes writes and answers only SHOW DATABASES and CREATE DATABASE';
      answerJson(push, 400, { error }, VERSION_HEADERS);
    },
    refused: (why) => refuse(push, 1, why),
  });
}

function answerOf(statement: string): object | null {
  if (/^CREATE\s+DATABASE\s+\S/i.test(statement)) return {};
  if (!/^SHOW\s+DATABASES$/i.test(statement)) return null;
  return { series: [{ name: 'databases', columns: ['name'], values: [[DATABASE]] }] };
}

function write(parts: PushParts, push: PushRequest, version: 1 | 2): Promise<void> {
  let lines: LinesOutcome | null = null;
  return takePush(parts, push, {
    async take(intake) {
      const precision = readInfluxPrecision(push.query.get('precision'), version);
      lines = await takeLines(parts.context, push, intake, precision);
    },
    taken(intake) {
      if (lines) answerWrite(push, version, intake, lines);
    },
    refused: (why) => refuse(push, version, why),
  });
}

function answerWrite(push: PushRequest, version: 1 | 2, intake: PushIntake, lines: LinesOutcome): void {
  if (lines.isEmpty && version === 2) {
    answerJson(push, 400, { code: 'invalid', message: 'writing requires points' }, VERSION_HEADERS);
    return;
  }
  const { firstProblem: problem } = lines;
  const dropped = lines.badLines + intake.dropped;
  if (dropped === 0 && !problem) {
    answer(push, 204, null, VERSION_HEADERS);
    return;
  }
  const reason = problem
    ? `unable to parse '${problem.text}': ${problem.message} (line ${problem.line})`
    : (intake.faults[0]?.message ?? 'some points were not stored');
  const message = `${intake.samples > 0 ? 'partial write: ' : ''}${reason} dropped=${dropped}`;
  if (version === 1) sendV1(push, 400, { error: message });
  else sendV2(push, 400, { code: 'invalid', message, ...(problem && { line: problem.line }) });
}

function refuse(push: PushRequest, version: 1 | 2, why: PushRefusal): void {
  const { status, message } = why;
  const code = V2_CODES[status] ?? 'invalid';
  if (version === 2) sendV2(push, status, { code, message }, retryHeaders(why));
  else sendV1(push, status, { ...(status === 401 && { code }), error: message }, retryHeaders(why));
}

function sendV1(
  push: PushRequest,
  status: number,
  body: { error: string },
  headers: Readonly<Record<string, string>> = {},
): void {
  const shown = headerText(body.error);
  answerJson(push, status, body, { ...VERSION_HEADERS, 'X-Influxdb-Error': shown, ...headers });
}

function sendV2(
  push: PushRequest,
  status: number,
  body: { code: string; message: string; line?: number },
  headers: Readonly<Record<string, string>> = {},
): void {
  answerJson(push, status, body, { ...VERSION_HEADERS, 'X-Platform-Error-Code': body.code, ...headers });
}

/** Removes everything but printable ASCII, because a header cannot hold anything else. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 256);
}
