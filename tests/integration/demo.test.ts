import { afterEach, describe, expect, it } from 'vitest';
import { startCli, type CliProcess } from '../fakes/cli-process';

/** Patience of a test on a machine that is busy with others. */
const SOON = { timeout: 10_000, interval: 50 };

interface ApiDevice {
  id: string;
  name: string;
  kind: string;
  state: string;
  simple: boolean;
  seriesCount: number;
  clockOffsetMs: number | null;
}

let demo: CliProcess | undefined;
afterEach(async () => {
  demo?.kill();
  await demo?.ended;
});

async function get<T>(url: string): Promise<T> {
  return (await (await fetch(url)).json()) as T;
}

describe('wirewatch demo', () => {
  it('shows its devices with a past, and ends with all of them', async () => {
    demo = startCli(['demo', '--devices=12', '--port=0', '--host=127.0.0.1', '--json']);
    const url = String((await demo.event('ready'))['url']);
    const devices = async () => (await get<{ devices: ApiDevice[] }>(`${url}/api/v1/devices`)).devices;
    await expect
      .poll(async () => (await devices()).filter(({ state }) => state === 'online').length, {
        timeout: 15_000,
      })
      .toBe(12);
    const all = await devices();
    expect(all).toHaveLength(13);
    expect(all.filter(({ state }) => state === 'pending').map(({ name }) => name)).toEqual(['new-esp32']);
    expect(
      all
        .filter(({ simple }) => simple)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['greenhouse', 'weather-station']);
    const nas = all.find(({ name }) => name === 'nas');
    expect(nas?.seriesCount).toBeGreaterThan(40);
    const laptop = all.find(({ name }) => name === 'laptop-anna');
    expect(laptop?.clockOffsetMs).toBeLessThan(-90_000);

    // Charts are full at once: the devices brought the minutes before they connected.
    const query = `${url}/api/v1/query?device=${nas?.id}&metric=system.cpu.load_average.1m`;
    const rows = async () => (await get<{ series: { t: number[] }[] }>(query)).series[0]?.t.length ?? 0;
    await expect.poll(rows, SOON).toBeGreaterThan(850);

    demo.kill('SIGTERM');
    expect(await demo.ended).toEqual({ code: 0, signal: null });
  });

  it('takes its devices with it when it is killed', async () => {
    demo = startCli(['demo', '--devices=2', '--port=0', '--host=127.0.0.1', '--json']);
    const url = String((await demo.event('ready'))['url']);
    await expect
      .poll(async () => (await get<{ devices: ApiDevice[] }>(`${url}/api/v1/devices`)).devices.length, SOON)
      .toBe(3);
    demo.kill('SIGKILL');
    // Its pipes close only when the process that plays the devices has ended too.
    await demo.ended;
  });
});
