import { randomBytes, randomUUID } from 'node:crypto';
import { uptime } from 'node:os';
import { containTimers, systemClock, type Clock } from '@shared/clock';
import { DisposableStore, endAll } from '@shared/disposable';
import { listenerFaults, silentLogger, type Logger } from '@shared/logger';
import { Moment } from '@shared/moment';
import { DEFAULT_LIMITS, type Limits } from '@shared/protocol/limits';
import { WatchedClock } from '@shared/watched-clock';
import { Admission } from './admission/admission';
import { Decisions } from './admission/decisions';
import { recordedUses, takeOverUsesFile } from './admission/token-uses';
import { CommandRouter } from './api/command-router';
import { createHandlers } from './api/create-handlers';
import { createTopics } from './api/topics';
import { UiConnections } from './api/ui-connections';
import { followHistory, restoreFrom } from './attach-history';
import { clockSet } from './clock-set';
import { AuditLog } from './audit/audit-log';
import { authorOf, watchChanges } from './audit/watch-changes';
import { BackupTurn } from './backup/backup-turn';
import { describeBackup } from './backup/describe-backup';
import { BoardStore } from './boards/board-store';
import { Penalties } from './bounds/penalties';
import { refusedAddress } from './bounds/refused-client';
import { RefusedCounter } from './bounds/refused-counter';
import { DeviceRecords } from './devices/device-records';
import { takeOverDeviceFile } from './devices/old-device-file';
import { DeviceRegistry } from './devices/device-registry';
import { Discovery } from './discovery/discovery';
import { EventBudget } from './events/event-budget';
import { EventLog } from './events/event-log';
import { exportSamples } from './export/exporter';
import { createHubSource } from './export/hub-source';
import { importSamples } from './export/importer';
import { createHistory } from './history/history';
import type { Caller, Hub, HubOptions } from './hub-contract';
import { HubFacts } from './hub-facts';
import { refusedOf } from './port/client';
import { HubServer } from './port/hub-server';
import { startSchedule } from './schedule';
import { RecordBook } from './records/record-book';
import { memoryRecorder } from './series/recorder';
import { RingMemory } from './series/ring-memory';
import { SeriesTable } from './series/series-table';
import { SettingsStore } from './settings/settings-store';
import { DEFAULT_TIMINGS } from './timings';
import { HubTls } from './tls/hub-tls';

