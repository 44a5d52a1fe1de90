import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where the parts of this installation are, whether run from source, from `out/` or inside a packaged app. */
export interface InstallPaths {
  root: string;
  /** The built UI: `index.html` and `assets/`. */
  renderer: string;
  /** The worker thread that owns the database. */
  storeWorker: string;
  /** The agent as one file, for other machines to fetch. */
  agentFile: string;
  /** The recording that the demo replays. */
  recording: string;
  version: string;
}

let cached: InstallPaths | undefined;

/** Walks up from this module to the folder that contains `package.json`. Throws when there is none. */
export function installPaths(): InstallPaths {
  cached ??= find(import.meta.dirname);
  return cached;
}

function find(start: string): InstallPaths {
  let root = start;
  while (!existsSync(join(root, 'package.json'))) {
    const parent = dirname(root);
    if (parent === root) throw new Error(`No package.json above ${start}: the installation is incomplete.`);
    root = parent;
  }
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return {
    root,
    renderer: join(root, 'out', 'renderer'),
    storeWorker: join(root, 'out', 'main', 'store-worker.js'),
    agentFile: join(root, 'out', 'agent', 'wirewatch-agent.mjs'),
    recording: join(root, 'resources', 'demo', 'host-20min.ndjson.gz'),
    version: typeof version === 'string' ? version : '0.0.0',
  };
}
