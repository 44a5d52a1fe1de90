import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Collector, SystemRoots } from '../collector';

const MAX_SENSORS = 32;
const LOOK_EVERY_MS = 60_000;
/** Readings outside are a sensor's way to say that it has none. */
const COLDEST = -80;
const HOTTEST = 200;

interface Sensor {
  path: string;
  id: string;
  name: string;
}

/** `hw.temperature` from `/sys/class/hwmon`, and from the thermal zones that hwmon does not show as well. */
export function createTemperatureCollector(roots: SystemRoots): Collector {
  let sensors: Sensor[] = [];
  let lookedAt = -Infinity;
  return {
    name: 'temperature',
    // Some sensors sit behind slow buses, and heat takes its time.
    everyMs: 5_000,
    async read(slots) {
      if (performance.now() - lookedAt >= LOOK_EVERY_MS) {
        sensors = await findSensors(roots.sys);
        lookedAt = performance.now();
      }
      for (const { path, id, name } of sensors) {
        const milliCelsius = Number.parseInt(await readText(path), 10);
        const celsius = milliCelsius / 1_000;
        if (!(celsius > COLDEST && celsius < HOTTEST)) continue;
        slots.set(id, Math.round(celsius * 10) / 10, () => ({
          name: 'hw.temperature',
          labels: { 'hw.id': id, 'hw.name': name },
          unit: 'Cel',
          kind: 'gauge',
        }));
      }
    },
  };
}

async function findSensors(sys: string): Promise<Sensor[]> {
  const sensors: Sensor[] = [];
  const chips = new Set<string>();
  const hwmon = join(sys, 'class', 'hwmon');
  for (const entry of await list(hwmon)) {
    const folder = join(hwmon, entry);
    const chip = (await readText(join(folder, 'name'))).trim() || entry;
    chips.add(normal(chip));
    // Two disks of a kind have one chip name; what they belong to tells them apart.
    const owner = basename(await readlink(join(folder, 'device')).catch(() => ''));
    const place = owner === '' || owner.includes(':') || owner === chip ? chip : owner;
    for (const file of await list(folder)) {
      const number = /^temp(\d+)_input$/.exec(file)?.[1];
      if (number === undefined) continue;
      const label = (await readText(join(folder, `temp${number}_label`))).trim();
      const unnamed = number === '1' ? place : `${place} ${number}`;
      const name = label === '' ? unnamed : label.startsWith(place) ? label : `${place} ${label}`;
      sensors.push({ path: join(folder, file), id: `${entry}/${place}/temp${number}`, name });
    }
  }
  const thermal = join(sys, 'class', 'thermal');
  for (const entry of await list(thermal)) {
    if (!/^thermal_zone\d+$/.test(entry)) continue;
    const kind = (await readText(join(thermal, entry, 'type'))).trim() || entry;
    if (chips.has(normal(kind))) continue;
    sensors.push({
      path: join(thermal, entry, 'temp'),
      id: `${entry}/${kind}`,
      name: kind.replace(/[-_]thermal$/, ''),
    });
  }
  return sensors.slice(0, MAX_SENSORS);
}

const normal = (name: string) => name.replaceAll('-', '_').toLowerCase();

async function list(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    // Virtual machines have no such folder.
    return [];
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // A sensor that is asleep fails to read (EAGAIN, ENODATA); it is simply not there now.
    return '';
  }
}
