import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { resolve } from 'node:path';

export const CLI = resolve(import.meta.dirname, '../../out/main/cli.js');

export interface CliProcess {
  child: ChildProcessWithoutNullStreams;
  /** All output so far, on standard output and on standard error. */
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves with the first JSON line with this event; rejects if the process ends without it. */
  event(name: string): Promise<Record<string, unknown>>;
  /** Exit code and signal. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  kill(signal?: NodeJS.Signals): void;
}

export interface CliOptions {
  /** The Node to run it with; by default the current one. */
  node?: string;
  env?: NodeJS.ProcessEnv;
  /** The text for its standard input. */
  input?: string;
}

/** Starts the built command line as a real process. */
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

/** Runs the command line until it ends. */
export async function runCli(args: string[], options?: CliOptions) {
  const process = startCli(args, options);
  const { code } = await process.ended;
  return { code, stdout: process.stdout, stderr: process.stderr };
}
