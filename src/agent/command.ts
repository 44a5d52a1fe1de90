import { Command, InvalidArgumentError } from 'commander';
import { displayText } from '@shared/display-text';
import { hideSecrets } from '@shared/hide-secrets';
import type { Fault } from '@shared/errors';
import { parseJoinLink } from '@shared/join-link';
import type { Logger } from '@shared/logger';
import { MAX_INTERVAL_MS, MIN_INTERVAL_MS } from '@shared/protocol/limits';
import { createAgent, type AgentState } from './agent';
import { COLLECTOR_NAMES, type CollectorName } from './collectors/collector';
import { checkDataFolder } from './data-folder';
import { findHub, forgetHub, type HubChoice } from './find-hub';
import { defaultDataDir } from './identity';
import { parseSpoolAge, parseSpoolBytes } from './spool-options';
import type { SpoolLimits } from './spool/spool-queue';
import { stateLine } from './state-lines';

/** The options of `wirewatch agent`. */
export interface AgentCommandOptions extends HubChoice {
  /** Forget this hub instead of connecting. */
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

/**
 * `wirewatch agent [url]`: sets the process's exit code when it ends; 2 for wrong usage, as everywhere in the CLI.
 */
export function createAgentCommand(): Command {
  return new Command('agent')
    .description('watch this machine and report to a hub')
    .argument('[url]', 'address of the hub, e.g. 192.168.1.20 (default: the hub on this network)')
    .option(
      '--fingerprint <sha256>',
      'the fingerprint the hub’s certificate must have, as shown in the hub’s Settings',
    )
    .option('--ca <file>', 'trust only hubs whose certificate this authority (PEM) has signed')
    .option('--forget-hub <host>', 'forget the certificate of a hub that was reinstalled, then exit')
    .option('--name <name>', "this machine's name in the app (default: its host name)", parseName)
    .option(
      '--interval <time>',
      'never sample more often than this, e.g. 500ms, 5s, 1min (the hub may ask for less)',
      parseTime,
    )
    .option('--tags <list>', 'tags to find it by, separated by commas', parseTags)
    .option(
      '--token <token>',
      'a join token, so that nobody has to approve this device (or set WIREWATCH_TOKEN)',
    )
    .option(
      '--only <list>',
      `run only these collectors, separated by commas: ${COLLECTOR_NAMES.join(', ')}`,
      parseOnly,
    )
    .option(
      '--data-dir <folder>',
      `where to keep the agent's identity and unsent rows (default: ${defaultDataDir()})`,
    )
    .option(
      '--spool-bytes <size>',
      'keep at most this much unsent data on disk (default: 256MiB)',
      parseSpoolBytes,
    )
    .option('--spool-age <time>', 'keep unsent data for at most this long (default: 7d)', parseSpoolAge)
    .option('--no-spool', 'keep unsent rows in memory only')
    .option('--json', 'write state changes to stdout as JSON lines')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    })
    .action(async (url: string | undefined, options: Omit<AgentCommandOptions, 'url'>) => {
      process.exitCode = await runAgentCommand({ ...options, url });
    });
}

/** Runs the agent until SIGINT or SIGTERM. Returns the exit code: 0, or 2 if the agent could not start. */
export async function runAgentCommand(options: AgentCommandOptions): Promise<number> {
  const print = options.json ? jsonPrinter() : linePrinter();
  const dataDir = options.dataDir ?? defaultDataDir();
  const checked = checkDataFolder(dataDir, print.log);
  if (!checked.ok) return complain(checked.error);
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

/** Stdout carries only states, so that a program can read it; everything else goes to stderr. */
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

/** The stack of a fault, indented, so that no part of its message looks like a log line of its own. */
function stackLines({ stack }: Record<string, unknown> = {}): string {
  if (typeof stack !== 'string') return '';
  return hideSecrets(stack)
    .split('\n')
    .map((line) => `    ${displayText(line)}\n`)
    .join('');
}

function parseName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > 128)
    throw new InvalidArgumentError('A name must have 1 to 128 characters.');
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
    throw new InvalidArgumentError('Use at most 32 tags of at most 64 characters each.');
  }
  return tags;
}

function parseOnly(text: string): CollectorName[] {
  return text.split(',').map((part) => {
    const name = COLLECTOR_NAMES.find((known) => known === part.trim());
    if (!name) {
      throw new InvalidArgumentError(
        `There is no collector "${part.trim()}". The collectors are ${COLLECTOR_NAMES.join(', ')}.`,
      );
    }
    return name;
  });
}
