import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPeer, type Peer } from './peer';

/** Series by `metric{label=value,…}`; each contains its values by time, ms since the epoch. */
export type Samples = Map<string, Map<number, number>>;

export function seriesName(metric: string, labels: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${metric}{${sorted.map(([name, value]) => `${name}=${value}`).join(',')}}`;
}

/** Adds a sample; if a series has two with the same time, the last one wins. */
export function addSample(samples: Samples, series: string, time: number, value: number): void {
  const known = samples.get(series);
  if (known) known.set(time, value);
  else samples.set(series, new Map([[time, value]]));
}

export interface TelegrafOptions {
  /** The path of the program. */
  path: string;
  /** Its configuration, as a user writes it. */
  config: string;
  /** The host name that it reports. */
  hostname: string;
  /** Additional lines for its `[agent]` section. */
  agent?: string;
}

/**
 * A running Telegraf that also writes its samples to a file. The file, its host name and additions to `[agent]` are in
 * a second configuration, so that the first one stays unchanged.
 */
export class TelegrafProcess {
  readonly #folder: string;
  readonly #peer: Peer;
  readonly #hostname: string;

  constructor({ path, config, hostname, agent = '' }: TelegrafOptions) {
    this.#folder = mkdtempSync(join(tmpdir(), 'wirewatch-telegraf-'));
    this.#hostname = hostname;
    const beside = `[agent]
  hostname = "${hostname}"
  logfile = ""
${agent}
[[outputs.file]]
  files = ["${this.#besideFile}"]
  data_format = "json"
  json_timestamp_units = "1ms"
`;
    writeFileSync(join(this.#folder, 'telegraf.conf'), config);
    writeFileSync(join(this.#folder, 'beside.conf'), beside);
    const files = ['telegraf.conf', 'beside.conf'].flatMap((name) => ['--config', join(this.#folder, name)]);
    this.#peer = startPeer(path, files, { cwd: this.#folder });
  }

  get output(): string {
    return this.#peer.output;
  }

  get ended(): Promise<number | null> {
    return this.#peer.ended;
  }

  /** Returns all samples that it has gathered so far. */
  gathered(): Samples {
    const samples: Samples = new Map();
    for (const { name, tags, fields, timestamp } of this.#points()) {
      const { host, ...labels } = tags;
      if (host !== this.#hostname) continue;
      for (const [field, value] of Object.entries(fields)) {
        if (typeof value === 'string') continue;
        addSample(samples, seriesName(`${name}.${field}`, labels), timestamp, Number(value));
      }
    }
    return samples;
  }

  /** Sends its remaining samples, and ends. */
  stop(): Promise<void> {
    return this.#peer.stop();
  }

  async dispose(): Promise<void> {
    await this.#peer.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #besideFile(): string {
    return join(this.#folder, 'beside.json');
  }

  #points(): Point[] {
    if (!existsSync(this.#besideFile)) return [];
    // The last line may not be complete yet.
    const lines = readFileSync(this.#besideFile, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Point);
  }
}

interface Point {
  name: string;
  tags: Record<string, string>;
  fields: Record<string, number | boolean | string>;
  timestamp: number;
}
