import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, it, type ExpectStatic } from 'vitest';
import { programSnippet } from '../../src/renderer/src/views/add-device/snippets';
import { eventually } from '../patience';
import { buildTelegraf, TELEGRAF_VERSION } from './build-telegraf';
import { compareSamples, NO_DIFFERENCES, storedAs } from './compare-samples';
import { HubProcess } from './hub-process';
import { describePeer } from './peer';
import { TelegrafProcess } from './telegraf-process';

const LOOK_EVERY_MS = 100;
const TIMEOUT_MS = 8 * 60_000;
/** Outages of minutes are tested only on request: `PEERS_LONG=1 npm run test:peers`. */
const IS_LONG = process.env['PEERS_LONG'] === '1';

const example = (authority: string): string => {
  const text = readFileSync('examples/telegraf/telegraf.conf', 'utf8');
  if (!text.includes('127.0.0.1:7411')) throw new Error('The example does not name the address of a hub.');
  return text.replaceAll('127.0.0.1:7411', authority);
};
const snippet = (authority: string): string => programSnippet(`ws://${authority}`, 'telegraf');
const telegraf = await buildTelegraf();

/** Returns all states that a device has during a period. */
async function statesFor(hub: HubProcess, name: string, forMs: number): Promise<string[]> {
  const states = new Set<string>();
  const until = performance.now() + forMs;
  while (performance.now() < until) {
    for (const device of await hub.devices()) {
      if (device.name !== name) continue;
      states.add(device.reason === null ? device.state : `${device.state}: ${device.reason.text}`);
    }
    await delay(LOOK_EVERY_MS);
  }
  return [...states];
}

interface Course {
  /** The configuration for a hub at this address. */
  config: (authority: string) => string;
  hostname?: string;
  /** Additional lines for `[agent]`. */
  agent?: string;
  /** How long it sends before and after the outage, ms. */
  sendsMs?: number;
  awayMs: number;
  /** Whether the hub freezes instead of ending. */
  freezes?: boolean;
}

/** Stops the hub while Telegraf sends, and starts it again; expects no missing and no misplaced samples. */
async function survives(expect: ExpectStatic, course: Course): Promise<void> {
  const { config, hostname = 'nas', agent, sendsMs = 6_000, awayMs, freezes = false } = course;
  const hub = await HubProcess.create();
  await hub.start();
  const sender = start(config(hub.authority), hostname, agent);
  try {
    await hub.deviceIn(hostname, 'online');
    expect(await statesFor(hub, hostname, sendsMs)).toEqual(['online']);
    if (freezes) hub.freeze();
    else await hub.stop();
    await delay(awayMs);
    if (freezes) hub.wake();
    else await hub.start();
    await hub.deviceIn(hostname, 'online');
    expect(await statesFor(hub, hostname, sendsMs)).toEqual(['online']);
    await sender.stop();
    await expectAllStored(expect, hub, sender, hostname);
    expect(sender.output).not.toMatch(/1009|too big|DeprecationWarning/i);
    // Its connections are logged as events, but its values are not.
    expect((await hub.events()).filter(({ kind }) => kind === 'text')).toEqual([]);
  } finally {
    await sender.dispose();
    await hub.dispose();
  }
}

function start(config: string, hostname: string, agent?: string): TelegrafProcess {
  return new TelegrafProcess({ path: telegraf.path ?? '', config, hostname, ...(agent && { agent }) });
}

async function expectAllStored(
  expect: ExpectStatic,
  hub: HubProcess,
  sender: TelegrafProcess,
  hostname: string,
): Promise<void> {
  const sent = sender.gathered();
  expect(sent.get('system.load1{}')?.size).toBeGreaterThan(2);
  const { id } = await hub.deviceIn(hostname, 'offline');
  const differences = await eventually(
    async () => compareSamples(sent, storedAs(await hub.series(id))),
    ({ missing }) => missing.length === 0,
  ).catch(async () => compareSamples(sent, storedAs(await hub.series(id))));
  expect(differences).toEqual(NO_DIFFERENCES);
}

describePeer(`Telegraf ${TELEGRAF_VERSION} over a WebSocket`, telegraf.missing, () => {
  describe.concurrent(
    'loses nothing, is never stale, and everything is at its own time',
    { timeout: TIMEOUT_MS },
    () => {
      const away = { awayMs: 12_000 };
      it('with the example, while the hub is away for 12 s', ({ expect }) =>
        survives(expect, { ...away, config: example }));
      it('with what the app shows, while the hub is away for 12 s', ({ expect }) =>
        survives(expect, { ...away, config: snippet }));
      it("at Telegraf's own intervals", ({ expect }) =>
        survives(expect, {
          ...away,
          config: example,
          agent: 'interval = "10s"\nflush_interval = "10s"\nflush_jitter = "0s"',
          sendsMs: 45_000,
        }));
      it('with a long host name and much to send', ({ expect }) =>
        survives(expect, {
          ...away,
          config: example,
          hostname: 'a-computer-with-a-name-of-35-letters',
          agent: 'interval = "100ms"',
        }));
      it('as JSON', ({ expect }) =>
        survives(expect, {
          ...away,
          config: (authority) => example(authority).replace('data_format = "influx"', 'data_format = "json"'),
        }));
      it('while the computer of the hub sleeps', ({ expect }) =>
        survives(expect, { ...away, config: example, freezes: true }));
      it.skipIf(!IS_LONG)('with the example, while the hub is away for 3 min', ({ expect }) =>
        survives(expect, { config: example, awayMs: 180_000 }),
      );
      it.skipIf(!IS_LONG)('while the computer of the hub sleeps for 3 min', ({ expect }) =>
        survives(expect, { config: example, awayMs: 180_000, freezes: true }),
      );
      it.skipIf(!IS_LONG)('with what the app shows, while the hub is away for 3 min', ({ expect }) =>
        survives(expect, { config: snippet, awayMs: 180_000 }),
      );
      it.skipIf(!IS_LONG)(
        'with a long host name and much to send, while the hub is away for 3 min',
        ({ expect }) =>
          survives(expect, {
            config: example,
            hostname: 'a-computer-with-a-name-of-35-letters',
            agent: 'interval = "200ms"',
            awayMs: 180_000,
          }),
      );
    },
  );

  it.concurrent('waits for a hub that starts a little later', async ({ expect }) => {
    const hub = await HubProcess.create();
    const sender = start(example(hub.authority), 'early');
    try {
      await eventually(() => sender.output.includes('retrying in 15s'));
      await hub.start();
      await hub.deviceIn('early', 'online');
      await delay(3_000);
      await sender.stop();
      await expectAllStored(expect, hub, sender, 'early');
    } finally {
      await sender.dispose();
      await hub.dispose();
    }
  });
});
