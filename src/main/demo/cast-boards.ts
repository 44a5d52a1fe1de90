import type { Duty, Measurement } from './board';
import type { Behaviour, DemoDevice } from './demo-device';

export interface BoardRole {
  name: string;
  model: string;
  tags: string[];
  says: string[];
  intervalMs: number;
  dialect: DemoDevice['dialect'];
  behaviour: Behaviour;
  measures: Measurement[];
}

const MILLING: Duty = { onS: 140, everyS: 210 };

const RADIO: Measurement[] = [
  { what: 'rssi', mean: -61 },
  { what: 'heap', mean: 182_000 },
];

function role(name: string, model: string, tags: string[], more: Partial<BoardRole>): BoardRole {
  return {
    name,
    model,
    tags,
    says: [],
    intervalMs: 1_000,
    dialect: 'agent',
    behaviour: {},
    measures: [],
    ...more,
  };
}

/** Sensors and machines, in the order in which a demo takes them. */
export const BOARD_ROLES: readonly [BoardRole, ...BoardRole[]] = [
  role('greenhouse', 'ESP32-S3', ['garden', 'sensor'], {
    dialect: 'json',
    intervalMs: 2_000,
    measures: [
      { what: 'temperature', name: 'air.temp', mean: 23, swing: 2, sun: 7 },
      { what: 'humidity', name: 'air.hum', mean: 68, swing: 9 },
      { what: 'moisture', mean: 46 },
      { what: 'light', peak: 38_000 },
      { what: 'switch', name: 'vent.open', onS: 240, everyS: 1_100 },
      { what: 'rssi', mean: -67 },
    ],
  }),
  role('cnc-mill', 'Teensy 4.1', ['workshop'], {
    says: ['Tool 4 loaded', 'Job bracket-v3.nc finished', 'Coolant is low'],
    measures: [
      { what: 'rpm', mean: 12_000, duty: MILLING },
      { what: 'temperature', name: 'spindle.temp', mean: 41, swing: 7 },
      { what: 'power', name: 'spindle.power', mean: 410, swing: 260, duty: MILLING },
      {
        what: 'level',
        name: 'vibration.rms',
        unit: 'mm/s',
        mean: 2.4,
        swing: 1.3,
        decimals: 2,
        duty: MILLING,
      },
      { what: 'switch', name: 'door', onS: 25, everyS: 520 },
      ...RADIO,
    ],
  }),
  role('attic-sensor', 'ESP8266', ['home', 'sensor'], {
    intervalMs: 5_000,
    behaviour: { offline: { everyS: 420, forS: 90 } },
    measures: [
      { what: 'temperature', mean: 17, swing: 1.6, sun: 6 },
      { what: 'humidity', mean: 49, swing: 5 },
      { what: 'pressure' },
      { what: 'battery', level: 34 },
      { what: 'rssi', mean: -84 },
    ],
  }),
  role('weather-station', 'ESP32 + BME280', ['garden', 'sensor'], {
    dialect: 'line-protocol',
    intervalMs: 2_000,
    measures: [
      { what: 'temperature', mean: 11, swing: 2, sun: 8 },
      { what: 'humidity', mean: 72, swing: 10 },
      { what: 'pressure' },
      { what: 'level', name: 'wind', unit: 'm/s', mean: 4.2, swing: 3.6 },
      { what: 'light', peak: 71_000 },
    ],
  }),
  role('freezer-probe', 'ESP32-C3', ['home', 'sensor'], {
    behaviour: { silent: { everyS: 900, forS: 840 } },
    measures: [
      { what: 'temperature', mean: -18.4, swing: 1.1 },
      { what: 'switch', name: 'door', onS: 18, everyS: 2_600 },
      { what: 'battery', level: 71 },
      { what: 'rssi', mean: -73 },
    ],
  }),
  role('printer-3d', 'Klipper on RP2040', ['workshop'], {
    says: ['Layer 118 of 240', 'Print calibration-cube.gcode finished'],
    measures: [
      { what: 'temperature', name: 'nozzle.temp', mean: 214, swing: 2.5 },
      { what: 'temperature', name: 'bed.temp', mean: 60, swing: 0.8 },
      { what: 'power', name: 'power', mean: 126, swing: 60 },
      ...RADIO,
    ],
  }),
  role('solar-inverter', 'ESP32, Modbus', ['energy'], {
    dialect: 'json',
    intervalMs: 1_000,
    measures: [
      { what: 'power', name: 'pv.power', mean: 4_200, swing: 900, sun: true },
      { what: 'power', name: 'grid.power', mean: 640, swing: 420 },
      { what: 'level', name: 'grid.voltage', unit: 'V', mean: 231, swing: 3 },
      { what: 'level', name: 'battery', unit: '%', mean: 63, swing: 9 },
      { what: 'temperature', name: 'inverter.temp', mean: 38, swing: 4, sun: 9 },
    ],
  }),
  role('office-air', 'ESP32 + SCD41', ['office', 'sensor'], {
    intervalMs: 2_000,
    measures: [
      { what: 'co2', mean: 760 },
      { what: 'temperature', mean: 22.1, swing: 0.7 },
      { what: 'humidity', mean: 43, swing: 4 },
      ...RADIO,
    ],
  }),
  role(
    'Conference room display, building 4, third floor (north wing), next to the kitchen',
    'ESP32-S3 with e-paper',
    ['office', 'display'],
    {
      intervalMs: 5_000,
      measures: [
        { what: 'temperature', mean: 21.4, swing: 0.6 },
        { what: 'light', peak: 420 },
        { what: 'battery', level: 88 },
        { what: 'rssi', mean: -58 },
      ],
    },
  ),
  role('water-meter', 'ESP32 + pulse reader', ['home', 'energy'], {
    intervalMs: 2_000,
    measures: [
      { what: 'level', name: 'flow', unit: 'L/min', mean: 1.6, swing: 1.5, decimals: 2 },
      { what: 'level', name: 'pressure_bar', unit: 'bar', mean: 3.8, swing: 0.3, decimals: 2 },
      { what: 'switch', name: 'leak', onS: 4, everyS: 7_200 },
      { what: 'rssi', mean: -71 },
    ],
  }),
  role('aquarium', 'Arduino Nano ESP32', ['home', 'sensor'], {
    intervalMs: 2_000,
    measures: [
      { what: 'temperature', name: 'water.temp', mean: 25.2, swing: 0.4 },
      { what: 'level', name: 'ph', unit: '[pH]', mean: 7.1, swing: 0.15, decimals: 2 },
      { what: 'switch', name: 'heater', onS: 95, everyS: 400 },
      ...RADIO,
    ],
  }),
  role('garage-door', 'ESP8266', ['home'], {
    says: ['Door opened', 'Door closed'],
    measures: [
      { what: 'switch', name: 'door', onS: 70, everyS: 1_300 },
      { what: 'temperature', mean: 9.5, swing: 1.2, sun: 3 },
      { what: 'rssi', mean: -77 },
    ],
  }),
  role('heat-pump', 'ESP32, eBUS', ['energy'], {
    measures: [
      { what: 'temperature', name: 'supply.temp', mean: 36, swing: 3 },
      { what: 'temperature', name: 'return.temp', mean: 31, swing: 2.4 },
      { what: 'power', name: 'compressor.power', mean: 1_150, swing: 500 },
      ...RADIO,
    ],
  }),
  role('balcony-plants', 'Pico W', ['garden', 'sensor'], {
    intervalMs: 5_000,
    measures: [
      { what: 'moisture', mean: 38 },
      { what: 'temperature', mean: 14, swing: 1.5, sun: 6 },
      { what: 'battery', level: 59 },
      { what: 'rssi', mean: -79 },
    ],
  }),
];

/** Roles without our protocol, which cannot send a token or tags. */
export const SIMPLE_ROLES: readonly BoardRole[] = BOARD_ROLES.filter(({ dialect }) => dialect !== 'agent');
