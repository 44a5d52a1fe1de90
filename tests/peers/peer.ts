import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe } from 'vitest';

const STOPPED_WITHIN_MS = 10_000;

/**
 * Describes tests with a third-party program. If it is missing, they are skipped with the reason.
 * @param missing why the program cannot be used; null if it can
 */
export function describePeer(name: string, missing: string | null, tests: () => void): void {
  if (missing !== null) console.log(`skipped: ${name}: ${missing}`);
  describe.skipIf(missing !== null)(missing === null ? name : `${name} (skipped: ${missing})`, tests);
}

/** A third-party program that runs until it ends or is stopped. */
export interface Peer {
  /** All of its standard output and standard error so far. */
  readonly output: string;
  /** Its exit code; null if a signal ended it. */
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
}

export interface PeerOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** The text for its standard input; by default, the input stays open and empty. */
  input?: string;
}

export function startPeer(command: string, args: string[], options: PeerOptions = {}): Peer {
  const { env = {}, cwd, input } = options;
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
  child.stdin.on('error', () => {});
  if (input !== undefined) child.stdin.end(input);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const ended = new Promise<number | null>((resolve) => {
    child.on('error', (error) => (output += String(error)));
    child.on('close', resolve);
  });
  return {
    get output() {
      return output;
    },
    ended,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Returns a port of loopback that was free a moment ago, for programs that cannot report which one they use. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
