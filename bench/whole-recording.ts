import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { formatSeriesKey } from '@shared/protocol/series-key';
import type { SampleStore, StoredSeries } from '../src/main/hub/store-contract/store-contract';

/** Rows per commit: a hub commits a few times a second. */
const ROWS_PER_COMMIT = 1;
const DEVICE = 'recorded-host';

export interface WholeRecording {
  series: StoredSeries[];
  t: number[];
  rows: (number | null)[][];
  /** Values that are not null, in all rows. */
  samples: number;
}

interface Header {
  series: { name: string; labels: Record<string, string>; kind: 'gauge' | 'counter' }[];
}

/** Reads a recording with all its series: `.ndjson` or `.ndjson.gz`, see `resources/demo`. */
export function readWholeRecording(file: string): WholeRecording {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  const [first = '', ...lines] = text.trimEnd().split('\n');
  const header = JSON.parse(first) as Header;
  const parsed = lines.map((line) => JSON.parse(line) as (number | null)[]);
  const rows = parsed.map((row) => row.slice(1));
  return {
    series: header.series.map(({ name, labels, kind }, i) => ({
      id: i + 1,
      device: DEVICE,
      key: formatSeriesKey(name, labels),
      metric: name,
      labels,
      unit: '',
      isUnitGuessed: false,
      kind,
      title: null,
      min: null,
      max: null,
    })),
    t: parsed.map((row) => row[0] ?? 0),
    rows,
    samples: rows.reduce((sum, row) => sum + row.filter((value) => value !== null).length, 0),
  };
}

/** Commits a recording `repeats` times, one after the other in time, as a hub does with live data. */
export async function commitRecording(
  store: SampleStore,
  recording: WholeRecording,
  repeats: number,
): Promise<void> {
  const { series, t, rows } = recording;
  const ids = Int32Array.from(series, (one) => one.id);
  const span = (t.at(-1) ?? 0) - (t[0] ?? 0) + 1_000;
  await store.commit({ series, rows: [], marks: [], events: [] });
  const waiting: Promise<void>[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (let at = 0; at < rows.length; at += ROWS_PER_COMMIT) {
      const some = rows.slice(at, at + ROWS_PER_COMMIT);
      const batch = {
        device: DEVICE,
        series: ids.slice(),
        t: Float64Array.from(some, (_, i) => (t[at + i] ?? 0) + repeat * span),
        v: Float64Array.from(
          some.flatMap((row) => row),
          (value) => value ?? Number.NaN,
        ),
      };
      waiting.push(store.commit({ series: [], rows: [batch], marks: [], events: [] }));
      if (waiting.length >= 2) await waiting.shift();
    }
  }
  await Promise.all(waiting);
}
