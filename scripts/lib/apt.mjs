import { existsSync } from 'node:fs';
import { capture } from './processes.mjs';

const LIMIT_MS = 150_000;

/**
 * Installs Debian packages if this process may: as root, or with a sudo that asks for no password. Calls `say` before
 * it begins. Resolves when apt has finished, successfully or not; does nothing on a system without apt.
 */
export async function installWithApt(packages, say = () => {}) {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) return;
  say(`asking apt for ${packages.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const asRoot = process.getuid() === 0 ? [] : ['sudo', '-n'];
  for (const words of [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]) {
    const [command, ...args] = [...asRoot, ...words];
    await capture(command, args, { env, limitMs: LIMIT_MS });
  }
}
