import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import * as v from 'valibot';
import { formatSeriesKey } from '@shared/protocol/series-key';

const headSchema = v.object({
  about: v.string(),
  series: v.array(
    v.object({
      name: v.string(),
      labels: v.record(v.string(), v.string()),
      kind: v.picklist(['gauge', 'counter']),
    }),
  ),
});
const rowSchema = v.array(v.nullable(v.number()));

/** A real host's data, second by second. Counters are given as their rate per second. */
export interface Recording {
  seconds: number;
  /** Returns one value per second; throws if the recording has no such series. */
  values(name: string, labels?: Record<string, string>): Float64Array;
}

/** Reads a recording of `node_exporter`: gzipped JSON lines, the first of which describes the series of all others. */
export async function loadRecording(path: string): Promise<Recording> {
  const [first = '', ...lines] = gunzipSync(await readFile(path))
    .toString('utf8')
    .trim()
    .split('\n');
  const head = v.parse(headSchema, JSON.parse(first));
  const rows = lines.map((line) => v.parse(rowSchema, JSON.parse(line)));
  const columnOf = new Map(head.series.map((one, i) => [formatSeriesKey(one.name, one.labels), i + 1]));
  const times = rows.map((row) => row[0] ?? 0);

  return {
    seconds: rows.length,
    values(name, labels = {}) {
      const column = columnOf.get(formatSeriesKey(name, labels));
      if (column === undefined) throw new Error(`The recording has no series "${name}".`);
      const raw = fillGaps(rows.map((row) => row[column] ?? null));
      return head.series[column - 1]?.kind === 'counter' ? rates(raw, times) : raw;
    },
  };
}

/** Replaces a missing value with the one before it; at the start, with the first value. */
function fillGaps(values: (number | null)[]): Float64Array {
  let last = values.find((value) => value !== null) ?? 0;
  return Float64Array.from(values, (value) => (last = value ?? last));
}

/**
 * Converts a counter to its increase per second; the first second repeats the second one, and a reset counts as no
 * increase.
 */
function rates(counter: Float64Array, times: number[]): Float64Array {
  const out = new Float64Array(counter.length);
  for (let i = 1; i < counter.length; i++) {
    const seconds = ((times[i] ?? 0) - (times[i - 1] ?? 0)) / 1_000;
    const increase = (counter[i] ?? 0) - (counter[i - 1] ?? 0);
    out[i] = seconds > 0 && increase > 0 ? increase / seconds : 0;
  }
  out[0] = out[1] ?? 0;
  return out;
}
