import { randomUUID } from 'node:crypto';
import { containTimers, systemClock, type Clock } from '@shared/clock';
import { endAll, type Unsubscribe } from '@shared/disposable';
import { Emitter } from '@shared/emitter';
import { fail, succeed, type Result } from '@shared/errors';
import { listenerFaults, logFault, silentLogger, type Logger } from '@shared/logger';
import type { HelloMessage } from '@shared/protocol/agent-messages';
import { CLOSE } from '@shared/protocol/close-codes';
import { DEFAULT_INTERVAL_MS, MAX_INTERVAL_MS, MIN_INTERVAL_MS } from '@shared/protocol/limits';
import { WatchedClock } from '@shared/watched-clock';
import { systemRoots, type Collector, type CollectorName, type SystemRoots } from './collectors/collector';
import { sweepDrafts } from '../files/replace-file';
import { CodeExchange } from './code-exchange';
import { CollectorSet } from './collectors/collector-set';
import { createCollectors } from './collectors/create-collectors';
import { Connection, type Link } from './connection';
import { readDeviceFacts } from './device-facts';
import { LOCAL_SOURCES, type EnvironmentSources } from './environment-watch';
import { EventQueue, tellingLogger } from './event-queue';
import { HubBudget } from './hub-budget';
import { HubClock } from './hub-clock';
import { HubInterval } from './hub-interval';
import { HubLog } from './hub-log';
import { hostOf, parseHubUrl, type HubTarget } from './hub-url';
import { openIdentity, type Identity } from './identity';
import { createMemoryQueue } from './memory-queue';
import { createProcessList } from './processes/process-list';
import type { RowQueue } from './queue';
import { createRequestHandler } from './requests';
import { Sampler } from './sampler';
import { Session, type Admission } from './session';
import { DEFAULT_SPOOL_LIMITS, SpoolQueue, type SpoolLimits } from './spool/spool-queue';
import { DEFAULT_AGENT_TIMINGS, type AgentTimings } from './timings';
import { HubTrust, type FoundHub } from './trust/hub-trust';
import { KnownHubs } from './trust/known-hubs';
import { AGENT_VERSION } from './version';

export interface AgentOptions {
  /** Address of the hub: `ws://host:7411`; see `parseHubUrl` for shorter forms. */
  url: string;
  /** Further addresses at which the same hub may be, `wss://…`; each has to prove that it is. */
  alternatives?: readonly string[] | undefined;
  /** The fingerprint that the hub's certificate must have, `AB:CD:…`. */
  fingerprint?: string | undefined;
  /** Certificate authorities that may sign the hub's certificate, PEM; if given, nothing else is trusted. */
  ca?: string | undefined;
  /** False for an agent that is always given the certificate, so it has nothing to remember. */
  remembersHubs?: boolean | undefined;
  /** The hub's announcement, if it was found on the network. */
  found?: FoundHub | undefined;
  /** Looks for the hub while it cannot be reached: all addresses that somebody announces for it. */
  relocate?: (() => Promise<readonly string[]>) | undefined;
  /** The device's name; this machine's name when absent. Each name is a separate device. */
  name?: string | undefined;
  /** The shortest sampling interval, ms, even if the hub asks for a shorter one. */
  minIntervalMs?: number | undefined;
  tags?: readonly string[] | undefined;
  /** A join token, which approves the device at once. */
  token?: string | undefined;
  /** Runs only these collectors; all when absent. */
  only?: readonly CollectorName[] | undefined;
  /** Folder for identities and rows; with null nothing is stored, and the device is new at each start. */
  dataDir: string | null;
  /** Limits of the rows kept on disk until the hub has them; false keeps them in memory only. */
  spool?: Partial<SpoolLimits> | false | undefined;
  log?: Logger | undefined;
  clock?: Clock | undefined;
  timings?: Partial<AgentTimings> | undefined;
  /** Where `/proc` and `/sys` are; when absent, the environment decides (`HOST_PROC`, …). */
  roots?: SystemRoots | undefined;
  /** For tests: other collectors, another queue, randomness, environment. */
  collectors?: readonly Collector[] | undefined;
  queue?: RowQueue | undefined;
  random?: (() => number) | undefined;
  environment?: EnvironmentSources | undefined;
}

