import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Everything that is told to somebody who looks for a file. */

const PAGES = [
  'CONTRIBUTING.md',
  'README.md',
  ...['docs', 'docs/decisions'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

/** Of the repository alone: what a build or a test leaves behind does not count. */
const FILES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(file));

const PATHS = new Set(FILES.flatMap((file) => [file, ...foldersOf(file)]));
const ROOTS = new Set(FILES.filter((file) => file.includes('/')).map((file) => file.split('/')[0]));
const SOURCE = /\.(?:ts|mjs|js|svelte|css|json|md|html)$/;

function foldersOf(file: string): string[] {
  const folder = dirname(file);
  return folder === '.' ? [] : [folder, ...foldersOf(folder)];
}

/** `src/main/log.ts`, or `src/main/log` as an import has it; `hub/tls/hub-tls.ts`, for short, where some file ends like that. */
function isThere(path: string): boolean {
  const plain = path.replace(/\/$/, '');
  if (PATHS.has(plain) || PATHS.has(`${plain}.ts`)) return true;
  return [...PATHS].some((known) => known.endsWith(`/${plain}`));
}

/** What stands in backquotes and looks like a path of this repository, whole or shortened. */
function pathsIn(text: string): string[] {
  const prose = text.replace(/^ *```[\s\S]*?^ *```$/gm, '');
  const quoted = Array.from(prose.matchAll(/`([\w.@-]+(?:\/[\w.@-]+)+\/?)`/g), ([, path]) => path ?? '');
  return quoted.filter((path) => ROOTS.has(path.split('/')[0]) || SOURCE.test(path));
}

function linksIn(text: string): string[] {
  return Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, target]) => target ?? '').filter(
    (target) => !/^(?:https?:|mailto:|#)/.test(target),
  );
}

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(page, 'utf8');

  it('names files and folders that exist', () => {
    expect(pathsIn(text).filter((path) => !isThere(path))).toEqual([]);
  });

  it('links to what exists', () => {
    const missing = linksIn(text).filter((target) => {
      const [path = ''] = target.split('#');
      return !existsSync(resolve(dirname(page), path));
    });
    expect(missing).toEqual([]);
  });
});

describe('the index of decisions', () => {
  const index = readFileSync('docs/decisions/README.md', 'utf8');

  it.each(readdirSync('docs/decisions').filter((name) => name !== 'README.md'))('has %s', (name) => {
    expect(linksIn(index)).toContain(name);
  });
});

it('paths are found where they stand', () => {
  const text =
    'See `src/main/log.ts`, `hub/tls/hub-tls.ts`, `ws://x/y`, `text/html` and `N/A`.\n```\n`src/gone.ts`\n```\n';
  expect(pathsIn(text)).toEqual(['src/main/log.ts', 'hub/tls/hub-tls.ts']);
  expect(isThere('src/main/log')).toBe(true);
  expect(isThere('src/gone.ts')).toBe(false);
  expect(isThere(join('hub', 'tls', 'hub-tls.ts'))).toBe(true);
});
