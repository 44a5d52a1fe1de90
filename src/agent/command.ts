import { Command, InvalidArgumentError } from 'commander';
import { displayText } from '@shared/display-text';
import { hideSecrets } from '@shared/hide-secrets';
import type { Fault } from '@shared/errors';
import { parseJoinLink } from '@shared/join-link';
import type { Logger } from '@shared/logger';
import { MAX_INTERVAL_MS, MIN_INTERVAL_MS } from '@shared/protocol/limits';
import { createAgent, type AgentState } from './agent';
import { COLLECTOR_NAMES, type CollectorName } from './collectors/collector';
import { findHub, forgetHub, type HubChoice } from './find-hub';
import { defaultDataDir } from './identity';
import { parseSpoolAge, parseSpoolBytes } from './spool-options';
import type { SpoolLimits } from './spool/spool-queue';
import { stateLine } from './state-lines';

/** What `wirewatch agent` was given. */
export interface AgentCommandOptions extends HubChoice {
  /** Forgets this hub instead of connecting. */
  forgetHub?: string | undefined;
  name?: string | undefined;
  interval?: number | undefined;
  tags?: string[] | undefined;
  token?: string | undefined;
  only?: CollectorName[] | undefined;
  json?: boolean | undefined;
  dataDir?: string | undefined;
  /** False with `--no-spool`. */
  spool?: boolean | undefined;
  spoolBytes?: number | undefined;
  /** Ms. */
  spoolAge?: number | undefined;
}

/** `wirewatch agent [url]`: sets the process's exit code when it ends; 2 for wrong use, as everywhere in the CLI. */
export function createAgentCommand(): Command {
  return new Command('agent')
    .description('watch this machine and report to a hub')
    .argument('[url]', 'where the hub is, e.g. 192.168.1.20 (default: the one on this network)')
    .option('--fingerprint <sha256>', 'the certificate that the hub has to show, as its Settings name it')
    .option('--ca <file>', 'trust only hubs that this authority vouches for, PEM')
    .option('--forget-hub <host>', 'forget the certificate of a hub that was set up anew, and end')
    .option('--name <name>', "what to call this machine in the app (default: the machine's name)", parseName)
    .option(
      '--interval <time>',
      'sample at most this often, e.g. 500ms, 5s, 1min (the hub may ask for less)',
      parseTime,
    )
    .option('--tags <list>', 'tags to find it by, separated by commas', parseTags)
    .option('--token <token>', 'a join token, so that nobody has to approve (or WIREWATCH_TOKEN)')
    .option('--only <list>', `only these, separated by commas: ${COLLECTOR_NAMES.join(', ')}`, parseOnly)
    .option(
      '--data-dir <folder>',
      `where to keep its identity and unsent rows (default: ${defaultDataDir()})`,
    )
    .option(
      '--spool-bytes <size>',
      'keep at most this much on disk while the hub is away (default: 256MiB)',
      parseSpoolBytes,
    )
    .option('--spool-age <time>', 'and nothing older than this (default: 7d)', parseSpoolAge)
    .option('--no-spool', 'keep unsent rows in memory only')
    .option('--json', 'report state changes as JSON lines on stdout')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    })
    .action(async (url: string | undefined, options: Omit<AgentCommandOptions, 'url'>) => {
      process.exitCode = await runAgentCommand({ ...options, url });
    });
}

