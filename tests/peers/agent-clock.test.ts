import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'vitest';
import { startCli, type CliProcess } from '../fakes/cli-process';
import { eventually } from '../patience';
import { clockFrom, FAKETIME, setClock, WHY_FAKETIME } from './faketime';

const SAMPLED_FOR_MS = 5_000;

describe.skipIf(FAKETIME === null)(
  `an agent whose clock is set before it has met a hub (${WHY_FAKETIME})`,
  () => {
    it.concurrent.for([
      ['years behind, as without a battery', ['-50y', '+0']],
      ['an hour behind', ['-1h', '+0']],
      ['ahead, and set twice', ['+3h', '-20m', '+0']],
    ] as const)(
      'has all its samples at their true time: %s',
      { timeout: 120_000 },
      async ([, offsets], { expect, onTestFinished }) => {
        const folder = mkdtempSync(join(tmpdir(), 'wirewatch-agent-clock-'));
        const running: CliProcess[] = [];
        onTestFinished(async () => {
          for (const one of running) one.kill();
          await Promise.all(running.map(({ ended }) => ended));
          rmSync(folder, { recursive: true, force: true });
        });
        const start = (args: string[], env: NodeJS.ProcessEnv = {}): CliProcess => {
          const started = startCli(args, { env });
          running.push(started);
          return started;
        };
        const serve = (port: string): CliProcess =>
          start([
            'serve',
            `--port=${port}`,
            '--host=127.0.0.1',
            '--no-advertise',
            '--no-local-agent',
            '--admit=open',
            '--json',
            `--data-dir=${join(folder, 'hub')}`,
          ]);
        // A port that is free for the hub that comes later.
        const before = serve('0');
        const url = String((await before.event('ready'))['url']);
        before.kill('SIGTERM');
        await before.ended;

        const offsetFile = join(folder, 'offset');
        setClock(offsetFile, offsets[0]);
        start(
          ['agent', url.replace('http', 'ws'), '--name=pi', `--data-dir=${join(folder, 'agent')}`],
          clockFrom(offsetFile),
        );
        const startedAt = Date.now();
        for (const offset of offsets) {
          setClock(offsetFile, offset);
          await sleep(SAMPLED_FOR_MS);
        }
        const metAt = Date.now();
        const hub = serve(new URL(url).port);
        await hub.event('ready');

        const device = await eventually(
          async () => {
            const answer = await fetch(`${url}/api/v1/devices`);
            return (await answer.json()) as { devices: { id: string; name: string }[] };
          },
          ({ devices }) => devices.some(({ name }) => name === 'pi'),
        );
        const id = device.devices.find(({ name }) => name === 'pi')?.id ?? '';
        await sleep(3_000);
        const query = `${url}/api/v1/query?device=${id}&metric=system.uptime&from=0&to=${Date.now() + 1e12}`;
        const { series } = (await (await fetch(query)).json()) as { series: { t: number[]; v: number[] }[] };
        const bootedAt = Date.now() - uptime() * 1_000;
        const samples = (series[0]?.t ?? []).map((time, i) => ({
          time,
          truth: bootedAt + (series[0]?.v[i] ?? Number.NaN) * 1_000,
        }));
        const early = samples.filter(({ truth }) => truth < metAt);
        expect(early.length).toBeGreaterThanOrEqual((offsets.length * SAMPLED_FOR_MS) / 1_000 - 4);
        expect(early[0]?.truth ?? 0).toBeLessThan(startedAt + SAMPLED_FOR_MS);
        expect(samples.filter(({ time, truth }) => Math.abs(time - truth) > 1_500)).toEqual([]);
      },
    );
  },
);
