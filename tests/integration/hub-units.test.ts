import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SeriesInfo } from '@shared/model';
import { StoreHarness } from '../../src/main/hub/history/testing/harness';
import type { HubOptions } from '../../src/main/hub/hub-contract';
import { hello, startHub, TestClient, type TestHub } from '../fakes/hub-harness';
import { eventually } from '../patience';

let harness: StoreHarness;
let dataDir = '';
let version = 0;
let test: TestHub;
beforeAll(async () => {
  harness = await StoreHarness.create();
});
afterAll(() => harness.dispose());
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'wirewatch-units-'));
});
afterEach(async () => {
  await test.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A hub that keeps what it knows; once more for a restart. */
async function start(options: Partial<HubOptions> = {}): Promise<void> {
  const store = await harness.open(join(dataDir, 'history'));
  test = await startHub({ admit: 'open', dataDir, store, ...options });
}

async function restart(): Promise<void> {
  await test.dispose();
  await start();
}

async function board(values: Record<string, number>): Promise<TestClient> {
  const client = await TestClient.open(test.url);
  client.send({ id: 'board', ...values });
  await unitsOf('board', (units) => Object.keys(values).every((metric) => metric in units));
  return client;
}

/** Units of a device's series and where they are from, by metric. */
function unitsOf(
  device: string,
  until: (units: Record<string, string>) => boolean = () => true,
): Promise<Record<string, string>> {
  return eventually(async () => {
    const devices = await test.api.call('listDevices', {});
    if (!devices.some(({ id }) => id === device)) return {};
    const series = await test.api.call('listSeries', { device });
    return Object.fromEntries(
      series.map(({ metric, unit, unitSource }) => [metric, `${unit} ${unitSource}`]),
    );
  }, until);
}

const choose = (metric: string, unit: string | null, device = 'board'): Promise<SeriesInfo[]> =>
  test.api.call('setSeriesUnit', { device, series: [{ metric, labels: {} }], unit });

/** A full agent that declares one series. */
async function declare(id: string, metric: string, unit?: string): Promise<TestClient> {
  const client = await TestClient.open(`${test.url}/agent`, ['wirewatch.v1']);
  client.send(hello(id));
  await client.message('welcome');
  client.send({
    type: 'schema',
    version: ++version,
    series: [{ name: metric, kind: 'gauge', ...(unit !== undefined && { unit }) }],
  });
  return client;
}

describe('the unit of a series', () => {
  it('is marked as a guess when only the name says it', async () => {
    await start();
    await board({ 'greenhouse.temp': 21, zorble: 4 });
    expect(await unitsOf('board')).toEqual({ 'greenhouse.temp': 'Cel guessed', zorble: ' guessed' });
  });

  it('is known when the device declares it, or a standard does', async () => {
    await start();
    await declare('pc', 'greenhouse.temp', '[degF]');
    await unitsOf('pc', (units) => units['greenhouse.temp'] === '[degF] known');
    await declare('mac', 'system.memory.usage');
    await unitsOf('mac', (units) => units['system.memory.usage'] === 'By known');
  });

  it('that was guessed gives way to what the device declares later', async () => {
    await start();
    const first = await declare('pc', 'greenhouse.temp');
    await unitsOf('pc', (units) => units['greenhouse.temp'] === 'Cel guessed');
    first.send({
      type: 'schema',
      version: ++version,
      series: [{ name: 'greenhouse.temp', unit: 'K', kind: 'gauge' }],
    });
    await unitsOf('pc', (units) => units['greenhouse.temp'] === 'K known');
  });

  it('stays a guess, or known, over a restart', async () => {
    await start();
    await board({ 'greenhouse.temp': 21 });
    await declare('pc', 'attic.temp', 'Cel');
    await unitsOf('pc', (units) => 'attic.temp' in units);
    await restart();
    expect(await unitsOf('board')).toEqual({ 'greenhouse.temp': 'Cel guessed' });
    expect(await unitsOf('pc')).toEqual({ 'attic.temp': 'Cel known' });
  });
});

describe('a unit that a person chose', () => {
  it('is in force at once, whatever comes from the device later, and over a restart', async () => {
    await start();
    const client = await board({ 'greenhouse.temp': 70 });
    const [changed] = await choose('greenhouse.temp', '°F');
    expect(changed).toMatchObject({ unit: '[degF]', unitSource: 'chosen' });
    client.send({ id: 'board', 'greenhouse.temp': 71, other: 1 });
    await unitsOf('board', (units) => 'other' in units);
    expect((await unitsOf('board'))['greenhouse.temp']).toBe('[degF] chosen');
    await restart();
    expect((await unitsOf('board'))['greenhouse.temp']).toBe('[degF] chosen');
    await board({ 'greenhouse.temp': 72 });
    expect((await unitsOf('board'))['greenhouse.temp']).toBe('[degF] chosen');
  });

  it('wins over what the device declares, which is back when the choice is taken back', async () => {
    await start();
    const agent = await declare('pc', 'attic.temp', 'Cel');
    await unitsOf('pc', (units) => 'attic.temp' in units);
    await choose('attic.temp', 'K', 'pc');
    agent.send({
      type: 'schema',
      version: ++version,
      series: [{ name: 'attic.temp', unit: '[degF]', kind: 'gauge' }],
    });
    agent.send({
      type: 'schema',
      version: ++version,
      series: [{ name: 'beacon', unit: '1', kind: 'gauge' }],
    });
    await unitsOf('pc', (units) => 'beacon' in units);
    expect((await unitsOf('pc'))['attic.temp']).toBe('K chosen');
    await restart();
    expect((await unitsOf('pc'))['attic.temp']).toBe('K chosen');
    const [after] = await choose('attic.temp', null, 'pc');
    expect(after).toMatchObject({ unit: '[degF]', unitSource: 'known' });
  });

  it('may be none at all, and goes back to the guess', async () => {
    await start();
    await board({ 'greenhouse.temp': 21 });
    expect((await choose('greenhouse.temp', ''))[0]).toMatchObject({ unit: '', unitSource: 'chosen' });
    expect((await choose('greenhouse.temp', null))[0]).toMatchObject({ unit: 'Cel', unitSource: 'guessed' });
  });

  it('is what exports, queries and headlines say', async () => {
    await start();
    await board({ 'greenhouse.temp': 70 });
    await choose('greenhouse.temp', '°F');
    const range = { from: Date.now() - 60_000, to: Date.now() + 60_000 };
    const { series } = await test.api.call('query', { device: 'board', ...range });
    expect(series.map(({ unit }) => unit)).toEqual(['[degF]']);
    const [device] = await test.api.call('listDevices', {});
    expect(device?.headline.map(({ unit }) => unit)).toEqual(['[degF]']);
    let text = '';
    for await (const piece of test.hub.exportSamples({
      format: 'csv',
      device: 'board',
      ...range,
      time: 'ms',
      raw: false,
    }))
      text += piece;
    expect(text).toContain('[degF]');
  });

  it('outlasts the deletion of the samples', async () => {
    await start();
    await board({ 'greenhouse.temp': 70 });
    await choose('greenhouse.temp', '°F');
    await test.api.call('deleteDeviceData', { device: 'board' });
    await board({ 'greenhouse.temp': 71 });
    expect((await unitsOf('board'))['greenhouse.temp']).toBe('[degF] chosen');
  });

  it('reaches UIs that show the device', async () => {
    await start();
    await board({ 'greenhouse.temp': 70 });
    const revision = async () => (await test.api.call('listDevices', {}))[0]?.seriesRevision;
    const before = await revision();
    const told = Promise.withResolvers<number>();
    const stop = test.api.subscribe('devices', {}, ({ full, changed }) => {
      const [device] = changed;
      if (!full && device && device.seriesRevision !== before) told.resolve(device.seriesRevision);
    });
    await choose('greenhouse.temp', '°F');
    expect(await told.promise).toBe(await revision());
    stop();
  });

  it('is refused to viewers, for series that are not there, and beyond the limit', async () => {
    await start({ limits: { chosenUnitsPerDevice: 1 } });
    await board({ a_temp: 1, b_temp: 2 });
    const params = { device: 'board', series: [{ metric: 'a_temp', labels: {} }], unit: 'K' };
    const viewer = { from: 'test', role: 'viewer' } as const;
    await expect(test.hub.execute('setSeriesUnit', params, viewer)).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
    await expect(choose('nothing', 'K')).rejects.toMatchObject({ code: 'NO_SUCH_SERIES' });
    await choose('a_temp', 'K');
    await expect(choose('b_temp', 'K')).rejects.toMatchObject({ code: 'TOO_MANY_UNITS' });
    expect(await unitsOf('board')).toEqual({ a_temp: 'K chosen', b_temp: 'Cel guessed' });
    await choose('a_temp', null);
    await choose('b_temp', 'K');
  });
});
