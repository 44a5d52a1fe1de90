import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lastLine, PEERS_CACHE } from './debian';

const MODULE = 'github.com/influxdata/telegraf';
export const TELEGRAF_VERSION = '1.37.2';
/** The plugins to build in. Without the others, the build takes minutes instead of half an hour. */
const PLUGINS = [
  'inputs.cpu',
  'inputs.diskio',
  'inputs.mem',
  'inputs.net',
  'inputs.system',
  'outputs.file',
  'outputs.http',
  'outputs.influxdb',
  'outputs.influxdb_v2',
  'outputs.websocket',
  'serializers.influx',
  'serializers.json',
];
const BUILD_LIMIT_MS = 40 * 60_000;
const FOLDER = join(PEERS_CACHE, `telegraf-${TELEGRAF_VERSION}`);
const PROGRAM = join(FOLDER, 'telegraf');

export type BuiltTelegraf = { missing: string; path: null } | { missing: null; path: string };

/** Builds a real Telegraf from its Go module; it is kept between runs. */
export async function buildTelegraf(): Promise<BuiltTelegraf> {
  const missing = existsSync(PROGRAM) ? null : await build();
  return missing === null ? { missing, path: PROGRAM } : { missing, path: null };
}

/** @returns why it could not be built, or null */
async function build(): Promise<string | null> {
  const run = promisify(execFile);
  try {
    await run('go', ['version']);
  } catch {
    return 'needs Go to build it';
  }
  // Renamed only when it is complete. Another test file may build it at the same time; it then waits here and has
  // nothing left to do.
  const building = `${FOLDER}.${process.pid}`;
  mkdirSync(building, { recursive: true });
  const version = `-ldflags=-s -w -X ${MODULE}/internal.Version=${TELEGRAF_VERSION}`;
  const tags = `-tags=custom,${PLUGINS.join(',')}`;
  const install = [
    'go',
    'install',
    '-trimpath',
    version,
    tags,
    `${MODULE}/cmd/telegraf@v${TELEGRAF_VERSION}`,
  ];
  const env = { ...process.env, GOBIN: building, CGO_ENABLED: '0' };
  console.log('Building Telegraf from its Go module. The first time, this takes some minutes.');
  try {
    const alone = [join(PEERS_CACHE, 'telegraf.lock'), 'nice', '-n', '15', ...install];
    await run('flock', alone, { env, timeout: BUILD_LIMIT_MS, maxBuffer: 16 * 1024 * 1024 });
    if (!existsSync(PROGRAM)) renameSync(building, FOLDER);
    return null;
  } catch (error) {
    return `Go could not build ${MODULE}@v${TELEGRAF_VERSION}: ${lastLine(String(error))}`;
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}
