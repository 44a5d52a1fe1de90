/** In the order of the search, because most browsers also claim to be others. */
const BROWSERS: readonly [name: string, mark: RegExp][] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\b(?:OPR|Opera)\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|CriOS)\//],
  ['Safari', /\bVersion\/.*Safari\//],
];

const SYSTEMS: readonly [name: string, mark: RegExp][] = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b|\bMacintosh\b/],
  ['Linux', /\bLinux\b|\bX11\b/],
];

/** Describes a browser by its user agent, in words its owner recognises: `Firefox on Windows`. */
export function describeBrowser(userAgent: string | null): string {
  const text = userAgent?.trim() ?? '';
  if (text === '') return 'Unknown browser';
  const browser = nameIn(text, BROWSERS);
  const system = nameIn(text, SYSTEMS);
  if (browser !== null) return system === null ? browser : `${browser} on ${system}`;
  if (system !== null) return `A browser on ${system}`;
  // Not a known browser: `curl/8.5.0` is clear as it is.
  return text.split(/\s/, 1)[0] ?? text;
}

function nameIn(text: string, marks: readonly [name: string, mark: RegExp][]): string | null {
  return marks.find(([, mark]) => mark.test(text))?.[0] ?? null;
}
