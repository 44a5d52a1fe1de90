/** The stretches of time that the page offers, shortest first. */
export const RANGES = [
  { value: '1m', label: '1m', title: 'The last minute', ms: 60_000 },
  { value: '5m', label: '5m', title: 'The last 5 minutes', ms: 300_000 },
  { value: '15m', label: '15m', title: 'The last 15 minutes', ms: 900_000 },
] as const;

export type RangeName = (typeof RANGES)[number]['value'];

export function rangeMs(name: RangeName): number {
  return RANGES.find((range) => range.value === name)?.ms ?? 300_000;
}

/** The next shorter (`-1`) or longer (`1`) range; the same where there is none. */
export function stepRange(name: RangeName, step: -1 | 1): RangeName {
  const at = RANGES.findIndex((range) => range.value === name);
  return RANGES[at + step]?.value ?? name;
}
