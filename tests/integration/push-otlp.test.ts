import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { afterEach, describe, expect, it } from 'vitest';
import { newestValues, push, storedSamples } from '../fakes/push-client';
import { ADMIN, startRunningWeb, type RunningWeb } from '../fakes/running-web';
import { eventually } from '../patience';

let web: RunningWeb | null = null;

afterEach(async () => {
  await web?.dispose();
  web = null;
});

async function start(admit: 'open' | 'ask' = 'open'): Promise<RunningWeb> {
  return (web = await startRunningWeb({}, { admit }));
}

describe('the OpenTelemetry SDK', () => {
  it.each([
    ['protobuf', ProtobufExporter],
    ['JSON', JsonExporter],
  ])('sends gauges, sums and histograms as %s', async (_, Exporter) => {
    const { port, hub } = await start();
    const exporter = new Exporter({ url: `http://127.0.0.1:${port}/v1/metrics` });
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const resource = resourceFromAttributes({ 'host.name': 'web-1', 'service.name': 'shop' });
    const provider = new MeterProvider({ readers: [reader], resource });
    const meter = provider.getMeter('test');
    meter.createCounter('orders', { unit: '{orders}' }).add(3, { region: 'eu' });
    meter.createGauge('temperature', { unit: 'Cel' }).record(21.5);
    const histogram = meter.createHistogram('latency', {
      unit: 'ms',
      advice: { explicitBucketBoundaries: [10, 20, 40] },
    });
    for (const ms of [5, 15, 15, 30]) histogram.record(ms);
    await provider.forceFlush();
    await provider.shutdown();
    expect(await newestValues(hub, 'web-1')).toMatchObject({
      'orders{region=eu,service=shop}': 3,
      'temperature{service=shop}': 21.5,
      'latency.count{service=shop}': 4,
      'latency.sum{service=shop}': 65,
      'latency.p50{service=shop}': 15,
    });
    const stored = await storedSamples(hub, 'web-1');
    expect(stored.find(({ metric }) => metric === 'orders')).toMatchObject({ kind: 'counter', unit: '' });
    expect(stored.find(({ metric }) => metric === 'temperature')).toMatchObject({
      kind: 'gauge',
      unit: 'Cel',
    });
  });
});

describe('the OpenTelemetry SDK before it is approved', () => {
  it('is seen waiting, goes on trying, and has its sums stored once it is let in', async () => {
    const { port, hub } = await start('ask');
    const exporter = new ProtobufExporter({ url: `http://127.0.0.1:${port}/v1/metrics` });
    const reader = new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: 200,
      exportTimeoutMillis: 100,
    });
    const resource = resourceFromAttributes({ 'host.name': 'web-1', 'service.name': 'shop' });
    const provider = new MeterProvider({ readers: [reader], resource });
    provider.getMeter('test').createCounter('orders').add(3);
    const [waiting] = await eventually(
      () => hub.execute('listDevices', {}, ADMIN),
      (all) => all.length > 0,
    );
    expect(waiting).toMatchObject({ id: 'web-1', approval: 'pending' });
    await hub.execute('approveDevice', { device: 'web-1' }, ADMIN);
    const stored = await eventually(
      () => newestValues(hub, 'web-1'),
      (values) => Object.keys(values).length > 0,
    );
    expect(stored).toEqual({ 'orders{service=shop}': 3 });
    await provider.shutdown();
  });
});

describe('POST /v1/metrics', () => {
  const point = { timeUnixNano: `${Date.now()}000000`, asDouble: 1 };
  const request = (metrics: object[]) =>
    JSON.stringify({ resourceMetrics: [{ resource: {}, scopeMetrics: [{ metrics }] }] });
  const headers = { 'Content-Type': 'application/json' };

  it('tells of what it left out, and keeps the rest', async () => {
    const { port, hub } = await start();
    const body = request([
      { name: 'ok', gauge: { dataPoints: [point] } },
      { name: 'odd', summary: {} },
    ]);
    const answer = await push(port, '/v1/metrics', { headers, body });
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ partialSuccess: { rejectedDataPoints: '1' } });
    expect(await newestValues(hub, 'ip:127.0.0.1')).toEqual({ ok: 1 });
  });

  it('refuses what is no OTLP, in the encoding asked', async () => {
    const { port } = await start();
    const protobuf = { 'Content-Type': 'application/x-protobuf' };
    const broken = await push(port, '/v1/metrics', { headers: protobuf, body: 'not protobuf' });
    expect([broken.status, broken.headers['content-type']]).toEqual([400, 'application/x-protobuf']);
    const text = await push(port, '/v1/metrics', { headers: { 'Content-Type': 'text/plain' }, body: 'x' });
    expect(text.status).toBe(415);
  });

  it('tells a sender that waits for approval to come again', async () => {
    const { port } = await start('ask');
    const body = request([{ name: 'ok', gauge: { dataPoints: [point] } }]);
    const answer = await push(port, '/v1/metrics', { headers, body });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '30']);
    expect(answer.json()).toMatchObject({ code: 14 });
  });
});
