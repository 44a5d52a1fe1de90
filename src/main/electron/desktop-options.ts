import { join, resolve } from 'node:path';
import { app } from 'electron';

/** What the command line of the desktop app may say, in the form `--port=7500 --data-dir=/srv/wirewatch`. */
export interface DesktopOptions {
  /** Overrides the port in Settings while this app runs; absent or nonsense leaves it as it is. */
  port: number | undefined;
  /** Where the hub keeps its data; a folder of its own inside the app's. */
  dataDir: string;
}

export function readDesktopOptions(): DesktopOptions {
  const text = app.commandLine.getSwitchValue('port');
  const port = /^\d{1,5}$/.test(text) ? Number(text) : undefined;
  const dataDir = app.commandLine.getSwitchValue('data-dir');
  return {
    port: port !== undefined && port <= 65_535 ? port : undefined,
    dataDir: dataDir === '' ? join(app.getPath('userData'), 'data') : resolve(dataDir),
  };
}
