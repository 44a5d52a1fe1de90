import { InvalidArgumentError, Option, type Command } from 'commander';
import { fail, succeed, type Fault, type Result } from '@shared/errors';
import { DEFAULT_PORT } from '@shared/protocol/limits';
import { parseFingerprint } from '../../agent/trust/fingerprint';
import { expectCertificate } from './expected-certificate';
import { parseUiToken } from './options';

export const DEFAULT_URL = `http://127.0.0.1:${DEFAULT_PORT}`;

/** Where `export` reads and `import` writes: a hub that runs, or the data folder of one that does not. */
export interface TransferOptions {
  url?: string;
  dataDir?: string;
  token?: string;
  /** The certificate that the hub has to show, `AB:CD:…`. */
  fingerprint?: string;
}

export function addTransferOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--url <url>', `the hub to speak to (default: ${DEFAULT_URL})`)
        .argParser(parseHubUrl)
        .conflicts('dataDir'),
    )
    .option('--data-dir <folder>', 'use the data folder of a hub that is not running, instead of a hub')
    .addOption(
      new Option('--fingerprint <sha256>', 'the certificate that the hub has to show, with an https URL')
        .argParser(parseExpected)
        .conflicts('dataDir'),
    )
    .addOption(
      new Option('--token <token>', 'the UI token of the hub, where it has one')
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

/** Codes of what failed although nothing about the command or its input has to change. */
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

/** 1 for what failed under way, 2 for what the user has to change: the command line, the input, a folder. */
export function exitCodeOf({ code }: Fault): 1 | 2 {
  return PASSING.has(code) ? 1 : 2;
}

/** An error of the hub's API, or what to make of an answer that is none. */
export async function faultOf(response: Response): Promise<Fault> {
  const body = (await response.json().catch(() => null)) as { error?: Partial<Fault> } | null;
  const { code, message } = body?.error ?? {};
  if (typeof code === 'string' && typeof message === 'string') return { code, message };
  return { code: 'NOT_A_HUB', message: `The answer was HTTP ${response.status}, and not a Wirewatch hub's.` };
}

/** Those whose certificate was compared. */
const expected = new WeakSet<TransferOptions>();

/** Sends a request to the hub's API. Fails with `HUB_UNREACHABLE`, or with what the hub answers. */
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
      return fail('BAD_USAGE', 'A fingerprint is compared over TLS: give an https URL with --url.');
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
    if (init.signal?.aborted) return fail('STOPPED', 'It was stopped.');
    return fail('HUB_UNREACHABLE', `No hub answers at ${base}: ${causeOf(error)}.`);
  }
  return response.ok ? succeed(response) : { ok: false, error: await faultOf(response) };
}

/** What `fetch` hides behind "fetch failed". */
export function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.message : String(cause);
}
