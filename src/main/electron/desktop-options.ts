import { join, resolve } from 'node:path';
import { app } from 'electron';

/** The command-line options of the desktop app, in the form `--port=7500 --data-dir=/srv/wirewatch`. */
export interface DesktopOptions {
  /** Overrides the port in Settings while this app runs; ignored if absent or invalid. */
  port: number | undefined;
  /** Where the hub stores its data; by default a separate folder inside the app's. */
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
