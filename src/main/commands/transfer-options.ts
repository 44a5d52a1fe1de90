import { InvalidArgumentError, Option, type Command } from 'commander';
import { fail, succeed, type Fault, type Result } from '@shared/errors';
import { DEFAULT_PORT } from '@shared/protocol/limits';
import { parseFingerprint } from '../../agent/trust/fingerprint';
import { expectCertificate } from './expected-certificate';
import { parseUiToken } from './options';

export const DEFAULT_URL = `http://127.0.0.1:${DEFAULT_PORT}`;

/**
 * The source of `export` and the destination of `import`: a running hub, or the data folder of one that is not running.
 */
export interface TransferOptions {
  url?: string;
  dataDir?: string;
  token?: string;
  /** The fingerprint that the hub's certificate must have, `AB:CD:…`. */
  fingerprint?: string;
}

export function addTransferOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--url <url>', `the hub to use (default: ${DEFAULT_URL})`)
        .argParser(parseHubUrl)
        .conflicts('dataDir'),
    )
    .option('--data-dir <folder>', 'use the data folder of a hub that is not running, instead of a hub')
    .addOption(
      new Option(
        '--fingerprint <sha256>',
        'the fingerprint the hub’s certificate must have, with an https URL',
      )
        .argParser(parseExpected)
        .conflicts('dataDir'),
    )
    .addOption(
      new Option('--token <token>', 'the UI token of the hub, if it has one')
        .env('WIREWATCH_UI_TOKEN')
        .argParser(parseUiToken),
    );
}

function parseHubUrl(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new InvalidArgumentError(`It must be a URL such as ${DEFAULT_URL}.`);
  }
  return text;
}

function parseExpected(text: string): string {
  const fingerprint = parseFingerprint(text);
  if (fingerprint === null) throw new InvalidArgumentError('It must be 64 hex digits, such as AB:CD:….');
  return fingerprint;
}

/** Codes of failures that may pass without a change to the command or its input. */
const PASSING: ReadonlySet<string> = new Set([
  'HUB_UNREACHABLE',
  'CUT_OFF',
  'STOPPED',
  'INTERNAL',
  'STORE_BUSY',
  'STORE_FAILED',
  'STORE_FULL',
  'STORE_CLOSED',
  'OUTPUT_FAILED',
]);

/**
 * Returns 1 for failures along the way, 2 for anything the user has to change: the command line, the input, a folder.
 */
export function exitCodeOf({ code }: Fault): 1 | 2 {
  return PASSING.has(code) ? 1 : 2;
}

/** Returns the error in an answer of the hub's API, or a fault that says the answer did not come from a hub. */
export async function faultOf(response: Response): Promise<Fault> {
  const body = (await response.json().catch(() => null)) as { error?: Partial<Fault> } | null;
  const { code, message } = body?.error ?? {};
  if (typeof code === 'string' && typeof message === 'string') return { code, message };
  return {
    code: 'NOT_A_HUB',
    message: `The answer (HTTP ${response.status}) did not come from a Wirewatch hub.`,
  };
}

/** Options whose certificate was already checked. */
const expected = new WeakSet<TransferOptions>();

/** Sends a request to the hub's API. Fails with `HUB_UNREACHABLE`, or with the hub's error. */
export async function askHub(
  options: TransferOptions,
  path: string,
  params: URLSearchParams,
  init: RequestInit,
): Promise<Result<Response>> {
  const base = options.url ?? DEFAULT_URL;
  const url = new URL(`${path}?${params.toString()}`, base.endsWith('/') ? base : `${base}/`);
  if (options.fingerprint !== undefined && !expected.has(options)) {
    if (url.protocol !== 'https:') {
      return fail('BAD_USAGE', 'A fingerprint can only be checked over TLS: give an https URL with --url.');
    }
    const trusted = await expectCertificate(url, options.fingerprint);
    if (!trusted.ok) return trusted;
    expected.add(options);
  }
  const headers = new Headers(init.headers);
  if (options.token !== undefined) headers.set('Authorization', `Bearer ${options.token}`);
  let response: Response;
  try {
    response = await fetch(url, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted) return fail('STOPPED', 'The transfer was stopped.');
    return fail('HUB_UNREACHABLE', `No hub answers at ${base}: ${causeOf(error)}.`);
  }
  return response.ok ? succeed(response) : { ok: false, error: await faultOf(response) };
}

/** Returns the real cause, which `fetch` hides behind "fetch failed". */
export function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.message : String(cause);
}
