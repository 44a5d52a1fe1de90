import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Collector, SystemRoots } from '../collector';
import { setBattery } from '../battery-series';

/** `hw.battery.*`, from `/sys/class/power_supply`. */
export function createBatteryCollector(roots: SystemRoots): Collector {
  const folder = join(roots.sys, 'class', 'power_supply');
  return {
    name: 'battery',
    everyMs: 30_000,
    async read(slots) {
      for (const name of await readdir(folder).catch(() => [])) {
        const text = (file: string) =>
          readFile(join(folder, name, file), 'utf8').then(
            (value) => value.trim(),
            () => '',
          );
        const number = async (file: string) => {
          const value = Number.parseInt(await text(file), 10);
          return Number.isNaN(value) ? null : value;
        };
        if ((await text('type')) !== 'Battery') continue;
        // Mice and headsets show up here too; theirs is not this machine's charge.
        if ((await text('scope')) === 'Device') continue;
        const percent = await number('capacity');
        if (percent === null) continue;
        const left = (await number('energy_now')) ?? (await number('charge_now'));
        const rate = (await number('power_now')) ?? (await number('current_now'));
        const draining = (await text('status')) === 'Discharging';
        setBattery(slots, name, {
          charge: percent / 100,
          secondsLeft: draining && left !== null && rate !== null && rate > 0 ? (left / rate) * 3_600 : null,
        });
      }
    },
  };
}