/** What the agent is doing, for people and for the program that started it. */
export type AgentState =
  | { state: 'connecting'; url: string }
  | ({ url: string; name: string; device: string } & Extract<Admission, { state: 'pending' }>)
  | { state: 'online'; url: string; name: string; device: string; session: string; intervalMs: number }
  | { state: 'rejected'; url: string; name: string; device: string }
  /** `lost`: there was a connection before. `queuedRows`: rows that wait for the next one. */
  | { state: 'waiting'; lost: boolean; code: number; reason: string; retryInMs: number; queuedRows: number }
  | { state: 'stopped' };

export interface Agent {
  /** The id it reports for; null before `start`. */
  readonly device: string | null;
  readonly state: AgentState;
  /**
   * Fails with `BAD_URL`, `TLS_EXPECTED` or `IDENTITY_IN_USE`; after any other error the agent keeps trying. Never
   * rejects.
   */
  start(): Promise<Result<{ device: string; name: string }>>;
  onState(listener: (state: AgentState) => void): Unsubscribe;
  /** Closes the connection with 1001, stops everything and releases the identity. */
  dispose(): Promise<void>;
}

/** The first-party agent: samples this machine and reports to a hub until it is disposed. */
export function createAgent(options: AgentOptions): Agent {
  const log = options.log ?? silentLogger;
  const clock = watchedClock(options, log);
  const timings: AgentTimings = { ...DEFAULT_AGENT_TIMINGS, ...options.timings };
  const minIntervalMs = clamp(options.minIntervalMs ?? MIN_INTERVAL_MS);
  const instance = randomUUID();
  const events = new EventQueue();
  const states = new Emitter<AgentState>(listenerFaults(log));
  let queue = options.queue ?? createMemoryQueue();
  // While no hub has told its time, waiting rows have the time of this clock as it is now: one that is set after boot takes
  // the rows before with it.
  const hubClock = new HubClock(clock, (byMs) => {
    queue.shift(byMs);
    log.info(`the clock of this computer was set by ${Math.round(byMs / 1_000)} s; waiting rows follow it`);
  });
  const hubLog = new HubLog(log, clock);
  const budget = new HubBudget(clock);
  const roots = options.roots ?? systemRoots(process.env);
  const handleRequest = createRequestHandler({ 'processes.list': createProcessList(roots) }, hubLog, budget);
  const facts = readDeviceFacts(roots);
  const name = (options.name ?? facts.hostName).trim().slice(0, 128) || facts.hostName;

  let identity: Identity | null = null;
  let session: Session | null = null;
  let searchedAt = -Infinity;
  let connection: Connection | null = null;
  let rejected = false;
  let wasOnline = false;
  let stopWatching: Unsubscribe = () => {};
  let stopFollowing: Unsubscribe = () => {};
  let disposed = false;
  let state: AgentState = { state: 'stopped' };

  const set: CollectorSet = new CollectorSet(
    options.collectors ??
      createCollectors(
        { queuedRows: () => queue.rowCount, collectMs: () => set.collectMs },
        options.only ?? null,
        roots,
      ),
    clock,
    tellingLogger(log, (level, text) => {
      events.add({ level, text, t: clock.now() });
      session?.eventAdded();
    }),
  );
  const sampler = new Sampler(clock, Math.max(minIntervalMs, DEFAULT_INTERVAL_MS), () => {
    const { schema, values } = set.sample();
    if (schema.series.length === 0) return;
    // Until a hub has told its time, rows carry this machine's time and are corrected when they are sent.
    hubClock.follow();
    const t = clock.now();
    queue.push(hubClock.known ? hubClock.toHub(t) : t, schema, values, hubClock.known);
    session?.rowAdded();
  });

  function openSpool({ folder }: Identity): void {
    if (options.queue || options.spool === false || folder === null) return;
    sweepDrafts(folder, clock.now());
    queue = new SpoolQueue({ folder, limits: { ...DEFAULT_SPOOL_LIMITS, ...options.spool }, clock, log });
  }

  function setState(next: AgentState): void {
    state = next;
    states.emit(next);
  }

  const interval = new HubInterval(clock, sampler.intervalMs, (intervalMs) => {
    sampler.setInterval(intervalMs);
    if (state.state === 'online' && state.intervalMs !== sampler.intervalMs) {
      setState({ ...state, intervalMs: sampler.intervalMs });
    }
  });

  /** A hub that was first met without TLS issued its key under its address. */
  function keyOf(device: Identity, link: Link): string | undefined {
    return device.keyFor(link.hub) ?? device.keyFor(hostOf(link.url));
  }

  function hello(device: Identity, link: Link): Omit<HelloMessage, 'type' | 'now' | 'stream'> {
    const key = keyOf(device, link);
    return {
      device: {
        id: device.id,
        name,
        kind: 'computer',
        os: facts.os,
        arch: facts.arch,
        ...(facts.model === undefined ? {} : { model: facts.model }),
        ...(options.tags && options.tags.length > 0 ? { tags: [...options.tags] } : {}),
      },
      agent: `wirewatch/${AGENT_VERSION}`,
      instance,
      minIntervalMs,
      ...(options.token === undefined ? {} : { token: options.token }),
      ...(key === undefined ? {} : { key }),
    };
  }

  function connect(target: HubTarget, trust: HubTrust, own: Identity): Connection {
    return new Connection(
      {
        target,
        alternatives: encrypted(options.alternatives ?? []),
        mayMove: options.relocate !== undefined,
        trust,
        ca: options.ca,
        log,
        hubLog,
        budget,
        userAgent: `wirewatch/${AGENT_VERSION}`,
        timings,
        clock,
        random: options.random,
        environment: options.environment,
      },
      {
        connecting: () => setState({ state: 'connecting', url: target.url.href }),
        opened(link) {
          rejected = false;
          wasOnline = false;
          const about = { url: link.url.href, name, device: own.id };
          const opened = new Session({
            link,
            queue,
            events,
            clock,
            hubClock,
            log: hubLog,
            budget,
            welcomeMs: timings.welcomeMs,
            hello: hello(own, link),
            codeExchange: link.tls ? new CodeExchange(link.tls, own.id) : null,
            handleRequest,
            onInterval: (intervalMs) => interval.want(Math.max(minIntervalMs, clamp(intervalMs))),
            onKey: (key) => own.saveKey(link.hub, key),
            onAdmission(admission) {
              rejected = admission.state === 'rejected';
              if (admission.state === 'approved') {
                wasOnline = true;
                const { session: id } = admission;
                // From now on the key belongs to this hub, at any address, and to no other hub at this one.
                const host = hostOf(link.url);
                if (link.hub !== host && own.keyFor(link.hub) === undefined) own.moveKey(host, link.hub);
                setState({ state: 'online', ...about, session: id, intervalMs: sampler.intervalMs });
              } else setState({ ...about, ...admission });
            },
          });
          session = opened;
          return {
            message(text) {
              try {
                opened.receive(text);
              } catch (error) {
                // The next connection starts fresh; the state of this one is not known.
                logFault(log, 'SESSION_FAILED', 'A message from the hub could not be handled.', error);
                link.close(CLOSE.internalError, 'the agent had an internal error');
              }
            },
            closed() {
              opened.end();
              session = null;
            },
          };
        },
        waiting(end, retryInMs, lost) {
          setState({
            state: 'waiting',
            lost,
            code: end.code,
            reason: end.text,
            retryInMs,
            queuedRows: queue.rowCount,
          });
          if (!lost) void relocate();
        },
        patience(code) {
          if (rejected) return CLOSE.policy;
          // Its key worked until just now and was revoked, so it asks again at once: the user is waiting for it.
          return code === CLOSE.unauthorised && wasOnline ? CLOSE.normal : code;
        },
      },
    );
  }

  /** Looks for the hub while it does not answer at its known address, because LAN addresses can change. */
  async function relocate(): Promise<void> {
    if (!options.relocate || clock.monotonic() - searchedAt < timings.searchEveryMs) return;
    searchedAt = Infinity;
    const urls = await options.relocate().catch(() => []);
    searchedAt = clock.monotonic();
    if (!disposed) connection?.lookAt(encrypted(urls));
  }

  return {
    get device() {
      return identity?.id ?? null;
    },
    get state() {
      return state;
    },
    async start() {
      if (disposed || identity) return fail('ALREADY_STARTED', 'This agent was already started.');
      const parsed = parseHubUrl(options.url);
      if (!parsed.ok) return parsed;
      const target = parsed.value;
      const trust = new HubTrust({
        known: new KnownHubs(options.remembersHubs === false ? null : options.dataDir, log),
        host: hostOf(target.url),
        fingerprint: options.fingerprint,
        hasAuthority: options.ca !== undefined,
        found: options.found,
        clock,
        log,
      });
      if (target.url.protocol === 'ws:' && trust.isBound)
        return fail('TLS_EXPECTED', tlsExpected(target.url));
      const opened = openIdentity(options.dataDir, name, log);
      if (!opened.ok) return opened;
      identity = opened.value;
      openSpool(identity);
      connection = connect(target, trust, identity);
      stopWatching = clock.watch(({ stepMs }) =>
        log.info(`the clock of this machine was set by ${Math.round(stepMs / 1_000)} s`),
      );
      stopFollowing = clock.every(HubClock.LOOK_EVERY_MS, () => hubClock.look());
      connection.start();
      await set.prime(timings.primeMs);
      if (!disposed) sampler.start();
      return succeed({ device: identity.id, name });
    },
    onState: (listener) => states.on(listener),
    async dispose() {
      if (disposed) return;
      disposed = true;
      await endAll([
        () => sampler.stop(),
        () => interval.dispose(),
        () => stopWatching(),
        () => stopFollowing(),
        () => connection?.stop('the agent is stopping'),
        () => set.dispose(),
        () => queue.close(),
        () => identity?.release(),
        () => setState({ state: 'stopped' }),
        () => states.clear(),
      ]);
    },
  };
}

/** A test's clock replaces all sources of time, unless the test has an environment of its own. */
function watchedClock({ clock: given, environment }: AgentOptions, log: Logger): WatchedClock {
  const clock = containTimers(given ?? systemClock, log);
  const { uptimeMs } = environment ?? (given ? { uptimeMs: () => clock.monotonic() } : LOCAL_SOURCES);
  return new WatchedClock(clock, uptimeMs);
}

/** Addresses from elsewhere than the user: only those that can prove that they are the hub's. */
function encrypted(urls: readonly string[]): HubTarget[] {
  return urls.flatMap((url) => {
    const parsed = parseHubUrl(url);
    return parsed.ok && parsed.value.url.protocol === 'wss:'
      ? [{ ...parsed.value, isOpenToPlain: false }]
      : [];
  });
}

function clamp(intervalMs: number): number {
  return Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, Math.round(intervalMs)));
}

function tlsExpected(url: URL): string {
  return (
    `Agents on this machine know ${hostOf(url)} by its certificate, but ${url.href} is not encrypted: ` +
    `use wss://${url.host}, or forget the hub with --forget-hub ${hostOf(url)}.`
  );
}
