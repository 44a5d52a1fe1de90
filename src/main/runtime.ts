import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { endAll } from '@shared/disposable';
import { fail, succeed, type Fault, type Result } from '@shared/errors';
import type { Logger } from '@shared/logger';
import { findDataDir } from './data-dir';
import { applyRestore } from './hub/backup/apply-restore';
import { sweepBackups } from './hub/backup/make-backup';
import { noteDataVersion, refuseNewerData } from './hub/backup/newer-data';
import { createHub } from './hub/hub';
import type { Hub, HubOptions } from './hub/hub-contract';
import { installPaths, type InstallPaths } from './install-paths';
import { lockFolder } from './hub/store/database';
import { setupLocalAgent } from './local-agent';
import { keepHistory } from './open-history';
import { localHost, type UiLinks } from './web/ui-links';
import { setupWeb } from './web/web';

/** The options shared by all ways of starting Wirewatch: `serve`, `demo` and the desktop app. */
export interface RuntimeOptions extends Pick<
  HubOptions,
  | 'port'
  | 'admit'
  | 'tls'
  | 'tlsFiles'
  | 'advertise'
  | 'shareUi'
  | 'limits'
  | 'allowHosts'
  | 'allowOrigins'
  | 'trustProxies'
  | 'demo'
> {
  log: Logger;
  /** Where settings, devices and the built-in agent's data are stored; created when missing. Null stores nothing. */
  dataDir: string | null;
  /** The address to listen on; all of them by default. */
  host?: string | undefined;
  uiToken?: string | undefined;
  uiViewerToken?: string | undefined;
  /** False starts without watching this computer, whatever the settings; the user can turn it on. */
  localAgent?: boolean | undefined;
  /** Where samples are stored; `sqlite` needs a data folder. */
  store?: 'memory' | 'sqlite' | undefined;
  /** `electron 45.4.1`; plain Node by default. */
  runtime?: string | undefined;
  paths?: InstallPaths | undefined;
}

/** A running Wirewatch. */
export interface Wirewatch {
  readonly hub: Hub;
  readonly port: number;
  /** The UI's URL on this machine, without a trailing slash: `http://127.0.0.1:7411`. */
  readonly url: string;
  readonly links: UiLinks;
  /** Closes all connections to agents and browsers, waits for their answers (bounded), and leaves nothing running. */
  dispose(): Promise<void>;
}

/**
 * Starts the hub, the web server and the built-in agent. Prints nothing. A data folder that is not writable is still
 * read, and reported. Fails with `DATA_DIR_UNWRITABLE` if there is no folder, with `FOLDER_OF_OTHERS`, with `DATA_NEWER`
 * if a newer version wrote to it, or with the errors of `Hub.start`; then nothing is left running.
 */
export async function startWirewatch(options: RuntimeOptions): Promise<Result<Wirewatch>> {
  const { log, host = '0.0.0.0', paths = installPaths() } = options;
  let dataDir: string | null = null;
  let readOnly: Fault | null = null;
  if (options.dataDir !== null) {
    const found = findDataDir(options.dataDir);
    if (!found.ok) return found;
    dataDir = found.value.path;
    readOnly = found.value.readOnly;
    for (const warning of found.value.warnings) log.warn(warning, { code: 'FOLDER_OPEN_TO_OTHERS' });
  }
  if (dataDir !== null) {
    const prepared = prepareData(dataDir, readOnly !== null, paths.version, log);
    if (!prepared.ok) return prepared;
  }
  if (readOnly) {
    readOnly = { ...readOnly, message: `${readOnly.message} Nothing is saved.` };
    log.error(readOnly.message, { code: readOnly.code });
  }

  const store =
    dataDir !== null && options.store !== 'memory'
      ? await keepHistory(dataDir, paths.storeWorker, log)
      : null;
  const hub = createHub({
    store,
    // A store reports its own problems, and when they end.
    storeProblem: store ? null : readOnly,
    dataDir,
    host,
    port: options.port,
    admit: options.admit,
    tls: options.tls,
    tlsFiles: options.tlsFiles,
    advertise: options.advertise,
    shareUi: options.shareUi,
    localAgent: options.localAgent,
    limits: options.limits,
    allowHosts: options.allowHosts,
    allowOrigins: options.allowOrigins,
    trustProxies: options.trustProxies,
    version: paths.version,
    runtime: options.runtime ?? `node ${process.versions.node}`,
    demo: options.demo,
    log,
  });
  const web = setupWeb(hub, {
    host,
    uiToken: options.uiToken,
    uiViewerToken: options.uiViewerToken,
    dataDir,
    rendererDir: paths.renderer,
    agentFile: paths.agentFile,
  });
  const started = await hub.start();
  if (!started.ok) {
    await web.dispose();
    await hub.dispose();
    return started;
  }
  web.links.publish();

  const agentDir =
    dataDir === null || (readOnly && !existsSync(join(dataDir, 'agent'))) ? null : join(dataDir, 'agent');
  const localAgent = setupLocalAgent(hub, { host: localHost(host), dataDir: agentDir, log });

  let disposing: Promise<void> | null = null;
  const dispose = (): Promise<void> =>
    endAll([() => localAgent.dispose(), () => web.dispose(), () => hub.dispose()]);

  return succeed({
    hub,
    links: web.links,
    get port() {
      return hub.port;
    },
    get url() {
      return web.links.localUrl();
    },
    dispose: () => (disposing ??= dispose()),
  });
}

function unfinished(dataDir: string, { code, message }: Fault): Result<never> {
  if (code !== 'STORE_IN_USE') return fail(code, `${message} It is tried again at the next start.`);
  return fail(
    'RESTORE_RUNNING',
    `A backup is being restored into ${dataDir}, or waits for the hub that runs there. Start again when that has ended.`,
  );
}

/**
 * What happens to the data before anything of it is opened. Fails with `DATA_NEWER`, and then nothing was changed, with
 * `RESTORE_RUNNING` and with `RESTORE_FAILED`.
 */
function prepareData(dataDir: string, isReadOnly: boolean, version: string, log: Logger): Result<null> {
  if (!isReadOnly) {
    const restored = applyRestore(dataDir);
    // Data that is partly restored, or about to be, must be neither read nor written.
    if (!restored.ok) return unfinished(dataDir, restored.error);
    if (restored.value !== null) {
      log.warn(`A backup was restored. The former data is in ${join(dataDir, restored.value)}.`);
    }
  }
  const known = refuseNewerData(dataDir);
  if (!known.ok || isReadOnly) return known;
  // Those of a hub that runs on the folder are still needed.
  const lock = lockFolder(join(dataDir, 'history'));
  if (lock.ok) {
    sweepBackups(dataDir);
    lock.value.close();
  }
  const noted = noteDataVersion(dataDir, version);
  if (!noted.ok) log.warn(noted.error.message, { code: noted.error.code });
  return known;
}
