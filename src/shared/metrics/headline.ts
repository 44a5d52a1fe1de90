import type { HeadlineSeries, SeriesInfo } from '../model';
import { describeMetric } from './catalogue';
import { unitOf } from './chart-spec';
import { interfaceOf, interfaceRank, labelOf } from './series-labels';
import { titleOf, wordsOf } from './words';

const MAX_HEADLINES = 3;
const MAX_LABEL = 40;

interface Candidate {
  series: SeriesInfo;
  label: string;
  /** Smaller is better; only the best of each label is kept. */
  rank: number;
}

/** The measurements of a board, most informative first, by the catalogue's title. */
const BOARD_ORDER = [
  'Temperature',
  'Humidity',
  'Signal',
  'CO₂',
  'Pressure',
  'Battery',
  'Power',
  'Light',
  'Voltage',
  'Moisture',
  'Free heap',
];
const SHORT: Readonly<Record<string, string>> = { Temperature: 'Temp', 'Free heap': 'Heap' };
const DULL = /(^|[._])(limit|uptime|count|version|info|id|time|timestamp)$/i;

/**
 * Returns at most `most` series that summarise a device. For a computer: CPU, memory, and traffic received on its main
 * interface. For a board: temperature, humidity, signal. For others: the first series that change in an informative
 * way. Needs one pass.
 */
export function headlineSeries(series: readonly SeriesInfo[], most = MAX_HEADLINES): HeadlineSeries[] {
  const best = new Map<string, Candidate>();
  for (const one of series) {
    const candidate = asCandidate(one);
    const before = best.get(candidate.label);
    if (!before || candidate.rank < before.rank) best.set(candidate.label, candidate);
  }
  return [...best.values()]
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ series: chosen, label }) => ({
      series: chosen.id,
      label,
      metric: chosen.metric,
      labels: chosen.labels,
      unit: unitOf(chosen),
      kind: chosen.kind,
      min: chosen.min,
      max: chosen.max,
    }));
}

function asCandidate(series: SeriesInfo): Candidate {
  const { metric, labels } = series;
  const candidate = (label: string, rank: number): Candidate => ({ series, label, rank });
  switch (metric) {
    case 'system.cpu.utilization':
      return candidate('CPU', Object.keys(labels).length === 0 ? 0 : 900);
    case 'system.memory.utilization':
      return candidate('Memory', (labelOf(labels, 'system.memory.state') ?? 'used') === 'used' ? 10 : 900);
    case 'system.memory.usage':
      return candidate('Memory', labelOf(labels, 'system.memory.state') === 'used' ? 11 : 900);
    case 'system.network.io':
      return labelOf(labels, 'network.io.direction') === 'receive'
        ? candidate('Net', 20 + interfaceRank(interfaceOf(labels)))
        : candidate('Sent', 900);
    case 'hw.temperature':
      return candidate('Temp', 100);
  }
  const known = describeMetric(metric);
  const place = known ? BOARD_ORDER.indexOf(known.title) : -1;
  if (known && place >= 0) {
    // Of several thermometers, the one with the plainest name represents the device.
    return candidate(SHORT[known.title] ?? known.title, 50 + place + Math.min(metric.length, 99) / 100);
  }
  const label = series.title ?? known?.title ?? titleOf(wordsOf(metric).slice(-2));
  const words = label || metric;
  const dull = DULL.test(metric) || known?.group === 'Wirewatch agent';
  return candidate(
    // Cards and tables truncate labels that do not fit, and show that they did.
    words.length > MAX_LABEL ? `${words.slice(0, MAX_LABEL - 1).trimEnd()}…` : words,
    200 + (dull ? 200 : 0) + (series.kind === 'counter' ? 100 : 0),
  );
}
