import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLine, PEERS_CACHE, runAlone } from './debian';

/** Programs from a registry, in a folder that is kept between runs. */
export interface Installed {
  /** Why they are missing; null if they are installed. */
  missing: string | null;
  folder: string;
}

/**
 * Installs packages from PyPI into a virtual environment.
 * @param packages with their versions, `websockets==15.0`
 */
export function installPyPi(packages: readonly string[]): Promise<Installed> {
  return installOnce('pypi', packages, async (folder) => {
    const made = await runAlone(['python3', '-m', 'venv', folder]);
    if (!made.ok) return `python3 could not make a virtual environment: ${lastLine(made.output)}`;
    const pip = [
      join(folder, 'bin', 'pip'),
      'install',
      '--quiet',
      '--disable-pip-version-check',
      ...packages,
    ];
    const { ok, output } = await runAlone(pip);
    return ok ? null : `pip could not install ${packages.join(' ')}: ${lastLine(output)}`;
  });
}

/** Installs packages from npm, such as `wscat@6.1.0`, into a folder. */
export function installNpm(packages: readonly string[]): Promise<Installed> {
  return installOnce('npm', packages, async (folder) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const npm = [
      'npm',
      'install',
      '--prefix',
      folder,
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      ...packages,
    ];
    const { ok, output } = await runAlone(npm);
    return ok ? null : `npm could not install ${packages.join(' ')}: ${lastLine(output)}`;
  });
}

async function installOnce(
  registry: string,
  packages: readonly string[],
  install: (folder: string) => Promise<string | null>,
): Promise<Installed> {
  const digest = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 12);
  const folder = join(PEERS_CACHE, registry, digest);
  const done = join(folder, '.installed');
  if (existsSync(done)) return { missing: null, folder };
  rmSync(folder, { recursive: true, force: true });
  const missing = await install(folder);
  if (missing === null) writeFileSync(done, '');
  return { missing, folder };
}
