import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fail, succeed, type Result } from '@shared/errors';

/** The first Node version with everything the hub needs built in (SQLite, zstd); the agent does not need it. */
const NEEDED = [22, 16] as const;
const MARK = 'WIREWATCH_STARTED_BY';

export function isNodeNewEnough(version: string = process.versions.node): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

/** Whether this process was started by {@link runUnderNewerNode}. */
export function wasRestarted(): boolean {
  return process.env[MARK] === 'wirewatch';
}

/**
 * Runs the same command line under the Node that is installed with Wirewatch, and settles with its exit code. Fails
 * with `NODE_TOO_OLD` when there is none.
 */
export async function runUnderNewerNode(root: string): Promise<Result<number>> {
  const binary = findNode(root);
  const needed = NEEDED.join('.');
  if (binary === null || wasRestarted()) {
    const message = `The hub needs Node.js ${needed} or newer; this is Node.js ${process.versions.node}. Install a newer one from https://nodejs.org, or run "npm ci" here.`;
    return fail('NODE_TOO_OLD', message);
  }
  const child = spawn(binary, [...process.execArgv, ...process.argv.slice(1)], {
    // The channel tells the child when this process ends, for whatever reason.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [MARK]: 'wirewatch' },
  });
  const forward = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, forward);
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(fail('NODE_TOO_OLD', `${binary} does not start: ${error.message}`)));
    child.on('exit', (code, signal) => {
      for (const each of signals) process.off(each, forward);
      resolve(succeed(code ?? (signal === null ? 1 : 128)));
    });
  });
}

function findNode(root: string): string | null {
  const names = process.platform === 'win32' ? ['node.exe'] : ['node'];
  for (const folder of [join(root, 'node_modules', 'node', 'bin'), join(root, 'node_modules', '.bin')]) {
    for (const name of names) {
      const path = join(folder, name);
      if (existsSync(path)) return path;
    }
  }
  return null;
}
