import { afterEach, describe, expect, it } from 'vitest';
import { startCli, type CliProcess } from '../fakes/cli-process';
import { eventually } from '../patience';

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
    const readyAt = Date.now();
    const devices = async () => (await get<{ devices: ApiDevice[] }>(`${url}/api/v1/devices`)).devices;
    // Some fall silent or leave soon after they came, so not all need be online at one time.
    const seenOnline = new Set<string>();
    await eventually(async () => {
      for (const { id, state } of await devices()) if (state === 'online') seenOnline.add(id);
      return seenOnline.size === 12;
    });
    // A device is online from its welcome on; what it measures comes after that.
    const nas = await eventually(async () =>
      (await devices()).find(({ name, seriesCount }) => name === 'nas' && seriesCount > 40),
    );
    const all = await eventually(devices, (list) => list.length >= 13);
    expect(all).toHaveLength(13);
    expect(all.filter(({ state }) => state === 'pending').map(({ name }) => name)).toEqual(['new-esp32']);
    expect(
      all
        .filter(({ simple }) => simple)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['greenhouse', 'weather-station']);
    const laptop = all.find(({ name }) => name === 'laptop-anna');
    expect(laptop?.clockOffsetMs).toBeLessThan(-90_000);

    // Charts are full at once: the devices brought the minutes before they connected, one row a second. Every second that
    // this took is one that the hub's memory no longer holds.
    const metric = 'system.cpu.load_average.1m';
    const query = `${url}/api/v1/query?device=${nas.id}&metric=${metric}&from=${readyAt - 900_000}&to=${readyAt}`;
    const rows = async () => (await get<{ series: { t: number[] }[] }>(query)).series[0]?.t.length ?? 0;
    const gone = () => (Date.now() - readyAt) / 1_000;
    await expect.poll(async () => gone() + (await rows())).toBeGreaterThan(850);

    demo.kill('SIGTERM');
    // Windows has no signals that a program can answer.
    if (process.platform !== 'win32') expect(await demo.ended).toEqual({ code: 0, signal: null });
  });

  it('takes its devices with it when it is killed', async () => {
    demo = startCli(['demo', '--devices=2', '--port=0', '--host=127.0.0.1', '--json']);
    const url = String((await demo.event('ready'))['url']);
    await expect
      .poll(async () => (await get<{ devices: ApiDevice[] }>(`${url}/api/v1/devices`)).devices.length)
      .toBe(3);
    demo.kill('SIGKILL');
    // Its pipes close only when the process that plays the devices has ended too.
    await demo.ended;
  });
});
