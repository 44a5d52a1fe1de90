import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPeer, type Peer } from './peer';

/** Series by `metric{label=value,…}`; each with its values by their times, ms since the epoch. */
export type Samples = Map<string, Map<number, number>>;

export function seriesName(metric: string, labels: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${metric}{${sorted.map(([name, value]) => `${name}=${value}`).join(',')}}`;
}

/** Adds a sample; of two of one series and time, the last counts. */
export function addSample(samples: Samples, series: string, time: number, value: number): void {
  const known = samples.get(series);
  if (known) known.set(time, value);
  else samples.set(series, new Map([[time, value]]));
}

export interface TelegrafOptions {
  /** The program. */
  path: string;
  /** Its configuration, as a user would have it. */
  config: string;
  /** The name that it gives its host. */
  hostname: string;
  /** More lines of its `[agent]`. */
  agent?: string;
}

/**
 * A running Telegraf, which also writes what it gathers to a file. That, its name and more of `[agent]` stand in a second
 * configuration, so that the first one stays as it is.
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

  /** Everything that it gathered so far. */
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

  /** Sends what it still has, and ends. */
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
    // The last line may be on its way.
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
