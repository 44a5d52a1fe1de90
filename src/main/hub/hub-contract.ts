import type { IncomingMessage } from 'node:http';
import type { Clock } from '@shared/clock';
import type { Unsubscribe } from '@shared/disposable';
import type { HubMessage } from '@shared/bridge/messages';
import type { CommandName, CommandResult, TopicMessages } from '@shared/hub-api';
import type { Logger } from '@shared/logger';
import type { HubInfo, Settings, TlsInfo } from '@shared/model';
import type { Limits } from '@shared/protocol/limits';
import type { Fault, Result } from '@shared/errors';
import type { Caller, OuterHandlers } from './api/command-handlers';
import type { UiConnection } from './api/ui-connection';
import type { ExportQuery, ImportOptions, ImportSummary } from './export/export-contract';
import type { RequestHandler, UpgradeHandler } from './port/outer-handlers';
import type { SampleStore } from './store-contract/store-contract';
import type { Timings } from './timings';
import type { CertificateFiles } from './tls/brought-certificate';

export type { Caller, CommandHandlers, OuterHandlers } from './api/command-handlers';
export type { UiConnection } from './api/ui-connection';

/** What the composition roots (Electron, command line, tests) give the hub and get from it. */

export interface HubOptions {
  /** Where settings and known devices are kept; null keeps nothing. */
  dataDir: string | null;
  /** The address to listen on, e.g. `0.0.0.0`. */
  host: string;
  /** Overrides the setting while this hub runs; 0 lets the system choose. */
  port?: number | undefined;
  admit?: Settings['admit'] | undefined;
  tls?: Settings['tls'] | undefined;
  /** The user's own certificate and key; without it the hub makes one. */
  tlsFiles?: CertificateFiles | undefined;
  /** Whether it makes itself known on the network; never when it listens to this machine only. */
  advertise?: boolean | undefined;
  shareUi?: boolean | undefined;
  localAgent?: boolean | undefined;
  limits?: Partial<Limits> | undefined;
  /** Names besides this machine's own that a `Host` header may carry. */
  allowHosts?: string[] | undefined;
  /** Origins of web pages that may connect as agents. */
  allowOrigins?: string[] | undefined;
  /** Where history goes, opened; the hub closes it. Null keeps samples in memory only. */
  store?: SampleStore | null | undefined;
  /** Why there is no store though there should be one. */
  storeProblem?: Fault | null | undefined;
  version: string;
  /** `node 24.1.0` or `electron 45.0.0`. */
  runtime: string;
  demo?: boolean | undefined;
  log?: Logger | undefined;
  clock?: Clock | undefined;
  timings?: Partial<Timings> | undefined;
}

export interface Hub {
  readonly bootId: string;
  /** An agent whose hello carries this is approved at once: the built-in one and the demo's. New at every start. */
  readonly internalToken: string;
  /** 0 until started. */
  readonly port: number;
  readonly limits: Limits;
  readonly log: Logger;
  info(): HubInfo;
  settings(): Settings;
  onSettings(listener: (settings: Settings) => void): Unsubscribe;
  /** The mode, the certificate or what is wrong with it changed. */
  onTls(listener: (tls: TlsInfo) => void): Unsubscribe;
  /** Overrides of parts of {@link HubInfo} that only an outer layer knows. */
  setInfo(patch: Partial<Pick<HubInfo, 'uiUrls' | 'localDevice'>>): void;
  /** Listens. Fails with `PORT_IN_USE`, `ADDRESS_NOT_AVAILABLE`, `PORT_NOT_ALLOWED` or `LISTEN_FAILED`. */
  start(): Promise<Result<{ port: number }>>;
  /**
   * Runs a command; rejects with a `FaultError`, `NOT_ALLOWED` among them. `params` is parsed here; `signal` cancels
   * what takes long.
   */
  execute<K extends CommandName>(
    name: K,
    params: unknown,
    caller: Caller,
    signal?: AbortSignal,
  ): Promise<CommandResult<K>>;
  /** Gives the commands of the layer that serves browsers their handlers; without it they are unknown. */
  handleOuterCommands(handlers: OuterHandlers): void;
  /** Binds one UI. `send` must not block; it is never called after `dispose`. */
  connectUi(send: (message: HubMessage) => void, caller: Caller): UiConnection;
  /** Everything that is not an agent's: plain HTTP requests that passed the Host check. */
  onRequest(handler: RequestHandler): void;
  /** Upgrades of `path` that passed the Host check; the handler owns the socket, `error` listener included. */
  onUpgrade(path: string, handler: UpgradeHandler): void;
  /** Samples as text, see `exportSamples` in `export/exporter.ts`. Works without `start()` too. */
  exportSamples(query: ExportQuery, signal?: AbortSignal): AsyncGenerator<string, void, undefined>;
  /** Stores an NDJSON export, see `importSamples` in `export/importer.ts`. Works without `start()` too. */
  importSamples(chunks: AsyncIterable<Uint8Array>, options?: ImportOptions): Promise<ImportSummary>;
  /** Lets the body of a request take as long as it takes; whoever calls it watches over the request from then on. */
  allowLongBody(request: IncomingMessage): void;
  /** Counts something that an outer layer turned away, by code. */
  countRefused(code: string): void;
  onDevices(listener: (message: TopicMessages['devices']) => void): Unsubscribe;
  /** Sends close frames, waits for the answers (bounded), stops everything. */
  dispose(): Promise<void>;
}
