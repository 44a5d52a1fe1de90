import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const INSTALL_LIMIT_MS = 240_000;

/** The folder in which programs that tests install are kept between runs. */
export const PEERS_CACHE =
  process.env['WIREWATCH_PEERS_CACHE'] ?? join(homedir(), '.cache', 'wirewatch-peers');

/**
 * Installs missing Debian packages if this process may.
 * @returns why they are missing, or null if they are installed
 */
export async function installDebian(packages: readonly string[]): Promise<string | null> {
  if (await areInstalled(packages)) return null;
  const names = packages.join(' ');
  if (!(await run('apt-get', ['--version'])).ok) return `needs Debian's ${names}, and there is no apt-get`;
  if (process.getuid?.() !== 0) {
    return `needs Debian's ${names}: sudo apt-get install --no-install-recommends ${names}`;
  }
  const install = ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages];
  if (!(await runAlone(install)).ok) {
    await runAlone(['apt-get', 'update', '-qq']);
    const { ok, output } = await runAlone(install);
    if (!ok) return `apt-get could not install ${names}: ${lastLine(output)}`;
  }
  return (await areInstalled(packages)) ? null : `apt-get did not install ${names}`;
}

async function areInstalled(packages: readonly string[]): Promise<boolean> {
  const { output } = await run('dpkg-query', ['-W', '-f', '${db:Status-Status}\n', ...packages]);
  return output.split('\n').filter((line) => line === 'installed').length === packages.length;
}

/** Runs an installer alone: test files run in parallel, but installers would block each other. */
export function runAlone(command: readonly string[]): Promise<Ran> {
  mkdirSync(PEERS_CACHE, { recursive: true });
  return run('flock', [join(PEERS_CACHE, 'lock'), ...command]);
}

interface Ran {
  ok: boolean;
  /** Standard output, followed by standard error. */
  output: string;
}

function run(command: string, args: readonly string[]): Promise<Ran> {
  // In runlevel 1, Debian's packages start no services; the tests start the programs themselves.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const limits = { timeout: INSTALL_LIMIT_MS, maxBuffer: 16 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(command, args, { env, encoding: 'utf8', ...limits }, (error, stdout, stderr) => {
      resolve({ ok: error === null, output: `${stdout}${stderr}` });
    });
  });
}

export function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? '';
}
