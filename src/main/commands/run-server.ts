import { systemClock } from '@shared/clock';
import { endAll, type Disposable } from '@shared/disposable';
import type { Result } from '@shared/errors';
import { createLogger } from '../log';
import { settleMemory } from '../settle-memory';
import { startWirewatch, type RuntimeOptions, type Wirewatch } from '../runtime';
import { createReport } from './report';
import { boundYoungGeneration } from '../young-generation';
import { certificateFiles, type ServerOptions } from './server-options';
import { listenForStop } from './stop-signal';

/** Exit code for errors the user has to fix: a flag, a port, a folder. */
export const EXIT_USAGE = 2;

export interface ServerPlan {
  options: ServerOptions;
  /** Follows the version in the text block, such as `is watching.` */
  title: string;
  runtime: Pick<RuntimeOptions, 'dataDir' | 'store' | 'localAgent' | 'demo' | 'advertise'>;
  /** Starts additional work right after `ready` was reported. */
  then?: (wirewatch: Wirewatch) => Promise<Result<Disposable>>;
}

/** Runs a hub until it receives the request to stop; settles with the exit code. */
export async function runServer({ options, title, runtime, then }: ServerPlan): Promise<number> {
  const { json = false, logLevel } = options;
  const files = certificateFiles(options);
  if (!files.ok) {
    process.stderr.write(`wirewatch: ${files.error.message}\n`);
    return EXIT_USAGE;
  }
  const log = createLogger({ level: logLevel, format: json ? 'json' : 'lines' });
  const stop = listenForStop(log);
  const stopBounding = boundYoungGeneration();
  const stopSettling = settleMemory({ clock: systemClock });
  const started = await startWirewatch({
    log,
    host: options.host,
    port: options.port,
    admit: options.admit,
    tls: options.tls,
    tlsFiles: files.value,
    shareUi: options.shareUi,
    uiToken: options.uiToken,
    uiViewerToken: options.uiViewerToken,
    limits: options.limit,
    allowHosts: options.allowHost,
    allowOrigins: options.allowOrigin,
    trustProxies: options.trustProxy,
    ...runtime,
  });
  if (!started.ok) {
    stopBounding();
    stopSettling();
    process.stderr.write(`wirewatch: ${started.error.message}\n`);
    return EXIT_USAGE;
  }
  const wirewatch = started.value;
  const report = createReport(wirewatch, json, title);
  report.ready();
  const extra = await then?.(wirewatch);
  if (extra?.ok === false) {
    process.stderr.write(`wirewatch: ${extra.error.message}\n`);
    stop.stop(1);
  }
  const exitCode = await stop.requested;
  await endAll([
    () => report.dispose(),
    stopBounding,
    stopSettling,
    () => extra?.ok && extra.value.dispose(),
    () => wirewatch.dispose(),
  ]);
  return exitCode;
}
