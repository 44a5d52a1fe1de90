import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * The build as it stands in `out/`: the command line must run where Electron does not exist, and the preload must
 * be one file that a sandboxed page can load. `npm test` builds first; without a build there is nothing to test.
 */

const OUT = resolve('out');
const built = existsSync(join(OUT, 'main', 'cli.js')) && existsSync(join(OUT, 'preload', 'index.cjs'));

describe.skipIf(!built)('the built command line on plain Node', () => {
  let folder: string;

  beforeAll(() => {
    // A copy beside the production dependencies alone: nothing above it leads to the project's node_modules.
    folder = mkdtempSync(join(tmpdir(), 'wirewatch-plain-'));
    cpSync(OUT, join(folder, 'out'), { recursive: true });
    cpSync('package.json', join(folder, 'package.json'));
    cpSync('resources', join(folder, 'resources'), { recursive: true });
    for (const name of productionPackages()) {
      cpSync(join('node_modules', name), join(folder, 'node_modules', name), { recursive: true });
    }
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('serves without Electron anywhere near, and stops with 0', async () => {
    expect(existsSync(join(folder, 'node_modules', 'electron'))).toBe(false);
    const child = spawn(
      process.execPath,
      [
        'out/main/cli.js',
        'serve',
        '--port',
        '0',
        '--store',
        'memory',
        '--data-dir',
        join(folder, 'data'),
        '--json',
      ],
      { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = new Promise((done) => child.once('close', done));
    const line = await new Promise<string>((found, failed) => {
      createInterface({ input: child.stdout }).once('line', found);
      child.once('close', (code) => failed(new Error(`It ended with ${code}.`)));
    });
    const ready = JSON.parse(line) as { event: string; port: number };
    expect(ready.event).toBe('ready');
    const health = await fetch(`http://127.0.0.1:${ready.port}/healthz`);
    expect(health.status).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('starts on a Node without SQLite, as agents may have', () => {
    for (const args of [['--version'], ['agent', '--help'], ['token', '--help']]) {
      const { status, stderr } = spawnSync(process.execPath, [
        '--no-experimental-sqlite',
        join(OUT, 'main', 'cli.js'),
        ...args,
      ]);
      expect(stderr.toString()).toBe('');
      expect(status).toBe(0);
    }
  });

  it('reaches no file that asks for Electron', () => {
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const name of importsOf(file)) if (name.startsWith('.')) visit(resolve(file, '..', name));
    };
    visit(join(OUT, 'main', 'cli.js'));
    expect(reached.size).toBeGreaterThan(0);
    for (const file of reached) expect(importsOf(file)).not.toContain('electron');
  });
});

describe.skipIf(!built)('the built preload', () => {
  it('is one file that needs nothing but electron', () => {
    const folder = join(OUT, 'preload');
    const parts = readdirSync(folder).filter((name) => !name.endsWith('.map') && name !== 'licenses.json');
    expect(parts).toEqual(['index.cjs']);
    const text = readFileSync(join(folder, 'index.cjs'), 'utf8');
    const required = [...text.matchAll(/require\(\s*["']([^"']+)["']\s*\)/g)].map((match) => match[1]);
    expect([...new Set(required)]).toEqual(['electron']);
    expect(text).not.toMatch(/^\s*(?:import|export)\s/m);
    expect(text).not.toMatch(/\bimport\(/);
  });
});

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const names = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"'\n]+)["']/g)].map(
    (match) => match[1],
  );
  return names.filter((name) => name !== undefined && !builtinModules.includes(name)) as string[];
}

/** The dependencies of package.json and theirs, as the lock file lays them out. */
function productionPackages(): string[] {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean; optional?: boolean }>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { dev, devOptional }]) => path.startsWith('node_modules/') && !dev && !devOptional)
    .map(([path]) => path.slice('node_modules/'.length))
    .filter((name) => !name.includes('/node_modules/') && existsSync(join('node_modules', name)));
}
