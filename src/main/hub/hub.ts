import { randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { containTimers, systemClock } from '@shared/clock';
import { DisposableStore, endAll } from '@shared/disposable';
import { Emitter } from '@shared/emitter';
import { FaultError } from '@shared/errors';
import { listenerFaults, logFault, silentLogger } from '@shared/logger';
import type { HubInfo } from '@shared/model';
import type { HubMessage } from '@shared/bridge/messages';
import type { CommandName } from '@shared/hub-api';
import { DEFAULT_LIMITS, type Limits } from '@shared/protocol/limits';
import { lanAddresses, urlOf } from './port/agent-urls';
import { Admission } from './admission/admission';
import { CommandRouter } from './api/command-router';
import { createCommands } from './api/commands';
import { HubUiConnection, type UiContext } from './api/ui-connection';
import { BoardStore } from './boards/board-store';
import { RefusedCounter } from './bounds/refused-counter';
import type { Core } from './core';
import { EventBudget } from './events/event-budget';
import { Discovery } from './discovery/discovery';
import { EventLog } from './events/event-log';
import { exportSamples } from './export/exporter';
import { createHubSource } from './export/hub-source';
import { importSamples } from './export/importer';
import type { Caller, Hub, HubOptions, UiConnection } from './hub-contract';
import { RING_WINDOW_MS, RingMemory } from './series/ring-memory';
import { DeviceRegistry } from './devices/device-registry';
import { SeriesTable } from './series/series-table';
import { HubServer } from './port/hub-server';
import { Penalties } from './bounds/penalties';
import { SettingsStore } from './settings/settings-store';
import { History } from './history/commit-queue';
import { memoryRecorder } from './series/recorder';
import { DEFAULT_TIMINGS } from './timings';
import { HubTls } from './tls/hub-tls';

const MAINTAIN_EVERY_MS = 5_000;

/** Composes the core: registry, rings, server, feeds. Nothing runs or listens before `start()`. */
export function createHub(options: HubOptions): Hub {
  const log = options.log ?? silentLogger;
  const clock = containTimers(options.clock ?? systemClock, log);
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  const timings = { ...DEFAULT_TIMINGS, ...options.timings };
  const bootId = randomUUID();
  const startedAt = clock.now();
  const memory = new RingMemory(limits.ringBytes);
  const history = options.store ? new History(options.store, clock, log) : null;
  const recorder = history ?? memoryRecorder;
  const series = new SeriesTable(limits, memory, recorder, listenerFaults(log));
  const { port, admit, tls: tlsMode, advertise, shareUi, localAgent } = options;
  const overrides = {
    ...(port === undefined ? {} : { port }),
    ...(admit === undefined ? {} : { admit }),
    ...(tlsMode === undefined ? {} : { tls: tlsMode }),
    ...(advertise === undefined ? {} : { advertise }),
    ...(shareUi === undefined ? {} : { shareUi }),
    ...(localAgent === undefined ? {} : { localAgent }),
  };
  const settings = new SettingsStore(options.dataDir, overrides, log, startedAt);
  const devices = new DeviceRegistry({
    dataDir: options.dataDir,
    limits,
    clock,
    log,
    series,
    intervalMs: () => settings.current.intervalMs,
  });
  const refused = new RefusedCounter();
  const budget = new EventBudget(clock, limits, refused);
  const events = new EventLog(limits.events, limits.textLength, recorder, budget, listenerFaults(log));
  const internalToken = randomBytes(24).toString('base64url');
  const core: Core = {
    clock,
    log,
    limits,
    timings,
    settings,
    devices,
    series,
    admission: new Admission({
      dataDir: options.dataDir,
      clock,
      log,
      limits,
      settings,
      devices,
      events,
      internalToken,
    }),
    events,
    boards: new BoardStore({ dataDir: options.dataDir, limits, log, now: () => clock.now() }),
    history,
    refused,
    penalties: new Penalties(clock, limits),
    internalToken,
  };
  if (history) restore(core, history);
  const tls = new HubTls({
    dataDir: options.dataDir,
    files: options.tlsFiles ?? null,
    settings,
    clock,
    log,
  });
  const server = new HubServer(core, tls, options.allowHosts ?? [], options.allowOrigins ?? []);
  history?.onDurable(() => server.flushAcks());
  history?.onBehind((isBehind) => server.setReading(!isBehind));
  const discovery = new Discovery({
    host: options.host,
    port: () => server.port,
    version: options.version,
    settings,
    tls,
    clock,
    log,
  });
  const infoChanged = new Emitter<HubInfo>(listenerFaults(log));
  const router = new CommandRouter((code) => core.refused.add(code));
  const uis = new Set<HubUiConnection>();
  const running = new DisposableStore();
  if (history) {
    running.add(
      settings.changed.on(({ retention }) => {
        history.store.setRetention(retention).catch((error: unknown) => {
          logFault(log, 'RETENTION_FAILED', 'The retention could not be changed.', error);
        });
      }),
    );
    running.add(
      history.store.onProblem((problem) => {
        if (problem) log.error(problem.message, { code: problem.code });
        infoChanged.emit(info());
      }),
    );
  }
  let infoPatch: Partial<Pick<HubInfo, 'uiUrls' | 'localDevice'>> = {};

  function urls(scheme: 'ws' | 'wss'): string[] {
    return lanAddresses(options.host).map((address) => urlOf(scheme, address, server.port));
  }

  function info(): HubInfo {
    return {
      bootId,
      version: options.version,
      startedAt,
      hostName: hostname(),
      runtime: options.runtime,
      platform: process.platform,
      port: server.port,
      agentUrls: tls.mode === 'require' ? [] : urls('ws'),
      secureAgentUrls: tls.certificate ? urls('wss') : [],
      tls: tls.info(),
      discovery: discovery.info(),
      uiUrls: [],
      store: history ? 'sqlite' : 'memory',
      storeProblem: options.storeProblem ?? history?.store.problem ?? null,
      dataDir: options.dataDir ?? '',
      localDevice: null,
      demo: options.demo === true,
      ...infoPatch,
    };
  }

  function focusChanged(before: readonly string[], after: readonly string[]): void {
    const touched = new Set([...before, ...after]);
    for (const id of touched) {
      const device = devices.get(id);
      if (!device) continue;
      const change = (after.includes(id) ? 1 : 0) - (before.includes(id) ? 1 : 0);
      if (change === 0) continue;
      device.focusCount = Math.max(0, device.focusCount + change);
      for (const session of device.sessions) session.intervalChanged();
      devices.touch(device);
    }
  }

  const uiContext: UiContext = {
    core,
    sessions: server.sessions,
    info,
    infoChanged,
    bootId,
    router,
    focusChanged,
    ended: (connection) => uis.delete(connection),
  };

  async function changePort(next: number): Promise<void> {
    const listening = await server.listen(options.host, next);
    if (!listening.ok) throw new FaultError(listening.error.code, listening.error.message);
    infoChanged.emit(info());
  }

  const commands = createCommands({
    core,
    sessions: server.sessions,
    info,
    memoryBytes: () => memory.usedBytes,
    changePort,
  });
  for (const [name, handler] of Object.entries(commands)) {
    router.handle(
      name as CommandName,
      handler as (params: never, caller: Caller, signal?: AbortSignal) => unknown,
    );
  }

  return {
    bootId,
    internalToken: core.internalToken,
    limits,
    log,
    get port() {
      return server.port;
    },
    info,
    settings: () => settings.current,
    onSettings: (listener) => settings.changed.on(listener),
    onTls: (listener) => tls.changed.on(() => listener(tls.info())),
    setInfo(patch) {
      infoPatch = { ...infoPatch, ...patch };
      if (patch.localDevice !== undefined) devices.setLocal(patch.localDevice);
      infoChanged.emit(info());
    },
    async start() {
      await tls.start();
      running.add(tls);
      running.add(tls.changed.on(() => infoChanged.emit(info())));
      running.add(discovery.changed.on(() => infoChanged.emit(info())));
      const listening = await server.listen(options.host, settings.current.port);
      if (!listening.ok) return listening;
      discovery.start();
      running.add(clock.every(1_000, () => server.second()));
      running.add(clock.every(timings.ackEveryMs, () => server.flushAcks()));
      running.add(clock.every(timings.deviceChangesEveryMs, () => devices.flush()));
      running.add(
        clock.every(timings.feedTickMs, () => {
          for (const ui of uis) ui.tick(clock.monotonic(), clock.now());
        }),
      );
      running.add(
        clock.every(MAINTAIN_EVERY_MS, () => {
          devices.maintain();
          memory.dropOlderThan(clock.now() - RING_WINDOW_MS);
        }),
      );
      return listening;
    },
    execute: (name, params, caller, signal) => router.execute(name, params, caller, signal),
    handleCommand: (name, handler) => router.handle(name, handler),
    connectUi(send: (message: HubMessage) => void, caller: Caller): UiConnection {
      const connection = new HubUiConnection(uiContext, send, caller);
      uis.add(connection);
      return connection;
    },
    onRequest: (handler) => server.onRequest(handler),
    onUpgrade: (path, handler) => server.onUpgrade(path, handler),
    exportSamples: (query, signal) => exportSamples(createHubSource(core), query, signal),
    importSamples: (chunks, options) => importSamples(core, chunks, options),
    allowLongBody: (request) => server.allowLongBody(request),
    countRefused: (code) => core.refused.add(code),
    onDevices: (listener) => devices.changed.on((message) => listener({ full: false, ...message })),
    dispose: () =>
      endAll([
        ...[...uis].map((ui) => () => ui.dispose()),
        () => Promise.all([discovery.dispose(), server.dispose()]),
        () => running.dispose(),
        () => devices.save(),
        () => history?.close(),
      ]),
  };
}

/** Puts what history knew at start where the running hub looks for it. */
function restore(core: Core, history: History): void {
  const { series, marks, events, newest } = history.store.contents;
  core.series.restore(series, newest);
  core.events.restore(events);
  for (const { device } of series) core.devices.recover(device);
  for (const { device, stream, seq } of marks) core.devices.get(device)?.streams.advance(stream, seq);
  for (const device of core.devices.all()) core.devices.seriesChanged(device);
}
