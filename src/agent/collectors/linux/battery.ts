import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setBattery } from '../battery-series';
import type { Collector, SystemRoots } from '../collector';
import { batteryFacts } from './battery-facts';
import { readText } from './hwmon';

const FILES = [
  ...['present', 'status', 'capacity', 'time_to_empty_now', 'time_to_empty_avg'],
  ...['energy_now', 'energy_avg', 'energy_full', 'energy_full_design', 'power_now', 'power_avg'],
  ...['charge_now', 'charge_avg', 'charge_full', 'charge_full_design', 'current_now', 'current_avg'],
  ...['voltage_now', 'voltage_avg', 'voltage_min_design', 'voltage_max_design'],
];
const MAX_BATTERIES = 16;

/** `hw.battery.*`, from `/sys/class/power_supply`. */
export function createBatteryCollector(roots: SystemRoots): Collector {
  const folder = join(roots.sys, 'class', 'power_supply');
  return {
    name: 'battery',
    everyMs: 30_000,
    async read(slots) {
      let reported = 0;
      for (const name of (await readdir(folder).catch(() => [])).sort()) {
        const type = await readText(join(folder, name, 'type'));
        if (type !== 'Battery' && !(type === '' && /^(BAT|battery)/.test(name))) continue;
        // Mice and headsets show up here too, but their charge is not this machine's.
        if ((await readText(join(folder, name, 'scope'))) === 'Device') continue;
        const texts = await Promise.all(
          FILES.map(async (file) => [file, await readText(join(folder, name, file))] as const),
        );
        const known = new Map(texts);
        const facts = batteryFacts((file) => known.get(file) ?? '');
        if (!facts || ++reported > MAX_BATTERIES) continue;
        setBattery(slots, name, facts);
      }
    },
  };
}