/** Runs the agent until SIGINT or SIGTERM. Returns the exit code: 0, or 2 when it could not be started. */
export async function runAgentCommand(options: AgentCommandOptions): Promise<number> {
  const print = options.json ? jsonPrinter() : linePrinter();
  const dataDir = options.dataDir ?? defaultDataDir();
  if (options.forgetHub !== undefined) {
    const forgotten = forgetHub(options.forgetHub, dataDir, print.log);
    if (!forgotten.ok) return complain(forgotten.error);
    print.log.info(forgotten.value);
    return 0;
  }
  const link = options.url === undefined ? null : parseJoinLink(options.url);
  const choice = { ...options, url: link?.url, fingerprint: options.fingerprint ?? link?.fingerprint };
  const hub = await findHub(choice, dataDir, print.log);
  if (!hub.ok) return complain(hub.error);
  const agent = createAgent({
    ...hub.value,
    name: options.name,
    minIntervalMs: options.interval,
    tags: options.tags,
    token: options.token ?? link?.token ?? (process.env['WIREWATCH_TOKEN'] || undefined),
    only: options.only,
    dataDir,
    spool: options.spool === false ? false : spoolLimits(options),
    log: print.log,
  });
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  agent.onState((state) => print.state(state));
  const started = await agent.start();
  if (!started.ok) return complain(started.error);
  await stopped;
  await agent.dispose();
  return 0;
}

function complain({ message }: Fault): number {
  process.stderr.write(`wirewatch: ${message}\n`);
  return 2;
}

function spoolLimits({ spoolBytes, spoolAge }: AgentCommandOptions): Partial<SpoolLimits> {
  return {
    ...(spoolBytes === undefined ? {} : { bytes: spoolBytes }),
    ...(spoolAge === undefined ? {} : { ageMs: spoolAge }),
  };
}

interface Printer {
  log: Logger;
  state(state: AgentState): void;
}

function linePrinter(): Printer {
  let before: AgentState | null = null;
  const write = (text: string, fields?: Record<string, unknown>) => {
    const time = new Date().toTimeString().slice(0, 8);
    process.stdout.write(`${time} ${displayText(hideSecrets(text))}\n${stackLines(fields)}`);
  };
  return {
    log: {
      debug() {},
      info: (text) => write(text),
      warn: (text, fields) => write(`warning: ${text}`, fields),
      error: (text, fields) => write(`error: ${text}`, fields),
    },
    state(state) {
      const line = stateLine(state, before);
      before = state;
      if (line !== null) write(line);
    },
  };
}

/** Stdout carries states only, so that a program can read it; the rest goes to stderr. */
function jsonPrinter(): Printer {
  const complain = (text: string, fields?: Record<string, unknown>) => {
    process.stderr.write(`${displayText(hideSecrets(text))}\n${stackLines(fields)}`);
  };
  return {
    log: { debug() {}, info() {}, warn: complain, error: complain },
    state: (state) => {
      process.stdout.write(`${JSON.stringify({ at: Date.now(), ...state })}\n`);
    },
  };
}

/** The stack of a fault, indented, so that no message in it can pass for a line of its own. */
function stackLines({ stack }: Record<string, unknown> = {}): string {
  if (typeof stack !== 'string') return '';
  return hideSecrets(stack)
    .split('\n')
    .map((line) => `    ${displayText(line)}\n`)
    .join('');
}

function parseName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > 128) throw new InvalidArgumentError('A name has 1 to 128 characters.');
  return name;
}

const TIME_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  '': 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

/** `250ms`, `5s`, `1min`; a bare number is seconds. */
export function parseTime(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text.trim()) ?? [];
  const factor = Object.hasOwn(TIME_UNITS, unit) ? TIME_UNITS[unit] : undefined;
  const ms = Math.round(Number(number) * (factor ?? Number.NaN));
  if (number === '' || !(ms >= MIN_INTERVAL_MS && ms <= MAX_INTERVAL_MS)) {
    throw new InvalidArgumentError('Use a time from 100ms to 1h, such as 500ms, 5s or 1min.');
  }
  return ms;
}

function parseTags(text: string): string[] {
  const tags = [...new Set(text.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '');
  if (tags.length > 32 || tags.some((tag) => tag.length > 64)) {
    throw new InvalidArgumentError('At most 32 tags of at most 64 characters.');
  }
  return tags;
}

function parseOnly(text: string): CollectorName[] {
  return text.split(',').map((part) => {
    const name = COLLECTOR_NAMES.find((known) => known === part.trim());
    if (!name) {
      throw new InvalidArgumentError(
        `There is no "${part.trim()}"; there are ${COLLECTOR_NAMES.join(', ')}.`,
      );
    }
    return name;
  });
}
