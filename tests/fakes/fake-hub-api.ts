import { FaultError } from '@shared/errors';
import { VIEWER_COMMANDS } from '@shared/hub-api';
import type { CommandName, CommandResult, LinkState, TopicMessages, TopicName } from '@shared/hub-api';
import type { DeviceInfo, EventInfo, HubInfo, SessionInfo, Settings } from '@shared/model';
import { makeDevice, type FakeDevice } from './fake-devices';
import { createFakeFeed, type FakeFeed } from './fake-feed';
import { extentOf, pastEvents, querySeries, seedOf, spansOf, storageOf } from './fake-history';
import { makeHubInfo } from './fake-hub-info';
import type { FakeHub, FakeHubOptions } from './fake-hub-options';
import { fakeProcesses } from './fake-processes';
import { createFakeTrust, pendingPatch } from './fake-trust';
import { makeFrames, makeSession, makeSessionDetail } from './fake-sessions';

export type { FakeHub, FakeHubOptions };

type Listener = (message: never) => void;

/** Creates a hub without a network: its devices, feeds, connections and frames are the same in every run. */
export function createFakeHub({
  devices: count = 25,
  pending = 0,
  store = 'sqlite',
  storeProblem = null,
  slowMs = 0,
  role = 'admin',
  broken = false,
}: FakeHubOptions = {}): FakeHub {
  const startedAt = Date.now();
  let boot = 1;
  const bootId = () => `fake-boot-${boot}`;
  const devices = new Map<string, FakeDevice>();
  const seriesOwners = new Map<number, FakeDevice>();
  const ended = new Map<string, SessionInfo>();
  const listeners = new Map<Listener, { topic: TopicName; params: Record<string, unknown> }>();
  const linkListeners = new Set<(state: LinkState) => void>();
  const feeds = new Set<FakeFeed>();
  let events: EventInfo[] = [];
  let lastEventId = 0;
  const emptied = new Set<string>();
  let link: LinkState = { state: 'open', bootId: bootId(), hubTime: Date.now() };
  let turn = 40_000;
  let arrivals = count + pending;
  let frameSeq = 1;
  let settings: Settings = {
    theme: 'system',
    port: 7411,
    intervalMs: 1_000,
    admit: 'ask',
    tls: 'allow',
    advertise: true,
    shareUi: false,
    localAgent: true,
    retention: { rawDays: 7, minuteDays: 90, hourDays: 1_826, budgetBytes: 5 * 1024 ** 3 },
  };

  function fill(): void {
    let nextSeries = boot * 100_000;
    for (let i = 0; i < count + pending; i++) {
      const device = makeDevice(i, nextSeries, Date.now());
      nextSeries += device.series.length;
      if (i >= count) {
        Object.assign(device.info, pendingPatch(device.info, i, Date.now()));
        device.series = [];
      }
      devices.set(device.info.id, device);
      for (const series of device.series) seriesOwners.set(series.id, device);
    }
  }
  fill();
  if (store === 'sqlite') {
    for (const device of [...devices.values()].slice(0, 40)) {
      const past = pastEvents(device, seedOf(device), startedAt, lastEventId + 1);
      lastEventId += past.length;
      events.push(...past);
    }
  }
  addEvent('fake-0', 'lost', 'warning', 'The device stopped answering heartbeats.', startedAt - 92_000);
  addEvent('fake-0', 'connected', 'info', 'Connected again after 14 s.', startedAt - 76_000);
  addEvent('fake-6', 'lost', 'warning', 'The device stopped answering heartbeats.', startedAt - 240_000);

  function addEvent(
    device: string | null,
    kind: EventInfo['kind'],
    level: EventInfo['level'],
    text: string,
    at: number,
  ) {
    const event: EventInfo = { id: ++lastEventId, at, kind, level, device, text };
    events.push(event);
    publish('events', { events: [event], removed: [] });
    return event;
  }

  function publish<K extends TopicName>(topic: K, message: TopicMessages[K]): void {
    for (const [listener, subscription] of [...listeners]) {
      if (subscription.topic === topic) (listener as (message: TopicMessages[K]) => void)(message);
    }
  }

  const infos = () => [...devices.values()].map((device) => device.info);
  const openSessions = () =>
    infos().flatMap((info, i) => (info.session === null ? [] : [makeSession(info, i, Date.now())]));
  const endedSessions = () => [
    ...ended.values(),
    ...infos().flatMap((info, i) =>
      info.session === null && !ended.size ? [makeSession(info, i, Date.now())] : [],
    ),
  ];
  const sessions = () => [...openSessions(), ...endedSessions()];

  function find(id: unknown): FakeDevice {
    const device = devices.get(String(id));
    if (!device) throw new FaultError('NO_SUCH_DEVICE', 'Device not found.');
    return device;
  }

  function findSession(id: unknown): SessionInfo {
    const session = sessions().find((one) => one.id === id);
    if (!session) throw new FaultError('NO_SUCH_SESSION', 'Connection not found.');
    return session;
  }

  function changeDevice(id: string, patch: Partial<DeviceInfo>): void {
    const device = find(id);
    device.info = { ...device.info, ...patch };
    publish('devices', { full: false, changed: [device.info], removed: [] });
  }

  function forget(id: string): void {
    devices.delete(id);
    publish('devices', { full: false, changed: [], removed: [id] });
  }

  function applyFocus(): void {
    const focused = new Set([...feeds].flatMap((feed) => feed.spec.focus));
    for (const { info } of devices.values()) {
      const intervalMs =
        focused.has(info.id) && !info.simple ? 250 : (info.chosenIntervalMs ?? settings.intervalMs);
      if (intervalMs !== info.intervalMs) changeDevice(info.id, { intervalMs });
    }
  }

  const hubInfo = (): HubInfo =>
    makeHubInfo({ bootId: bootId(), startedAt, settings, store, storeProblem, broken });

  const commands: Partial<Record<CommandName, (params: Record<string, unknown>) => unknown>> = {
    getHub: hubInfo,
    getSettings: () => settings,
    updateSettings: (patch) => {
      settings = { ...settings, ...patch };
      publish('settings', settings);
      publish('hub', hubInfo());
      applyFocus();
      return settings;
    },
    listDevices: infos,
    listSeries: ({ device }) => find(device).series.map(({ signal: _signal, ...series }) => series),
    query: ({ series, device, metric, from, to, points }) => {
      const wanted = (Array.isArray(series) ? series : find(device).series.map(({ id }) => id)) as number[];
      return {
        series: wanted.flatMap((id) => {
          const owner = seriesOwners.get(id);
          const one = owner?.series.find((candidate) => candidate.id === id);
          if (!owner || !one || (metric !== undefined && one.metric !== metric)) return [];
          const current = devices.get(owner.info.id) ?? owner;
          const range = { from: Number(from), to: Number(to), points: points as number | undefined };
          return [querySeries(current, one, seedOf(current), range)];
        }),
      };
    },
    listEvents: ({ device, from, to, limit }) =>
      events
        .filter(
          (event) =>
            (device === undefined || event.device === device) &&
            event.at >= Number(from ?? -Infinity) &&
            event.at < Number(to ?? Infinity),
        )
        .sort((a, b) => a.at - b.at)
        .slice(-Number(limit ?? 100)),
    getStorage: () => storageOf(devices.values(), store, settings.retention.budgetBytes, storeProblem),
    getExtent: ({ device }) => {
      const found = find(device);
      if (emptied.has(found.info.id)) return null;
      if (store === 'memory') return { oldest: startedAt - 900_000, newest: Date.now() };
      return extentOf(found, Date.now());
    },
    deleteDeviceData: ({ device }) => {
      const { info } = find(device);
      emptied.add(info.id);
      const removed = events.filter((event) => event.device === info.id).map(({ id }) => id);
      events = events.filter((event) => event.device !== info.id);
      publish('events', { events: [], removed });
    },
    listConnectionSpans: ({ from, to }) =>
      Object.fromEntries(
        [...devices.values()].map((device) => [
          device.info.id,
          spansOf(device, seedOf(device), Number(from), Math.min(Number(to), Date.now())),
        ]),
      ),
    addNote: ({ at, text, device }) =>
      addEvent(typeof device === 'string' ? device : null, 'note', 'info', String(text), Number(at)),
    updateNote: ({ event: id, text }) => {
      const note = events.find((event) => event.id === id && event.kind === 'note');
      if (!note) throw new FaultError('NO_SUCH_NOTE', 'Note not found.');
      const changed = { ...note, text: String(text) };
      events = events.map((event) => (event === note ? changed : event));
      publish('events', { events: [changed], removed: [] });
    },
    deleteNote: ({ event: id }) => {
      events = events.filter((event) => event.id !== id);
      publish('events', { events: [], removed: [Number(id)] });
    },
    removeDevice: ({ device }) => forget(String(device)),
    ...createFakeTrust(
      {
        role,
        device: (id) => find(id).info,
        change: changeDevice,
        forget,
        note: (device, kind, level, text) => addEvent(device, kind, level, text, Date.now()),
      },
      startedAt,
    ),
    renameDevice: ({ device, name }) => {
      const { info } = find(device);
      changeDevice(info.id, { name: String(name) || info.ownName });
    },
    setDeviceTags: ({ device, tags }) => changeDevice(String(device), { tags: tags as string[] }),
    setDeviceInterval: ({ device, intervalMs }) => {
      changeDevice(String(device), { chosenIntervalMs: intervalMs as number | null });
      applyFocus();
    },
    requestDevice: ({ device, method }) => {
      if (find(device).info.simple || method !== 'processes.list') {
        throw new FaultError('NOT_SUPPORTED', 'This device does not answer requests.');
      }
      return { at: Date.now(), cpuCount: 8, total: 284, processes: fakeProcesses() };
    },
    getSession: ({ session }) => makeSessionDetail(findSession(session)),
    pingSession: ({ session }) => ({ rttMs: findSession(session).rttMs ?? 1 }),
    closeSession: ({ session }) => {
      const open = findSession(session);
      const reason = { code: 1000, text: 'The connection was closed normally.' };
      ended.set(open.id, { ...open, state: 'offline', closedAt: Date.now(), reason });
      if (open.device)
        changeDevice(open.device, { state: 'offline', session: null, reason, connectedAt: null });
      publish('sessions', { full: true, changed: sessions(), removed: [] });
    },
  };

  const present: { [K in TopicName]: () => TopicMessages[K] | null } = {
    hub: hubInfo,
    settings: () => settings,
    devices: () => ({ full: true, changed: infos(), removed: [] }),
    sessions: () => ({ full: true, changed: sessions(), removed: [] }),
    events: () => null,
    boards: () => ({ full: true, changed: [], removed: [] }),
    frames: () => null,
  };

  const timers = [
    setInterval(() => {
      for (const feed of feeds) feed.tick(Date.now());
    }, 50),
    setInterval(() => {
      const now = Date.now();
      turn++;
      for (const device of devices.values()) {
        if (device.info.state === 'online') device.info = { ...device.info, lastSeenAt: now };
      }
      publish('devices', {
        full: false,
        changed: infos().filter((info) => info.state === 'online'),
        removed: [],
      });
      publish('sessions', { full: true, changed: sessions(), removed: [] });
      for (const [listener, { topic, params }] of [...listeners]) {
        if (topic !== 'frames') continue;
        const session = openSessions().find((one) => one.id === params['session']);
        if (!session) continue;
        const frames = makeFrames(session, turn, frameSeq, now);
        frameSeq += frames.length;
        (listener as (message: TopicMessages['frames']) => void)({ frames });
      }
    }, 1_000),
  ];

  function setLink(state: LinkState): void {
    link = state;
    for (const listener of [...linkListeners]) listener(state);
  }

  function publishAll(): void {
    for (const topic of Object.keys(present) as TopicName[]) {
      const message = present[topic]();
      if (message) publish(topic, message);
    }
  }

  return {
    async call<K extends CommandName>(name: K, params: unknown): Promise<CommandResult<K>> {
      await Promise.resolve();
      if (link.state !== 'open') throw new FaultError('DISCONNECTED', 'There is no connection to the hub.');
      const command = commands[name];
      if (role === 'viewer' && !VIEWER_COMMANDS.has(name)) {
        throw new FaultError('NOT_ALLOWED', 'This browser may only look.');
      }
      if (!command) throw new FaultError('UNKNOWN_COMMAND', `The fake hub has no ${name}.`);
      if (name === 'query' && slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs));
      return (command(params as Record<string, unknown>) ?? null) as CommandResult<K>;
    },
    subscribe(topic, params, listener) {
      listeners.set(listener as Listener, { topic, params: params as Record<string, unknown> });
      const message = present[topic]();
      if (message) queueMicrotask(() => listeners.has(listener as Listener) && listener(message as never));
      return () => listeners.delete(listener as Listener);
    },
    openFeed(spec, listener) {
      const feed = createFakeFeed({
        spec,
        listener,
        bootId,
        deviceOf: (id) => {
          const device = seriesOwners.get(id);
          const current = device && devices.get(device.info.id);
          const series = current?.series.find((one) => one.id === id);
          return current && series ? { device: current, series } : undefined;
        },
        onUpdate: applyFocus,
        onClose: () => {
          feeds.delete(feed);
          applyFocus();
        },
      });
      feeds.add(feed);
      applyFocus();
      return feed;
    },
    onLink(listener) {
      linkListeners.add(listener);
      listener(link);
      return () => linkListeners.delete(listener);
    },
    changeDevice,
    setLink,
    arrive() {
      const now = Date.now();
      const device = makeDevice(arrivals, 9_000_000 + arrivals, now);
      const waiting = pendingPatch(device.info, arrivals, now);
      const info = { ...device.info, ...waiting, id: `fake-${arrivals}`, firstSeenAt: now, connectedAt: now };
      devices.set(info.id, { info, series: [] });
      arrivals++;
      publish('devices', { full: false, changed: [info], removed: [] });
    },
    impersonate(id) {
      const text =
        'Somebody at 192.168.1.66 claimed to be this device without its key and was turned away. If it is the device itself and it has lost its key, let it join again.';
      addEvent(id, 'impostor', 'warning', text, Date.now());
    },
    restart() {
      setLink({
        state: 'closed',
        code: 'LINK_LOST',
        message: 'The connection to the hub was lost.',
        retrying: true,
      });
      boot++;
      seriesOwners.clear();
      fill();
      setLink({ state: 'open', bootId: bootId(), hubTime: Date.now() });
      publishAll();
    },
    get followed() {
      return new Set([...feeds].flatMap((feed) => feed.spec.series)).size;
    },
    get focused() {
      return [...feeds].flatMap((feed) => feed.spec.focus);
    },
    dispose() {
      for (const timer of timers) clearInterval(timer);
      listeners.clear();
      linkListeners.clear();
      feeds.clear();
    },
  };
}
