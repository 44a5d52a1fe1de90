import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { storedSamples } from '../fakes/push-client';
import { ADMIN, startRunningWeb, type RunningWeb } from '../fakes/running-web';
import { eventually } from '../patience';
import { buildTelegraf, TELEGRAF_VERSION } from './build-telegraf';
import { compareSamples, NO_DIFFERENCES, storedAs } from './compare-samples';
import { describePeer } from './peer';
import { TelegrafProcess } from './telegraf-process';

const AGENT = `[agent]
  interval = "1s"
  flush_interval = "1s"
[[inputs.cpu]]
[[inputs.mem]]
[[inputs.system]]
`;
const DOCS = readFileSync('docs/http-ingest.md', 'utf8');
/** The documentation's configurations for Telegraf. */
const [V2 = '', JSON_OVER_HTTP = ''] = [...DOCS.matchAll(/```toml\n([^]*?)```/g)].map(([, block]) => block);
const OUTPUTS: Readonly<Record<string, string>> = {
  influxdb: '[[outputs.influxdb]]\n  urls = ["http://HUB:7411"]',
  'influxdb-v2': V2,
  'http-json': JSON_OVER_HTTP,
  'http-influx': JSON_OVER_HTTP.replace('"json"', '"influx"'),
};
const NAMES = Object.keys(OUTPUTS);
const telegraf = await buildTelegraf();

describePeer(`Telegraf ${TELEGRAF_VERSION} over HTTP`, telegraf.missing, () => {
  let web: RunningWeb;
  const senders = new Map<string, TelegrafProcess>();

  beforeAll(async () => {
    web = await startRunningWeb({}, { admit: 'ask' });
    for (const [hostname, output] of Object.entries(OUTPUTS)) {
      const config = AGENT + output.replaceAll('HUB:7411', `127.0.0.1:${web.port}`);
      senders.set(hostname, new TelegrafProcess({ path: telegraf.path ?? '', config, hostname }));
    }
  });
  afterAll(async () => {
    await Promise.all([...senders.values()].map((sender) => sender.dispose()));
    await web.dispose();
  });

  const devices = () => web.hub.execute('listDevices', {}, ADMIN);
  const sender = (name: string): TelegrafProcess => {
    const found = senders.get(name);
    if (!found) throw new Error(`There is no Telegraf named ${name}.`);
    return found;
  };

  it('waits for approval, and keeps its samples meanwhile', async () => {
    const waiting = await eventually(devices, (all) => all.length === NAMES.length);
    expect(waiting.map(({ name, approval }) => `${name}: ${approval}`).sort()).toEqual(
      NAMES.map((name) => `${name}: pending`).sort(),
    );
    for (const name of NAMES) await eventually(() => /503/.test(sender(name).output));
    for (const { id } of waiting) await web.hub.execute('approveDevice', { device: id }, ADMIN);
    await eventually(devices, (all) =>
      all.every(({ state, seriesCount }) => state === 'online' && seriesCount > 0),
    );
  });

  it('is never stale while it sends', async () => {
    const states = new Set<string>();
    for (let look = 0; look < 60; look++) {
      for (const { name, state } of await devices()) states.add(`${name}: ${state}`);
      await delay(100);
    }
    expect([...states].sort()).toEqual(NAMES.map((name) => `${name}: online`).sort());
  });

  it.each(NAMES)('has every sample stored at its own time: %s', async (name) => {
    const device = (await devices()).find((one) => one.name === name)?.id ?? '';
    await sender(name).stop();
    const sent = sender(name).gathered();
    expect(sent.get('system.load1{}')?.size).toBeGreaterThan(5);
    expect(compareSamples(sent, storedAs(await storedSamples(web.hub, device)))).toEqual(NO_DIFFERENCES);
  });
});
