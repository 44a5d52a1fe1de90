import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { once } from 'node:events';

/** Returns the project's folder: the closest one above this file that has a package.json. */
export function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

export const RECORDING = join(projectRoot(), 'resources', 'demo', 'host-20min.ndjson.gz');
const BENCH = join(projectRoot(), 'out', 'bench');
const CLI = join(projectRoot(), 'out', 'main', 'cli.js');

export interface Server {
  port: number;
  url: string;
  process: ChildProcess;
  stop(): Promise<void>;
}

/** Starts a program that prints `{"event":"ready","port"}` first, and waits for that. */
async function startServer(
  args: string[],
  ipc: boolean,
  cleanUp: () => void,
  errors: 'inherit' | 'pipe' = 'inherit',
): Promise<Server> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', errors, ...(ipc ? (['ipc'] as const) : [])],
  });
  if (!child.stdout) throw new Error('the server has no output');
  const lines = createInterface({ input: child.stdout });
  const ready = await new Promise<{ port: number; url?: string }>((resolve, reject) => {
    lines.once('line', (line) => resolve(JSON.parse(line) as { port: number; url?: string }));
    child.once('exit', (code) => reject(new Error(`the server ended with code ${code}`)));
  });
  child.stdout.resume();
  return {
    port: ready.port,
    url: ready.url ?? '',
    process: child,
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      cleanUp();
    },
  };
}

export function startBareServer(): Promise<Server> {
  return startServer([join(BENCH, 'bare-server.js')], false, () => {});
}

/** Starts the built hub as users run it, but with higher limits, because the defaults would block such loads. */
export function startHub(
  limits: Record<string, number>,
  probe: boolean,
  store: 'memory' | 'sqlite' = 'memory',
  [errors, logLevel]: [errors: 'inherit' | 'pipe', logLevel: string] = ['inherit', 'error'],
  more: readonly string[] = [],
): Promise<Server> {
  const dataDir = mkdtempSync(join(tmpdir(), 'wirewatch-bench-'));
  const args = probe ? ['--import', join(BENCH, 'probe.js')] : [];
  args.push(CLI, 'serve', '--json', '--port', '0', '--host', '127.0.0.1', '--data-dir', dataDir);
  args.push('--store', store, '--admit', 'open', '--no-local-agent', '--log-level', logLevel);
  for (const [name, value] of Object.entries(limits)) args.push('--limit', `${name}=${value}`);
  args.push(...more);
  return startServer(args, probe, () => rmSync(dataDir, { recursive: true, force: true }), errors);
}

/** Starts the demo as users run it, with this many made-up devices. */
export function startDemo(devices: number): Promise<Server> {
  const args = [CLI, 'demo', '--devices', String(devices), '--port', '0', '--json', '--log-level', 'error'];
  return startServer(args, false, () => {});
}

/**
 * Runs a bench program until it prints its result, one JSON object in a line, and then ends it, because a busy Node may
 * wait for itself without end on exit (nodejs/node#54918).
 */
export async function runProgram(name: string, args: string[]): Promise<Record<string, unknown>> {
  const child = spawn(process.execPath, [join(BENCH, `${name}.js`), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const result = await new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => line.startsWith('{') && resolve(line));
    child.once('close', (code) => reject(new Error(`${name} ended with code ${code}`)));
  });
  child.kill('SIGKILL');
  return JSON.parse(result) as Record<string, unknown>;
}
