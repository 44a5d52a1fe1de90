import { afterEach, expect, it } from 'vitest';
import { hello, TestClient } from '../fakes/hub-harness';
import { startRunningWeb, type RunningWeb } from '../fakes/running-web';
import { eventually } from '../patience';

/** Names that a plain JavaScript object already has, as labels, metrics, devices and streams call themselves. */

let web: RunningWeb | null = null;
afterEach(() => web?.dispose());

const NAMES = ['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty'];
const ADMIN = { from: 'test', role: 'admin' } as const;

/** `JSON.stringify` of an object literal could not have such names of its own. */
const labels = (names: readonly string[]): string =>
  `{${names.map((name) => `"${name}":"v-${name}"`).join()}}`;

it('series that differ only in labels with such names are several', async () => {
  web = await startRunningWeb({}, { admit: 'open' });
  const agent = await TestClient.open(`ws://127.0.0.1:${web.port}/agent`, ['wirewatch.v1']);
  agent.send(hello('__proto__', { stream: 'constructor' }));
  await agent.message('welcome');
  const declared = NAMES.map((name) => `{"name":"load","labels":${labels([name])}}`);
  agent.send(`{"type":"schema","version":1,"series":[{"name":"load"},${declared.join()}]}`);
  agent.send({ type: 'rows', seq: 1, schema: 1, rows: [[Date.now(), 0, 1, 2, 3, 4, 5]] });
  await agent.message('ack');
  for (const [i, text] of [
    `{"id":"constructor","type":"metrics","values":{"load{__proto__=x}":1,"load{constructor=x}":2,"constructor":3}}`,
    'load,host=prototype,__proto__=x,constructor=y value=1,__proto__=2',
    '{"id":"toString","__proto__":{"a":1},"constructor":2,"list":[{"name":"__proto__","x":1}]}',
  ].entries()) {
    const board = await TestClient.open(`ws://127.0.0.1:${web.port}/`);
    board.send(text);
    await eventually(
      () => web?.hub.execute('listDevices', {}, ADMIN),
      (devices) => devices?.filter(({ seriesCount }) => seriesCount > 0).length === i + 2,
    );
    board.end();
  }
  const keysOf = async (device: string): Promise<string[]> => {
    const answer = await web?.ask(`/api/v1/series?device=${device}`);
    const { series } = answer?.json() as { series: { metric: string; labels: Record<string, string> }[] };
    return series.map((one) => `${one.metric} ${JSON.stringify(one.labels)}`).toSorted();
  };
  expect(await keysOf('__proto__')).toEqual(
    ['load {}', ...NAMES.map((name) => `load ${labels([name])}`)].toSorted(),
  );
  expect(await keysOf('constructor')).toEqual([
    'constructor {}',
    'load {"__proto__":"x"}',
    'load {"constructor":"x"}',
  ]);
  expect(await keysOf('prototype')).toEqual([
    'load {"__proto__":"x","constructor":"y"}',
    'load.__proto__ {"__proto__":"x","constructor":"y"}',
  ]);
  expect(await keysOf('toString')).toEqual([
    '__proto__.a {}',
    'constructor {}',
    'list.x {"name":"__proto__"}',
  ]);
  const spans = await web.hub.execute('listConnectionSpans', { from: 0, to: Date.now() + 1 }, ADMIN);
  expect(Object.keys(spans)).toContain('__proto__');
  agent.end();
});
