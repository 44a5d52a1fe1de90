import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder; every script works from there, wherever it was started. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export function inProject(...segments) {
  return join(root, ...segments);
}

/** SQLite and zstd, which the hub uses, are built into Node from here on. */
const LEAST_NODE = [22, 16];

/**
 * Returns the Node that runs the hub: the current one if it is new enough, else the one that `npm ci` installed. Null
 * if there is neither.
 */
export function findNode() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const installed = inProject('node_modules', 'node', 'bin', name);
  return existsSync(installed) ? installed : null;
}

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
}

/** Like {@link findNode}, but if there is none, prints one line and ends the process. */
export function requireNode() {
  const node = findNode();
  if (node) return node;
  console.error(
    `Wirewatch needs Node ${LEAST_NODE.join('.')} or newer: run "npm ci", which installs one, or update Node.`,
  );
  process.exit(2);
}
