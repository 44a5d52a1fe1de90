import { isRecord } from '@shared/protocol/parse';
import { parseSeriesKey } from '@shared/protocol/series-key';
import type { SeriesDraft } from '../../series/series-table';
import type { Reading } from './dialect';

/** Local time without a zone, as Tasmota writes it. */
const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/;
const WRAPPERS = /^Status(?:SNS|STS)$/;
const UPTIME = /^(\d{1,5})T(\d{2}):(\d{2}):(\d{2})$/;
/** The texts that declare units, and by the last part of a name, what they are the unit of. */
const DECLARATIONS: Readonly<Record<string, RegExp>> = {
  TempUnit: /^(?:Temperature|DewPoint|HeatIndex)\d*$/,
  PressureUnit: /^(?:Sea)?Pressure\d*$/,
  SpeedUnit: /^(?:Wind|Gust)?Speed$/,
};
const UNITS: Readonly<Record<string, string>> = {
  C: 'Cel',
  F: '[degF]',
  hPa: 'hPa',
  mmHg: 'mm[Hg]',
  inHg: "[in_i'Hg]",
  'm/s': 'm/s',
  'km/h': 'km/h',
  mph: '[mi_i]/h',
};

/** An object of Tasmota without what is no value of it, and the texts that say in which units its sensors count. */
export interface TasmotaObject {
  rest: Record<string, unknown>;
  units: Readonly<Record<string, string>>;
}

/**
 * Reads an object of Tasmota's telemetry (`{"Time":"2026-12-01T08:00:00","AM2301":{…},"TempUnit":"C"}`, also in a
 * `StatusSNS`; tasmota.github.io, "MQTT"); null for other objects. Its time is local and names no zone, so the time of
 * arrival counts. `Uptime` becomes seconds.
 */
export function tasmotaObject(object: Readonly<Record<string, unknown>>): TasmotaObject | null {
  const flat: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) {
    if (WRAPPERS.test(key) && isRecord(value)) Object.assign(flat, value);
    else if (key !== '__proto__') flat[key] = value;
  }
  const { Time: time, ...rest } = flat;
  if (typeof time !== 'string' || !LOCAL_TIME.test(time)) return null;
  const units: Record<string, string> = {};
  for (const declaration of Object.keys(DECLARATIONS)) {
    const said = rest[declaration];
    if (typeof said !== 'string' || !Object.hasOwn(UNITS, said)) continue;
    units[declaration] = UNITS[said] ?? '';
    delete rest[declaration];
  }
  const uptime = typeof rest['Uptime'] === 'string' ? UPTIME.exec(rest['Uptime']) : null;
  if (uptime) {
    const [, days, hours, minutes, seconds] = uptime.map(Number);
    rest['Uptime'] = (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
  }
  return { rest, units };
}

/** Returns what the object's own declarations say of its series. */
export function tasmotaDrafts(
  values: Reading['values'],
  units: Readonly<Record<string, string>>,
): SeriesDraft[] {
  const drafts: SeriesDraft[] = [];
  for (const key of Object.keys(values)) {
    const parsed = parseSeriesKey(key);
    if (!parsed.ok) continue;
    const last = parsed.value.name.slice(parsed.value.name.lastIndexOf('.') + 1);
    const declaration = Object.keys(units).find((one) => DECLARATIONS[one]?.test(last));
    const unit = declaration === undefined ? undefined : units[declaration];
    if (unit !== undefined) drafts.push({ ...parsed.value, unit });
  }
  return drafts;
}
