import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { endAll } from '@shared/disposable';
import { succeed, type Fault, type Result } from '@shared/errors';
import type { Logger } from '@shared/logger';
import type { Settings } from '@shared/model';
import type { Limits } from '@shared/protocol/limits';
import { findDataDir } from './data-dir';
import { createHub } from './hub/hub';
import type { Hub } from './hub/hub-contract';
import type { CertificateFiles } from './hub/tls/brought-certificate';
import { installPaths, type InstallPaths } from './install-paths';
import { setupLocalAgent } from './local-agent';
import { openHistory } from './open-history';
import { localHost, type UiLinks } from './web/ui-links';
import { setupWeb } from './web/web';

/** What every way of starting Wirewatch decides: `serve`, `demo` and the desktop app. */
export interface RuntimeOptions {
  log: Logger;
  /** Where settings, devices and the built-in agent are kept; null keeps nothing. Made when missing. */
  dataDir: string | null;
  /** The address to listen on; all of them by default. */
  host?: string | undefined;
  /** Overrides the setting; 0 lets the system choose. */
  port?: number | undefined;
  admit?: Settings['admit'] | undefined;
  tls?: Settings['tls'] | undefined;
  /** The user's own certificate and key, PEM files. */
  tlsFiles?: CertificateFiles | undefined;
  advertise?: boolean | undefined;
  shareUi?: boolean | undefined;
  uiToken?: string | undefined;
  uiViewerToken?: string | undefined;
  limits?: Partial<Limits> | undefined;
  allowHosts?: string[] | undefined;
  allowOrigins?: string[] | undefined;
  /** False starts with this computer unwatched whatever the settings say; the user may switch it on. */
  localAgent?: boolean | undefined;
  demo?: boolean | undefined;
  /** Where samples go; `sqlite` needs a data folder. */
  store?: 'memory' | 'sqlite' | undefined;
  /** `electron 45.4.1`; plain Node by default. */
  runtime?: string | undefined;
  paths?: InstallPaths | undefined;
}

/** A running Wirewatch. */
export interface Wirewatch {
  readonly hub: Hub;
  readonly port: number;
  /** Of the UI on this machine, without a trailing slash: `http://127.0.0.1:7411`. */
  readonly url: string;
  readonly links: UiLinks;
  /** Says goodbye to agents and browsers, waits for their answers (bounded), and leaves nothing running. */
  dispose(): Promise<void>;
}

/**
 * Starts the hub, the web server and the built-in agent. Prints nothing. A data folder that cannot be
 * written is read all the same, and said to be so. Fails with `DATA_DIR_UNWRITABLE` where there is none, or with
 * what `Hub.start` fails with; nothing is left running then.
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
  }
  if (readOnly) {
    readOnly = {
      ...readOnly,
      message: `${readOnly.message} Nothing is saved: samples are kept in memory only.`,
    };
    log.error(readOnly.message, { code: readOnly.code });
  }

  const history =
    dataDir !== null && readOnly === null && options.store !== 'memory'
      ? await openHistory(dataDir, paths.storeWorker, log)
      : null;
  const hub = createHub({
    store: history?.store,
    storeProblem: readOnly ?? history?.problem,
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