/** Composes the hub: each part gets the parts it needs. Nothing runs or listens before `start()`. */
export function createHub(options: HubOptions): Hub {
  const { dataDir, host, version } = options;
  const log = options.log ?? silentLogger;
  const clock = watchedClock(options.clock, log);
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  const timings = { ...DEFAULT_TIMINGS, ...options.timings };
  const bootId = randomUUID();
  const started = new Moment(clock);
  const internalToken = randomBytes(24).toString('base64url');

  const memory = new RingMemory(limits.ringBytes);
  const history = options.store ? createHistory(options.store, clock, log) : null;
  const recorder = history ?? memoryRecorder;
  const series: SeriesTable = new SeriesTable(
    limits,
    memory,
    recorder,
    listenerFaults(log),
    () => clock.now(),
    (device, key) => devices.get(device)?.choices.units.get(key),
  );
  const settings = new SettingsStore(dataDir, settingsOf(options), log, started.time);
  const refused = new RefusedCounter(limits, () => clock.now());
  const penalties = new Penalties(clock, limits);
  const events = new EventLog(
    limits.events,
    limits.textLength,
    recorder,
    new EventBudget(clock, limits, refused),
    listenerFaults(log),
  );
  const book = new RecordBook({ dataDir, history, clock, log });
  if (dataDir !== null) {
    takeOverDeviceFile(dataDir, book, log, clock.now());
    takeOverUsesFile(dataDir, book, log, clock.now());
  }
  const tokenUses = recordedUses(book);
  const devices = new DeviceRegistry({
    shelf: new DeviceRecords(book, log),
    limits,
    clock,
    log,
    series,
    intervalMs: () => settings.current.intervalMs,
  });
  const admission = new Admission({
    dataDir,
    tokenUses,
    clock,
    log,
    limits,
    settings,
    devices,
    events,
    internalToken,
  });
  const boards = new BoardStore({ dataDir, limits, log, now: () => clock.now() });
  const audit = new AuditLog({ dataDir, limits, log });
  const backups = new BackupTurn({
    dataDir,
    program: version,
    clock,
    async settle() {
      await history?.flush();
      await book.saved();
    },
  });
  const parts = {
    book,
    clock,
    log,
    limits,
    timings,
    settings,
    devices,
    series,
    admission,
    events,
    boards,
    audit,
    backups,
    history,
    refused,
    penalties,
    internalToken,
  };
  if (history) restoreFrom(history, parts);

  const tls = new HubTls({ dataDir, files: options.tlsFiles ?? null, settings, clock, log });
  const server = new HubServer(parts, tls, options);
  const port = (): number => server.port;
  const discovery = new Discovery({ host, port, version, settings, tls, clock, log });
  const facts = new HubFacts({ bootId, started, options, port, tls, discovery, history });
  const { sessions } = server;
  const handlers = createHandlers({
    ...parts,
    sessions,
    memory,
    decisions: new Decisions(parts),
    tokens: admission.tokens,
    info: facts.current,
    async listenOn(next) {
      const listening = await server.listen(host, next);
      if (listening.ok) facts.touch();
      return listening;
    },
  });
  const changes = watchChanges(audit, () => clock.now(), {
    device: (id) => devices.get(id)?.name ?? null,
    joinToken: (id) => admission.tokens.list().find((token) => token.id === id)?.name ?? null,
    board: (id) => boards.list().find((board) => board.id === id)?.name ?? null,
    session(id) {
      const endpoint = sessions.get(id)?.endpoint;
      return endpoint ? { id: endpoint.device, name: endpoint.name } : null;
    },
    settings: () => settings.current,
  });
  const refuse = (code: string, { from }: Caller): void => refused.add(code, refusedAddress(from));
  const router = new CommandRouter(handlers, refuse, changes);
  const topics = createTopics({ ...parts, sessions, info: facts.current, infoChanged: facts.changed });
  const uis = new UiConnections({ ...parts, bootId, router, topics });

  const running = new DisposableStore();
  if (history) {
    history.onDurable(() => server.flushAcks());
    history.onBehind((isBehind) => server.setReading(!isBehind));
    running.add(followHistory(history, { ...parts, now: () => clock.now(), onProblem: facts.touch }));
  }

  return {
    bootId,
    internalToken,
    limits,
    log,
    get port() {
      return server.port;
    },
    info: facts.current,
    settings: () => settings.current,
    onSettings: (listener) => settings.changed.on(listener),
    onTls: (listener) => tls.changed.on(() => listener(tls.info())),
    setInfo(patch) {
      if (patch.localDevice !== undefined) devices.setLocal(patch.localDevice);
      facts.set(patch);
    },
    async start() {
      await tls.start();
      running.add(tls);
      running.add(tls.changed.on(facts.touch));
      running.add(discovery.changed.on(facts.touch));
      const listening = await server.listen(host, settings.current.port);
      if (!listening.ok) return listening;
      discovery.start();
      const { tokens } = admission;
      const touched = { ...parts, started, server, tokens, memory, uis, touch: facts.touch };
      running.add(clock.watch((step) => clockSet(step, touched)));
      running.add(startSchedule({ clock, timings, server, devices, uis, memory }));
      return listening;
    },
    execute: (name, params, caller, signal) => router.execute(name, params, caller, signal),
    handleOuterCommands: (outer) => router.handleOuter(outer),
    connectUi: (send, caller) => uis.connect(send, caller),
    onRequest: (handler) => server.onRequest(handler),
    onUpgrade: (path, handler) => server.onUpgrade(path, handler),
    exportSamples: (query, signal) => exportSamples(createHubSource(parts), query, signal),
    importSamples: (chunks, importOptions) => importSamples(parts, chunks, importOptions),
    async prepareBackup(wish, caller) {
      const prepared = await backups.prepare(wish);
      if (prepared.ok) {
        const text = describeBackup(prepared.value.manifest);
        audit.add({ at: clock.now(), action: 'makeBackup', text, device: null, by: authorOf(caller) });
      }
      return prepared;
    },
    collectBackup: (ticket) => backups.collect(ticket),
    recordChange: (action, text, caller) =>
      audit.add({ at: clock.now(), action, text, device: null, by: authorOf(caller) }),
    allowLongBody: (request) => server.allowLongBody(request),
    countRefused: (code, request) => refused.add(code, refusedOf(request)),
    onDevices: (listener) => devices.changed.on((message) => listener({ full: false, ...message })),
    dispose: () =>
      endAll([
        () => uis.dispose(),
        () => backups.dispose(),
        () => Promise.all([discovery.dispose(), server.dispose()]),
        () => running.dispose(),
        () => devices.save(),
        () => history?.close(),
        () => book.close(),
      ]),
  };
}

/**
 * Wraps the clock to detect that it was set. A test's clock is used for everything, so the machine's uptime plays no
 * part.
 */
function watchedClock(given: Clock | undefined, log: Logger): WatchedClock {
  const clock = containTimers(given ?? systemClock, log);
  return new WatchedClock(clock, given ? () => clock.monotonic() : () => uptime() * 1_000);
}

/** Picks the options given at start; they replace saved settings until the user changes them. */
function settingsOf({ port, admit, tls, advertise, shareUi, localAgent }: HubOptions) {
  return { port, admit, tls, advertise, shareUi, localAgent };
}
