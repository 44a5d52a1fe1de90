import type { Disposable } from '@shared/disposable';
import { createPacer } from './backfill-pacer';
import { startDemoAgent } from './demo-agent';
import { connectDemoSocket, type DemoHub } from './demo-socket';
import { createFleet } from './fleet';
import type { FleetOrder } from './fleet-order';
import { decodeHost } from './host-tracks';
import { loadRecording } from './recording';
import { startSimpleSender } from './simple-sender';

/** The most connections that have not said hello yet; well below a hub's limit for one address. */
const CONNECTING_AT_ONCE = 24;
const CONNECT_TIMEOUT_MS = 3_000;
/** The hub's memory holds 15 minutes; older samples would be refused. */
const LONGEST_BACKFILL_MS = 15 * 60_000 - 20_000;
const SHORTEST_BACKFILL_MS = 60_000;
/** The most past samples that all devices send together, and how fast. */
const BACKFILL_SAMPLES = 4_000_000;
const BACKFILL_SAMPLES_PER_SEC = 500_000;
const GOODBYE_MS = 300;

export interface FleetHandle {
  /** Closes all connections; settles once the close frames had time to be sent. */
  dispose(): Promise<void>;
}

/** Connects all simulated devices, a few at a time; each reports its past first and then goes live. */
export async function startFleet(order: FleetOrder): Promise<FleetHandle> {
  const { url, fingerprint, token, devices, seed, recording } = order;
  const hub: DemoHub = { url, fingerprint };
  const host = decodeHost(await loadRecording(recording));
  const fleet = createFleet(host, { devices, seed, startedAtS: Date.now() / 1_000 });
  const perSecond = fleet.reduce((sum, { part, intervalMs }) => {
    return sum + (part.declarations.length * 1_000) / intervalMs;
  }, 0);
  const backfillMs = Math.min(
    LONGEST_BACKFILL_MS,
    Math.max(SHORTEST_BACKFILL_MS, (BACKFILL_SAMPLES / perSecond) * 1_000),
  );
  const pacer = createPacer(BACKFILL_SAMPLES_PER_SEC);
  const running: Disposable[] = [startEchoClient(hub)];
  const waiting = [...fleet];
  let disposed = false;

  function startNext(): void {
    const device = waiting.shift();
    if (!device || disposed) return;
    let isCounted = false;
    const next = (): void => {
      if (isCounted) return;
      isCounted = true;
      clearTimeout(giveUp);
      startNext();
    };
    // A device that cannot connect does not delay the others.
    const giveUp = setTimeout(next, CONNECT_TIMEOUT_MS);
    running.push(
      device.dialect === 'agent'
        ? startDemoAgent(device, { hub, token, backfillMs, pacer, onWelcome: next })
        : startSimpleSender(device, hub),
    );
    if (device.dialect !== 'agent') next();
  }
  for (let i = 0; i < CONNECTING_AT_ONCE; i++) startNext();

  return {
    async dispose() {
      disposed = true;
      pacer.dispose();
      for (const one of running) one.dispose();
      await new Promise((resolve) => setTimeout(resolve, GOODBYE_MS));
    },
  };
}

/** Starts a client that tries out WebSockets against `/echo`. */
function startEchoClient(hub: DemoHub): Disposable {
  const socket = connectDemoSocket(hub, { path: '/echo' });
  let timer: NodeJS.Timeout | undefined;
  socket.on('open', () => {
    timer = setInterval(() => socket.send('Hello, server!'), 5_000);
  });
  socket.on('error', () => {});
  socket.on('close', () => clearInterval(timer));
  return {
    dispose() {
      clearInterval(timer);
      socket.close(1001);
    },
  };
}
