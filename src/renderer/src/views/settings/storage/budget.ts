import type { Retention, StorageInfo, StorageTier } from '@shared/model';
import { formatBytes } from '@shared/metrics/units';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const DAY_MS = 86_400_000;

/** The slider's steps: round sizes, each about a quarter larger than the one before. */
export const BUDGETS: readonly number[] = [
  256 * MIB,
  512 * MIB,
  768 * MIB,
  ...[1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100].map((gib) => gib * GIB),
];

/** Returns the slider's step that is closest to a budget. */
export function budgetIndex(bytes: number): number {
  let best = 0;
  for (const [i, budget] of BUDGETS.entries()) {
    const distance = Math.abs(Math.log(budget / bytes));
    if (distance < Math.abs(Math.log((BUDGETS[best] ?? 1) / bytes))) best = i;
  }
  return best;
}

export interface TierWords {
  tier: StorageTier['tier'];
  label: string;
  hint: string;
}

export const TIERS: readonly TierWords[] = [
  { tier: 'journal', label: 'Latest', hint: 'The last few minutes, not yet compressed' },
  { tier: 'raw', label: 'Full resolution', hint: 'Every sample as the devices sent it' },
  { tier: 'minute', label: 'Per minute', hint: 'Lowest, highest and mean of each minute' },
  { tier: 'hour', label: 'Per hour', hint: 'Lowest, highest and mean of each hour' },
];

/** Formats the bytes on disk per sample: `0.36 B`; a dash if there are no samples. */
export function bytesPerSample({ bytes, samples }: Pick<StorageTier, 'bytes' | 'samples'>): string {
  if (samples === 0) return '—';
  const each = bytes / samples;
  return `${each < 10 ? each.toFixed(2) : each.toFixed(1)} B`;
}

/** Returns the bytes that the files use beyond the tiers: names, indexes, free pages. */
export function otherBytes({ fileBytes, tiers }: Pick<StorageInfo, 'fileBytes' | 'tiers'>): number {
  return Math.max(0, fileBytes - tiers.reduce((sum, tier) => sum + tier.bytes, 0));
}

/** Describes a chosen number of days: `7 days`, `1 year`, `5 years`. */
export function describeDays(days: number): string {
  const years = days / 365.25;
  if (days >= 365 && Math.abs(years - Math.round(years)) < 0.01) {
    return Math.round(years) === 1 ? '1 year' : `${Math.round(years)} years`;
  }
  const whole = Number(days.toFixed(days < 10 ? 2 : 0));
  return whole === 1 ? '1 day' : `${whole} days`;
}

/** Returns the bytes of full resolution per day, from the stored data; null with less than an hour of it. */
export function rawBytesPerDay(tiers: readonly StorageTier[]): number | null {
  const raw = tiers.find(({ tier }) => tier === 'raw');
  if (!raw || raw.oldest === null || raw.newest === null) return null;
  const length = raw.newest - raw.oldest;
  return length < DAY_MS / 24 ? null : (raw.bytes / length) * DAY_MS;
}

/** Describes how many days at full resolution fit into a budget, and which data is deleted first. */
export function describeBudget(info: StorageInfo, { rawDays, budgetBytes }: Retention): string {
  const always =
    'When the budget is used up, the oldest data is deleted first: full resolution, then minutes, then hours.';
  const perDay = rawBytesPerDay(info.tiers);
  if (perDay === null || perDay === 0) return always;
  const rest = info.tiers.reduce(
    (sum, { tier, bytes }) => (tier === 'raw' ? sum : sum + bytes),
    otherBytes(info),
  );
  const days = Math.max(0, budgetBytes - rest) / perDay;
  const pace = `A day currently takes about ${formatBytes(perDay)}.`;
  if (days >= rawDays) return `${pace} ${describeDays(rawDays)} at full resolution fit. ${always}`;
  const fit = days < 1 ? 'less than a day' : `about ${describeDays(Math.floor(days))}`;
  return `${pace} Only ${fit} of the ${describeDays(rawDays)} at full resolution will fit. ${always}`;
}

/**
 * Formats the used share of a budget: `23 %`. Small shares do not round to none, and large ones do not round to all.
 */
export function describeShare(used: number): string {
  if (used === 0) return '0\u00a0%';
  if (used < 0.01) return 'less than 1\u00a0%';
  return `${used < 1 ? Math.min(99, Math.round(used * 100)) : Math.round(used * 100)}\u00a0%`;
}

/** Formats a chosen size without needless digits: `5 GiB`, `1.5 GiB`. */
export function describeSize(bytes: number): string {
  return formatBytes(bytes)
    .replace(/(\.\d*?)0+(?=\s)/, '$1')
    .replace(/\.(?=\s)/, '');
}

/** Describes the stored data that a change would delete, in one sentence; null if none. */
export function describeLoss(
  info: StorageInfo,
  before: Retention,
  next: Retention,
  now: number,
): string | null {
  if (next.budgetBytes < before.budgetBytes && next.budgetBytes < info.fileBytes) {
    const less = formatBytes(info.fileBytes - next.budgetBytes);
    return `This is ${less} less than what is stored now: the oldest samples will be deleted until it fits.`;
  }
  const kept = { raw: 'rawDays', minute: 'minuteDays', hour: 'hourDays' } as const;
  for (const { tier, oldest } of info.tiers) {
    if (tier === 'journal' || oldest === null) continue;
    const days = next[kept[tier]];
    if (days >= before[kept[tier]] || oldest >= now - days * DAY_MS) continue;
    const label = TIERS.find((one) => one.tier === tier)?.label.toLowerCase() ?? tier;
    return `Data older than ${describeDays(days)} (${label}) will be deleted.`;
  }
  return null;
}
