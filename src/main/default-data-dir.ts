import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Returns the folder in which this system keeps a program's data for one user. */
export function defaultDataDir(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
): string {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Wirewatch');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Wirewatch');
  const xdg = env['XDG_DATA_HOME'];
  // A relative path in this variable is invalid (XDG Base Directory Specification).
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.local', 'share');
  return join(base, 'wirewatch');
}
