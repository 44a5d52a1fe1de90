import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'vitest';
import { startCli, type CliProcess } from '../fakes/cli-process';
import { clockFrom, FAKETIME, setClock, WHY_FAKETIME } from './faketime';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STEP_MS = 10_000;
/** Ages are checked every minute, and once before. */
const WRONG_FOR_MS = 66_000;
/** What was stored fills the time that is kept, but for this. */
const SLACK_MS = 10 * 60_000;

/** The values of the imported device in the order of their times, as an export has them. */
async function storedValues(url: string): Promise<number[]> {
  const answer = await fetch(`${url}/api/v1/export?device=nas&from=0&format=ndjson`);
  const lines = (await answer.text()).trimEnd().split('\n');
  return lines.flatMap((line) => (JSON.parse(line) as { v: number[] }).v);
}

describe.skipIf(FAKETIME === null)(`three days of history (${WHY_FAKETIME})`, () => {
  // Each waits for a minute and computes nothing meanwhile.
  it.concurrent.for([
    ['ten years', '+10y'],
    ['a day', '+24h'],
    ['an hour', '+1h'],
  ] as const)(
    'lose nothing while the clock of the hub is %s ahead for a minute, with deletion due',
    { timeout: 180_000 },
    async ([, offset], { expect, onTestFinished }) => {
      const folder = mkdtempSync(join(tmpdir(), 'wirewatch-retention-'));
      let hub: CliProcess | null = null;
      onTestFinished(async () => {
        hub?.kill();
        await hub?.ended;
        rmSync(folder, { recursive: true, force: true });
      });
      const offsetFile = join(folder, 'offset');
      setClock(offsetFile, '+0');
      const dataDir = join(folder, 'hub');
      mkdirSync(dataDir, { mode: 0o700 });
      const retention = { rawDays: 3, minuteDays: 3, hourDays: 3, budgetBytes: 5e9 };
      writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ retention }), { mode: 0o600 });
      const args = ['--port=0', '--host=127.0.0.1', '--no-advertise', '--no-local-agent'];
      hub = startCli(['serve', ...args, '--json', '--log-level=info', `--data-dir=${dataDir}`], {
        env: clockFrom(offsetFile),
      });
      const url = String((await hub.event('ready'))['url']);

      const from = Date.now() - 3 * DAY_MS + SLACK_MS;
      const count = Math.floor((Date.now() - from) / STEP_MS);
      const t = Array.from({ length: count }, (_, i) => from + i * STEP_MS);
      const v = t.map((_, i) => i);
      const body = `${JSON.stringify({ device: 'nas', metric: 'm', t, v })}\n`;
      const headers = { 'Content-Type': 'application/x-ndjson' };
      const imported = await fetch(`${url}/api/v1/import`, { method: 'POST', headers, body });
      expect(imported.status).toBe(200);
      const to = from + 3 * DAY_MS;
      const rolledUp = async (): Promise<number> => {
        const query = `${url}/api/v1/query?device=nas&metric=m&from=${from}&to=${to}&points=1000`;
        const { series } = (await (await fetch(query)).json()) as { series: { avg: (number | null)[] }[] };
        return (series[0]?.avg ?? []).filter((one) => one !== null).length;
      };
      expect(await storedValues(url)).toEqual(v);
      const before = await rolledUp();

      setClock(offsetFile, offset);
      await sleep(WRONG_FOR_MS);
      setClock(offsetFile, '+0');
      await sleep(2_000);
      expect(await storedValues(url)).toEqual(v);
      expect(await rolledUp()).toBe(before);
      expect(hub.stderr).toMatch(/hours ahead of where it should be.*nothing is deleted for its age/);
      const events = (await (await fetch(`${url}/api/v1/events?limit=100`)).json()) as {
        events: { kind: string; text: string }[];
      };
      expect(
        events.events.filter(({ text }) => text.includes('clock was set')).length,
      ).toBeGreaterThanOrEqual(1);

      // The same after a restart, at which ages are checked first of all.
      hub.kill('SIGTERM');
      await hub.ended;
      setClock(offsetFile, offset);
      hub = startCli(['serve', ...args, '--json', '--log-level=info', `--data-dir=${dataDir}`], {
        env: clockFrom(offsetFile),
      });
      await hub.event('ready');
      await sleep(5_000);
      hub.kill('SIGTERM');
      await hub.ended;
      setClock(offsetFile, '+0');
      hub = startCli(['serve', ...args, '--json', `--data-dir=${dataDir}`], { env: clockFrom(offsetFile) });
      const again = String((await hub.event('ready'))['url']);
      expect(await storedValues(again)).toEqual(v);
    },
  );
});
