import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { storedSamples, type StoredSamples } from '../fakes/push-client';
import { startRunningWeb, type RunningWeb } from '../fakes/running-web';
import { eventually } from '../patience';
import { installDebian } from './debian';
import { describePeer, startPeer, type Peer } from './peer';
import { soFar } from './so-far';

// Libraries of the plugin `write_http`, which Debian's package only suggests.
const missing = await installDebian(['collectd-core', 'libcurl3-gnutls', 'libyajl2']);

/** The formats in the documentation: JSON, and PUTVAL, which collectd calls `Command`. */
const FORMATS = ['JSON', 'Command'];

describePeer("collectd's write_http", missing, () => {
  let folder: string;
  let web: RunningWeb;
  const running: Peer[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wirewatch-collectd-'));
    web = await startRunningWeb({}, { admit: 'open' });
    for (const format of FORMATS) {
      const file = join(folder, `${format}.conf`);
      writeFileSync(file, config(folder, format, web.port));
      running.push(startPeer('collectd', ['-f', '-C', file]));
    }
  });
  afterAll(async () => {
    await Promise.all(running.map((peer) => peer.stop()));
    await web?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const format of FORMATS) {
    it(`reports cpu, load and memory as ${format}, at its own times`, async () => {
      const all = await eventually(
        () => soFar(storedSamples(web.hub, `collectd-${format}`), []),
        (series) => series.length > 0 && series.every(({ t }) => new Set(t).size >= 3),
      );
      const one = (metric: string, labels: Record<string, string> = {}): StoredSamples => {
        const found = all.find((series) => series.metric === metric && same(series.labels, labels));
        if (!found) throw new Error(`no ${metric} among ${all.map(({ metric }) => metric).join(' ')}`);
        return found;
      };
      const [shortterm] = readFileSync('/proc/loadavg', 'utf8').split(' ').map(Number);
      expect(one('load.shortterm').v.at(-1)).toBeCloseTo(shortterm ?? 0, -1);
      expect(one('load.shortterm')).toMatchObject({ kind: 'gauge', unit: '' });

      const memory = all.filter(({ metric }) => metric === 'memory');
      const names = memory.map(({ labels }) => labels['type_instance']).sort();
      expect(names).toEqual(['buffered', 'cached', 'free', 'slab_recl', 'slab_unrecl', 'used']);
      expect(memory.map(({ kind, unit }) => [kind, unit])).toEqual(memory.map(() => ['gauge', 'By']));
      const total = memory.reduce((sum, { v }) => sum + (v.at(-1) ?? 0), 0);
      expect(total / totalmem()).toBeCloseTo(1, 1);

      const idle = one('cpu', { instance: '0', type_instance: 'idle' });
      expect(idle.kind).toBe('counter');
      expect(
        new Set(all.filter(({ metric }) => metric === 'cpu').map(({ labels }) => labels['instance'])).size,
      ).toBe(cpus().length);
      // One second apart, as collectd measured them, not as they arrived.
      const gaps = idle.t.slice(1).map((t, i) => t - (idle.t[i] ?? 0));
      expect(Math.min(...gaps)).toBeGreaterThan(800);
    });
  }
});

function config(folder: string, format: string, port: number): string {
  const docs = readFileSync('docs/http-ingest.md', 'utf8');
  const [, recipe = ''] = /```\n(LoadPlugin write_http\n[^]*?)```/.exec(docs) ?? [];
  return `Hostname "collectd-${format}"
FQDNLookup false
Interval 1
BaseDir "${folder}"
PIDFile "${folder}/${format}.pid"
LoadPlugin cpu
LoadPlugin load
LoadPlugin memory
${recipe.replace('HUB:7411', `127.0.0.1:${port}`).replace('Format "JSON"', `Format "${format}"`)}`;
}

function same(a: Record<string, string>, b: Record<string, string>): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => a[name] === b[name]);
}
