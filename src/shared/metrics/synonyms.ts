/** What people type, and the words that metrics have for it; each of them counts as a match. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  bandwidth: ['network.io', 'bytes_recv', 'bytes_sent', 'octets'],
  traffic: ['network.io', 'bytes_recv', 'bytes_sent', 'octets'],
  throughput: ['network.io', 'disk.io', 'bytes_recv', 'bytes_sent'],
  download: ['receive', 'bytes_recv'],
  upload: ['transmit', 'bytes_sent'],
  'disk space': ['filesystem', 'disk.used', 'disk.free'],
  space: ['filesystem', 'disk.used', 'disk.free'],
  storage: ['filesystem', 'disk'],
  capacity: ['filesystem', 'limit'],
  ram: ['memory', 'mem.'],
  swap: ['paging', 'swap'],
  processor: ['cpu'],
  temp: ['temperature', 'temp'],
  heat: ['temperature'],
  hdd: ['disk'],
  ssd: ['disk', 'nvme'],
  drive: ['disk'],
  wifi: ['signal', 'rssi', 'wlan', 'wifi'],
  latency: ['rtt', 'round trip', 'latency', 'duration'],
  reboot: ['uptime'],
};

const PHRASES = Object.keys(SYNONYMS).filter((word) => word.includes(' '));
/** Stands for the space inside a phrase while a text is split into words. */
const JOINT = '\u00a0';

/** Keeps phrases such as `disk space` together: splitting the result at plain spaces leaves them whole. */
export function joinPhrases(typed: string): string {
  let text = typed;
  for (const phrase of PHRASES) text = text.replaceAll(phrase, phrase.replaceAll(' ', JOINT));
  return text;
}

/** Returns the texts that match a word of a search, in lower case: the word itself, and what else it may be called. */
export function wordsFor(word: string): readonly string[] {
  const plain = word.replaceAll(JOINT, ' ');
  const others = Object.hasOwn(SYNONYMS, plain) ? (SYNONYMS[plain] ?? []) : [];
  return others.length === 0 ? [plain] : [plain, ...others.filter((other) => other !== plain)];
}
