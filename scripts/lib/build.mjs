import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from './processes.mjs';
import { startProgress } from './progress.mjs';
import { inProject, requireNode, root } from './project.mjs';

const OUTPUTS = [
  'out/main/index.js',
  'out/main/cli.js',
  'out/preload/index.cjs',
  'out/renderer/index.html',
  'out/agent/wirewatch-agent.mjs',
];
const SOURCES = [
  'src',
  'package.json',
  'electron.vite.config.ts',
  'vite.agent.config.ts',
  'svelte.config.js',
  'tsconfig.base.json',
];
const STEPS = [
  ['node_modules/electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'warn'],
  ['node_modules/vite/bin/vite.js', 'build', '--config', 'vite.agent.config.ts', '--logLevel', 'warn'],
];

/** Whether a part of `out/` is missing or older than its sources. */
export function isBuildStale() {
  const built = OUTPUTS.map((file) => statSync(inProject(file), { throwIfNoEntry: false })?.mtimeMs);
  if (built.includes(undefined)) return true;
  return Math.max(...SOURCES.map((path) => newest(inProject(path)))) > Math.min(...built);
}

function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .reduce((latest, entry) => Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs), 0);
}

/** Builds `out/`. Resolves with `{ok, output}`. */
export async function build() {
  const node = requireNode();
  let output = '';
  for (const step of STEPS) {
    const result = await capture(node, step);
    output += result.output;
    if (result.code !== 0) return { ok: false, output };
  }
  return { ok: true, output };
}

/** Builds if needed, with a message; ends the process if the build fails. */
export async function ensureBuild() {
  if (!existsSync(join(root, 'node_modules', 'vite'))) {
    console.error('The dependencies are not installed: run "npm ci" first.');
    process.exit(2);
  }
  if (!isBuildStale()) return;
  const progress = startProgress('Building Wirewatch');
  const { ok, output } = await build();
  progress.end(ok ? 'done' : 'failed');
  if (ok) return;
  console.error(output);
  process.exit(1);
}
