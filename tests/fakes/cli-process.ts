import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { resolve } from 'node:path';

export const CLI = resolve(import.meta.dirname, '../../out/main/cli.js');

export interface CliProcess {
  child: ChildProcessWithoutNullStreams;
  /** All of standard output and standard error so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** The first line of JSON with this event; rejects when the process ends without it. */
  event(name: string): Promise<Record<string, unknown>>;
  /** Exit code and signal. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  kill(signal?: NodeJS.Signals): void;
}

export interface CliOptions {
  /** The Node to run it with; this one by default. */
  node?: string;
  env?: NodeJS.ProcessEnv;
  /** What it reads from standard input. */
  input?: string;
}

/** The built command line as a real process. */
export function startCli(
  args: string[],
  { node = process.execPath, env = {}, input }: CliOptions = {},
): CliProcess {
  const child = spawn(node, [CLI, ...args], { env: { ...process.env, ...env } });
  child.stdin.on('error', () => {}).end(input);
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  const wake = (): void => {
    for (const listener of [...listeners]) listener();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    wake();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  let isOver = false;
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolveEnd) => {
    child.on('close', (code, signal) => {
      isOver = true;
      resolveEnd({ code, signal });
      wake();
    });
  });

  function find(name: string): Record<string, unknown> | undefined {
    const lines = stdout.split('\n').slice(0, -1);
    return lines
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find((line) => line['event'] === name);
  }

  return {
    child,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    event: (name) =>
      new Promise((resolveEvent, reject) => {
        const look = (): void => {
          const found = find(name);
          if (!found && !isOver) return;
          listeners.delete(look);
          if (found) resolveEvent(found);
          else reject(new Error(`The process ended without "${name}": ${stderr}`));
        };
        listeners.add(look);
        look();
      }),
    ended,
    kill: (signal = 'SIGKILL') => void child.kill(signal),
  };
}

/** Runs it to its end. */
export async function runCli(args: string[], options?: CliOptions) {
  const process = startCli(args, options);
  const { code } = await process.ended;
  return { code, stdout: process.stdout, stderr: process.stderr };
}
