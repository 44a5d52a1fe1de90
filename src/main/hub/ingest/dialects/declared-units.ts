import { unitCode } from '@shared/metrics/unit-styles';
import { parseSeriesKey } from '@shared/protocol/series-key';
import type { SeriesDraft } from '../../series/series-table';
import type { Flattened } from './flatten';

const VALUE_NAMES = /^(?:value|val|state|reading)$/;
const UNIT_NAMES = ['unit', 'units', 'unit_of_measurement'] as const;
const UNIT_KEY = /(?:^|\.)(?:units?|unit_of_measurement)(?:\{|$)/;
const MAX_UNIT_CHARS = 32;

/**
 * Returns the units that JSON declares beside its values: of `{"temperature":{"value":70,"unit":"°F"}}`, and of a battery
 * of Zigbee2MQTT, which is in millivolts (zigbee2mqtt.io, "voltage" of a device with a battery). The texts that declare a
 * unit are no longer states.
 */
export function declaredUnits({ values, states }: Pick<Flattened, 'values' | 'states'>): SeriesDraft[] {
  const drafts: SeriesDraft[] = [];
  const isZigbee = typeof values['linkquality'] === 'number' && typeof values['battery'] === 'number';
  if (isZigbee && typeof values['voltage'] === 'number') drafts.push({ name: 'voltage', unit: 'mV' });
  if (!Object.keys(states).some((key) => UNIT_KEY.test(key))) return drafts;
  const used = new Set<string>();
  for (const key of Object.keys(values)) {
    const parsed = parseSeriesKey(key);
    if (!parsed.ok) continue;
    const { name } = parsed.value;
    const dot = name.lastIndexOf('.');
    if (!VALUE_NAMES.test(name.slice(dot + 1))) continue;
    for (const unitName of UNIT_NAMES) {
      const stateKey = key.replace(name, () => `${name.slice(0, dot + 1)}${unitName}`);
      const said = states[stateKey];
      if (said === undefined || said.length > MAX_UNIT_CHARS) continue;
      drafts.push({ ...parsed.value, unit: unitCode(said) });
      used.add(stateKey);
    }
  }
  for (const stateKey of used) delete states[stateKey];
  return drafts;
}
