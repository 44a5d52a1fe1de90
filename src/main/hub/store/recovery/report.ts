/** A stretch of time of which nothing or not all can be read any more. */
export interface Loss {
  /** The device's name; null: of any device. */
  device: string | null;
  /** Samples (sealed, or still in the journal), or roll-ups of samples. */
  tier: 'raw' | 'journal' | 'minute' | 'hour';
  from: number;
  to: number;
  /** How many samples; null: not known. */
  samples: number | null;
}

export interface SalvageReport {
  saved: { chunks: number; samples: number; devices: number; series: number; events: number };
  lost: Loss[];
  /** Rows that are damaged, by table; 0: not known how many. */
  damagedRows: ReadonlyMap<string, number>;
  /** Whether the log of the last changes was damaged: some of them may be missing. */
  isLogDamaged: boolean;
  /** Whether the list of chunks was damaged as well, so that more may be missing than is named. */
  mayMissMore: boolean;
}

/** How many stretches are named one by one in a sentence for people; a log or a terminal gets them all. */
const NAMED = 3;

/** One sentence for each stretch that was lost; nothing for roll-ups, which are computed again. */
export function lossLines({ lost, damagedRows, isLogDamaged, mayMissMore }: SalvageReport): string[] {
  const lines = lost.filter(({ tier }) => tier === 'raw' || tier === 'journal').map(lossLine);
  for (const [table, count] of damagedRows) {
    const name = TABLE_NAMES[table];
    if (name !== undefined) lines.push(`${count === 0 ? 'some' : count} of the ${name}`);
  }
  if (isLogDamaged) lines.push('some of the last changes before the hub stopped');
  if (mayMissMore) lines.push('perhaps more, because the list of what there was is damaged as well');
  return lines;
}

const ROLLUPS: Readonly<Partial<Record<Loss['tier'], string>>> = {
  minute: 'values by the minute',
  hour: 'values by the hour',
};

export function lossLine({ device, tier, from, to, samples }: Loss): string {
  const what = ROLLUPS[tier] ?? 'samples';
  const who = `${what} of ${device ?? 'any device'}`;
  const count = samples === null ? '' : `${samples} `;
  if (!(from <= to)) return `${count}${who} that were not sealed yet`;
  return `${count}${who} from ${timeOf(from)} to ${timeOf(to)}`;
}

/** What was lost, in a few words. */
export function lossSummary(report: SalvageReport): string {
  const lines = lossLines(report);
  if (lines.length === 0) return 'Nothing is lost';
  const named = lines.slice(0, NAMED).join('; ');
  return `Lost: ${named}${lines.length > NAMED ? `; and ${lines.length - NAMED} more stretches, see the log` : ''}`;
}

function timeOf(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : 'an unknown time';
}

const TABLE_NAMES: Readonly<Record<string, string>> = {
  devices: 'names of devices',
  series: 'names of series',
  series_blocks: 'names of series',
  events: 'events',
  marks: 'positions of agents, which send their rows again',
};
