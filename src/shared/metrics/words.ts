/** Words with a fixed spelling in titles made from metric names. */
const SPELLINGS: Readonly<Record<string, string>> = {
  adc: 'ADC',
  api: 'API',
  cpu: 'CPU',
  db: 'DB',
  dns: 'DNS',
  gc: 'GC',
  gpu: 'GPU',
  gps: 'GPS',
  http: 'HTTP',
  id: 'ID',
  io: 'I/O',
  ip: 'IP',
  ntp: 'NTP',
  pm: 'PM',
  ram: 'RAM',
  rpm: 'RPM',
  rssi: 'RSSI',
  ssl: 'SSL',
  tcp: 'TCP',
  tls: 'TLS',
  udp: 'UDP',
  usb: 'USB',
  uv: 'UV',
  wifi: 'Wi-Fi',
};

/** Symbols of units that begin with a small letter, standing alone: their capital starts no new word. */
const MIXED_UNIT =
  /(?<![\p{L}])(mA|mAh|mV|mW|mWh|kV|kVA|kW|kWh|kVAh|hPa|kPa|dB|dBm|kHz|kB|uA|uV|uW|nA)(?![\p{L}])/gu;

/**
 * Splits a name into words: `bme280.outdoorTemp_c` becomes `['bme280', 'outdoor', 'temp', 'c']`, and `power_kWh` becomes
 * `['power', 'kwh']`. Returns at most 32 words, because names are untrusted.
 */
export function wordsOf(name: string): string[] {
  return name
    .slice(0, 256)
    .replace(MIXED_UNIT, (unit) => unit.toLowerCase())
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}%]+/u)
    .filter((word) => word !== '')
    .slice(0, 32);
}

/** Joins words into a title: `['heap', 'free']` becomes `Heap free`. */
export function titleOf(words: readonly string[]): string {
  return words
    .map((word, i) => spelling(word) ?? (i === 0 ? word.charAt(0).toUpperCase() + word.slice(1) : word))
    .join(' ');
}

function spelling(word: string): string | undefined {
  return Object.hasOwn(SPELLINGS, word) ? SPELLINGS[word] : undefined;
}
