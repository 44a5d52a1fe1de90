import type { MetricKind } from '../model';

/** The usual meaning of a word. */
export interface Meaning {
  title: string;
  unit: string;
  group: string;
  kind?: MetricKind;
}

const CLIMATE = 'Climate';
const SIGNAL = 'Signal';
const POWER = 'Power';
const BOARD = 'Board';
const STATES = 'States';

export const temperature: Meaning = { title: 'Temperature', unit: 'Cel', group: CLIMATE };
const humidity: Meaning = { title: 'Humidity', unit: '%', group: CLIMATE };
const pressure: Meaning = { title: 'Pressure', unit: 'hPa', group: CLIMATE };
const signal: Meaning = { title: 'Signal', unit: 'dBm', group: SIGNAL };
export const voltage: Meaning = { title: 'Voltage', unit: 'V', group: POWER };
export const current: Meaning = { title: 'Current', unit: 'A', group: POWER };
export const battery: Meaning = { title: 'Battery', unit: '%', group: POWER };
const frequency: Meaning = { title: 'Frequency', unit: 'Hz', group: POWER };
const light: Meaning = { title: 'Light', unit: 'lx', group: CLIMATE };
const apparentTemperature: Meaning = { title: 'Feels like', unit: 'Cel', group: CLIMATE };
const windDirection: Meaning = { title: 'Wind direction', unit: 'deg', group: CLIMATE };
const rainfall: Meaning = { title: 'Rain', unit: 'mm', group: CLIMATE };
const sunlight: Meaning = { title: 'Solar radiation', unit: 'W/m2', group: CLIMATE };
const uvIndex: Meaning = { title: 'UV index', unit: '', group: CLIMATE };
const sound: Meaning = { title: 'Noise', unit: 'dB', group: CLIMATE };
const carbonDioxide: Meaning = { title: 'CO₂', unit: '[ppm]', group: CLIMATE };
const carbonMonoxide: Meaning = { title: 'CO', unit: '[ppm]', group: CLIMATE };
const power: Meaning = { title: 'Power', unit: 'W', group: POWER };
const energy: Meaning = { title: 'Energy', unit: 'W.h', group: POWER };
const powerFactor: Meaning = { title: 'Power factor', unit: '1', group: POWER };
const linkQuality: Meaning = { title: 'Link quality', unit: '', group: SIGNAL };
const particles = (size: string): Meaning => ({ title: `PM${size}`, unit: 'ug/m3', group: CLIMATE });
const heap: Meaning = { title: 'Free heap', unit: 'By', group: BOARD };
const state = (title: string): Meaning => ({ title, unit: '', group: STATES });

/**
 * Names that boards and scripts commonly use, by the last word of the name, or its last two joined (`wind_speed`,
 * `windSpeed`).
 */
