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
import type { BackupWish } from './backup/backup-turn';
import type { PreparedBackup } from './backup/make-backup';
import type { ExportQuery, ImportOptions, ImportSummary } from './export/export-contract';
import type { RequestHandler, UpgradeHandler } from './port/outer-handlers';
import type { SampleStore } from './store-contract/store-contract';
import type { Timings } from './timings';
import type { CertificateFiles } from './tls/brought-certificate';

export type { Caller, CommandHandlers, OuterHandlers } from './api/command-handlers';
export type { UiConnection } from './api/ui-connection';

/** The interface between the hub and the composition roots (Electron, command line, tests). */

export interface HubOptions {
  /** Where settings and known devices are stored; null stores nothing. */
  dataDir: string | null;
  /** The address to listen on, e.g. `0.0.0.0`. */
  host: string;
  /** Overrides the setting while this hub runs; 0 lets the system choose. */
  port?: number | undefined;
  admit?: Settings['admit'] | undefined;
  tls?: Settings['tls'] | undefined;
  /** The user's own certificate and key; without them the hub creates its own. */
  tlsFiles?: CertificateFiles | undefined;
  /** Whether the hub announces itself on the network; never when it listens only to this machine. */
  advertise?: boolean | undefined;
  shareUi?: boolean | undefined;
  localAgent?: boolean | undefined;
  limits?: Partial<Limits> | undefined;
  /** Names besides this machine's own that a `Host` header may carry. */
  allowHosts?: string[] | undefined;
  /** Origins of web pages that may connect as agents. */
  allowOrigins?: string[] | undefined;
  /** Networks (CIDR) of the reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` count. */
  trustProxies?: string[] | undefined;
  /** The opened history store, which the hub closes. Null keeps samples in memory only. */
  store?: SampleStore | null | undefined;
  /** Why there is no store although there should be one. */
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
  /**
   * An agent that sends this token in its hello is approved at once: the built-in agent and the demo's agents. It is
   * new at every start.
   */
  readonly internalToken: string;
  /** 0 until started. */
  readonly port: number;
  readonly limits: Limits;
  readonly log: Logger;
  info(): HubInfo;
  settings(): Settings;
  onSettings(listener: (settings: Settings) => void): Unsubscribe;
  /** Called when the TLS mode, the certificate or its problem has changed. */
  onTls(listener: (tls: TlsInfo) => void): Unsubscribe;
  /** Sets parts of {@link HubInfo} that only an outer layer knows. */
  setInfo(patch: Partial<Pick<HubInfo, 'uiUrls' | 'uiAccess' | 'localDevice'>>): void;
  /** Starts listening. Fails with `PORT_IN_USE`, `ADDRESS_NOT_AVAILABLE`, `PORT_NOT_ALLOWED` or `LISTEN_FAILED`. */
  start(): Promise<Result<{ port: number }>>;
  /**
   * Runs a command; rejects with a `FaultError`, such as `NOT_ALLOWED`. `params` is parsed here; `signal` cancels long
   * work.
   */
  execute<K extends CommandName>(
    name: K,
    params: unknown,
    caller: Caller,
    signal?: AbortSignal,
  ): Promise<CommandResult<K>>;
  /**
   * Sets the handlers of the commands that the browser-serving layer carries out; without them these commands are
   * unknown.
   */
  handleOuterCommands(handlers: OuterHandlers): void;
  /** Connects one UI. `send` must not block; it is never called after `dispose`. */
  connectUi(send: (message: HubMessage) => void, caller: Caller): UiConnection;
  /** Registers the handler of all requests that are not for agents: plain HTTP requests that passed the Host check. */
  onRequest(handler: RequestHandler): void;
  /**
   * Registers a handler for upgrades to `path` that passed the Host check; the handler owns the socket and its
   * `error` listener.
   */
  onUpgrade(path: string, handler: UpgradeHandler): void;
  /** Exports samples as text, see `exportSamples` in `export/exporter.ts`. Also works without `start()`. */
  exportSamples(query: ExportQuery, signal?: AbortSignal): AsyncGenerator<string, void, undefined>;
  /** Stores an NDJSON export, see `importSamples` in `export/importer.ts`. Also works without `start()`. */
  importSamples(chunks: AsyncIterable<Uint8Array>, options?: ImportOptions): Promise<ImportSummary>;
  /**
   * Copies all that the hub stores, for a file; the caller must dispose of it. Goes into the audit log. Fails with
   * `NO_DATA_FOLDER`, `BACKUP_RUNNING`, or the faults of `prepareBackup` in `backup/make-backup.ts`.
   */
  prepareBackup(wish: BackupWish, caller: Caller): Promise<Result<PreparedBackup>>;
  /** The backup of a ticket that the command `makeBackup` gave; see `BackupTurn.collect`. */
  collectBackup(ticket: string): PreparedBackup | null;
  /** Writes a change that no command made into the audit log: `action` for programs, `text` for people. */
  recordChange(action: string, text: string, caller: Caller): void;
  /** Exempts a request from the body timeout; the caller must watch over the request from then on. */
  allowLongBody(request: IncomingMessage): void;
  /** Counts a refusal by an outer layer, by code, and records the refused client. */
  countRefused(code: string, request: IncomingMessage): void;
  onDevices(listener: (message: TopicMessages['devices']) => void): Unsubscribe;
  /** Sends close frames, waits for the answers (bounded), stops everything. */
  dispose(): Promise<void>;
}
