import { join } from 'node:path';
import { installPaths } from '../install-paths';

/** The built preload script: one CommonJS file, as the sandbox requires. */
export function preloadFile(): string {
  return join(installPaths().root, 'out', 'preload', 'index.cjs');
}

/** An image that ships with the app, e.g. `icon.png`. */
export function resourceFile(name: string): string {
  return join(installPaths().root, 'resources', name);
}