export const MEANINGS: Readonly<Record<string, Meaning>> = {
  temp: temperature,
  temperature: temperature,
  tmp: temperature,
  dewpoint: { title: 'Dew point', unit: 'Cel', group: CLIMATE },
  hum: humidity,
  humid: humidity,
  humidity: humidity,
  rh: humidity,
  moisture: { title: 'Moisture', unit: '%', group: CLIMATE },
  pressure: pressure,
  press: pressure,
  baro: pressure,
  altitude: { title: 'Altitude', unit: 'm', group: CLIMATE },
  lux: light,
  light: light,
  illuminance: light,
  illumination: light,
  irradiance: sunlight,
  solarradiation: sunlight,
  uv: uvIndex,
  uvi: uvIndex,
  uvindex: uvIndex,
  feelslike: apparentTemperature,
  heatindex: apparentTemperature,
  windchill: apparentTemperature,
  barometer: pressure,
  pressuremsl: pressure,
  mslp: pressure,
  co2: carbonDioxide,
  rco2: carbonDioxide,
  carbondioxide: carbonDioxide,
  co: carbonMonoxide,
  carbonmonoxide: carbonMonoxide,
  eco2: { title: 'CO₂ equivalent', unit: '[ppm]', group: CLIMATE },
  tvoc: { title: 'TVOC', unit: '[ppb]', group: CLIMATE },
  vocindex: { title: 'VOC index', unit: '', group: CLIMATE },
  noxindex: { title: 'NOx index', unit: '', group: CLIMATE },
  iaq: { title: 'Air quality index', unit: '', group: CLIMATE },
  aqi: { title: 'Air quality index', unit: '', group: CLIMATE },
  radon: { title: 'Radon', unit: 'Bq/m3', group: CLIMATE },
  pm1: particles('1'),
  pm25: particles('2.5'),
  pm4: particles('4'),
  pm10: particles('10'),
  wind: { title: 'Wind', unit: 'm/s', group: CLIMATE },
  windspeed: { title: 'Wind', unit: 'm/s', group: CLIMATE },
  windgust: { title: 'Gusts', unit: 'm/s', group: CLIMATE },
  winddirection: windDirection,
  winddir: windDirection,
  rain: rainfall,
  rainfall: rainfall,
  precipitation: rainfall,
  rainrate: { title: 'Rain', unit: 'mm/h', group: CLIMATE },
  cloudcover: { title: 'Clouds', unit: '%', group: CLIMATE },
  noise: sound,
  soundlevel: sound,
  spl: sound,
  conductivity: { title: 'Conductivity', unit: 'uS/cm', group: CLIMATE },
  tds: { title: 'Dissolved solids', unit: '[ppm]', group: CLIMATE },
  orp: { title: 'Redox potential', unit: 'mV', group: CLIMATE },
  ph: { title: 'pH', unit: '', group: CLIMATE },
  rssi: signal,
  signal: signal,
  signalstrength: signal,
  wifistrength: signal,
  dbm: signal,
  lqi: linkQuality,
  linkquality: linkQuality,
  snr: { title: 'Signal to noise', unit: 'dB', group: SIGNAL },
  latency: { title: 'Latency', unit: 'ms', group: SIGNAL },
  rtt: { title: 'Round trip', unit: 'ms', group: SIGNAL },
  ping: { title: 'Ping', unit: 'ms', group: SIGNAL },
  voltage: voltage,
  volt: voltage,
  volts: voltage,
  vcc: { title: 'Supply voltage', unit: 'V', group: POWER },
  vin: { title: 'Input voltage', unit: 'V', group: POWER },
  vbat: { title: 'Battery voltage', unit: 'V', group: POWER },
  current: current,
  amps: current,
  ampere: current,
  power: power,
  apower: power,
  watt: power,
  watts: power,
  energy: energy,
  aenergy: energy,
  wh: energy,
  kwh: { title: 'Energy', unit: 'kW.h', group: POWER },
  pf: powerFactor,
  powerfactor: powerFactor,
  freq: frequency,
  frequency: frequency,
  battery: battery,
  batt: battery,
  bat: battery,
  soc: battery,
  heap: heap,
  freeheap: heap,
  psram: { title: 'Free PSRAM', unit: 'By', group: BOARD },
  uptime: { title: 'Uptime', unit: 's', group: BOARD },
  rpm: { title: 'Speed', unit: 'rpm', group: BOARD },
  distance: { title: 'Distance', unit: 'cm', group: BOARD },
  weight: { title: 'Weight', unit: 'kg', group: BOARD },
  latitude: { title: 'Latitude', unit: 'deg', group: BOARD },
  longitude: { title: 'Longitude', unit: 'deg', group: BOARD },
  satellites: { title: 'Satellites', unit: '', group: BOARD },
  door: state('Door'),
  contact: state('Contact'),
  occupancy: state('Occupancy'),
  vibration: state('Vibration'),
  tamper: state('Tamper'),
  smoke: state('Smoke'),
  window: state('Window'),
  motion: state('Motion'),
  pir: state('Motion'),
  relay: state('Relay'),
  led: state('LED'),
  switch: state('Switch'),
  button: state('Button'),
  alarm: state('Alarm'),
  leak: state('Leak'),
  presence: state('Presence'),
};

/** A last word that names the unit: `temp_c`, `vbat_mv`, `latency_ms`, `free_bytes`. */
export const UNIT_WORDS: Readonly<Record<string, string>> = {
  c: 'Cel',
  degc: 'Cel',
  celsius: 'Cel',
  f: '[degF]',
  degf: '[degF]',
  fahrenheit: '[degF]',
  kelvin: 'K',
  pct: '%',
  percent: '%',
  percentage: '%',
  '%': '%',
  ratio: '1',
  pa: 'Pa',
  hpa: 'hPa',
  mbar: 'mbar',
  kpa: 'kPa',
  bar: 'bar',
  psi: '[psi]',
  inhg: "[in_i'Hg]",
  mmhg: 'mm[Hg]',
  v: 'V',
  mv: 'mV',
  a: 'A',
  ma: 'mA',
  ua: 'uA',
  uv: 'uV',
  w: 'W',
  mw: 'mW',
  kw: 'kW',
  wh: 'W.h',
  mwh: 'mW.h',
  kwh: 'kW.h',
  va: 'V.A',
  kva: 'kV.A',
  dbm: 'dBm',
  db: 'dB',
  hz: 'Hz',
  khz: 'kHz',
  mhz: 'MHz',
  bytes: 'By',
  kb: 'KiBy',
  kib: 'KiBy',
  mb: 'MiBy',
  mib: 'MiBy',
  gb: 'GiBy',
  seconds: 's',
  sec: 's',
  secs: 's',
  s: 's',
  ms: 'ms',
  millis: 'ms',
  us: 'us',
  micros: 'us',
  ppm: '[ppm]',
  ppb: '[ppb]',
  lux: 'lx',
  mm: 'mm',
  cm: 'cm',
  m: 'm',
  km: 'km',
  kmh: 'km/h',
  mph: '[mi_i]/h',
  kg: 'kg',
  deg: 'deg',
  degrees: 'deg',
  rpm: 'rpm',
};
