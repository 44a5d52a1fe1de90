import type { Collector, SystemRoots } from '../collector';
import { parseInteger } from '../kernel-file';
import { MAX_SENSORS, PRIORITY } from '../priorities';
import { findSensors, readText, type Sensor } from './hwmon';

const LOOK_EVERY_MS = 60_000;
/**
 * Readings outside these bounds come from sensors that are not connected, asleep or broken: -128, -62, 0 K, 127, 127.9,
 * 255. Chips are specified for -55 to 125 °C at most.
 */
const COLDEST = -55;
const HOTTEST = 126.5;

/** `hw.temperature` from `/sys/class/hwmon`, and from the thermal zones that hwmon does not show as well. */
export function createTemperatureCollector(roots: SystemRoots): Collector {
  let sensors: Sensor[] = [];
  let lookedAt = -Infinity;
  /** Sensors that have reported anything other than 0, which many missing sensors report. */
  const alive = new Set<string>();

  async function celsiusOf({ path, faultPath, id }: Sensor): Promise<number | null> {
    const celsius = parseTemperature(await readText(path));
    if (celsius === null || (faultPath !== null && (await readText(faultPath)) === '1')) return null;
    if (celsius !== 0) alive.add(id);
    return alive.has(id) ? celsius : null;
  }

  return {
    name: 'temperature',
    // Some sensors are on slow buses, and temperatures change slowly.
    everyMs: 5_000,
    async read(slots) {
      if (performance.now() - lookedAt >= LOOK_EVERY_MS) {
        sensors = await findSensors(roots.sys);
        lookedAt = performance.now();
        const known = new Set(sensors.map(({ id }) => id));
        for (const id of alive) if (!known.has(id)) alive.delete(id);
      }
      const leftOut: string[] = [];
      let reported = 0;
      for (const sensor of sensors) {
        const celsius = await celsiusOf(sensor);
        if (celsius === null) continue;
        const { id, name } = sensor;
        if (++reported > MAX_SENSORS) {
          leftOut.push(name);
          continue;
        }
        const declare = () => ({
          name: 'hw.temperature',
          labels: { 'hw.id': id, 'hw.name': name },
          unit: 'Cel',
          kind: 'gauge' as const,
        });
        slots.set(`${id} ${name}`, celsius, declare, PRIORITY.sensor);
      }
      slots.leftOut('temperature sensors', leftOut, MAX_SENSORS);
    },
  };
}

/**
 * Converts thousandths of a degree Celsius, as sysfs writes them, to degrees; null if no sensor can have measured that.
 */
export function parseTemperature(text: string): number | null {
  const milliCelsius = parseInteger(text);
  if (milliCelsius === null) return null;
  const celsius = milliCelsius / 1_000;
  return celsius > COLDEST && celsius < HOTTEST ? Math.round(celsius * 10) / 10 : null;
}
