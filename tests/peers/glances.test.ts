import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newestValues, storedSamples } from '../fakes/push-client';
import { ADMIN, startRunningWeb, type RunningWeb } from '../fakes/running-web';
import { eventually } from '../patience';
import { installPyPi } from './packages';
import { describePeer, startPeer, type Peer } from './peer';

const INTERVAL_S = 2;
const { missing, folder } = await installPyPi(['glances==4.5.8', 'influxdb-client==1.50.0']);

describePeer('Glances with its export influxdb2', missing, () => {
  const work = mkdtempSync(join(tmpdir(), 'wirewatch-glances-'));
  let web: RunningWeb;
  let glances: Peer;

  beforeAll(async () => {
    web = await startRunningWeb({}, { admit: 'ask' });
    const docs = readFileSync('docs/http-ingest.md', 'utf8');
    const section = /```ini\n([^]*?)```/.exec(docs)?.[1] ?? '';
    // Users leave out the token if the hub asks about new devices.
    const config = section.replace('host=HUB', 'host=127.0.0.1').replace('7411', String(web.port));
    writeFileSync(join(work, 'glances.conf'), config.replace('token=a join token', 'token='));
    const options = [
      '--export',
      'influxdb2',
      '-C',
      join(work, 'glances.conf'),
      '-q',
      '-t',
      String(INTERVAL_S),
    ];
    glances = startPeer(join(folder, 'bin', 'glances'), options, { cwd: work });
  });
  afterAll(async () => {
    await glances.stop();
    await web.dispose();
    rmSync(work, { recursive: true, force: true });
  });

  const devices = () => web.hub.execute('listDevices', {}, ADMIN);

  it('waits for approval, and is let in then', async () => {
    const [waiting] = await eventually(devices, (all) => all.length > 0);
    expect(waiting).toMatchObject({ name: hostname(), approval: 'pending' });
    await web.hub.execute('approveDevice', { device: waiting?.id ?? '' }, ADMIN);
    await eventually(devices, ([device]) => (device?.seriesCount ?? 0) > 0);
  });

  it('has its values under the names that Glances gives them, and fills no event log', async () => {
    const id = (await devices())[0]?.id ?? '';
    const values = await eventually(
      () => newestValues(web.hub, id),
      (all) => 'mem.percent' in all && 'cpu.total' in all,
    );
    expect(values['mem.percent']).toBeGreaterThan(0);
    expect(values['load.min1']).toBeGreaterThanOrEqual(0);
    const load = await eventually(
      async () => (await storedSamples(web.hub, id)).find(({ metric }) => metric === 'load.min1')?.t ?? [],
      (times) => times.length >= 3,
    );
    // Glances sends no times, so the arrival time counts.
    expect(load.every((time) => Math.abs(time - Date.now()) < 60_000)).toBe(true);
    const events = await web.hub.execute('listEvents', {}, ADMIN);
    expect(events.filter(({ text }) => /^now\.|\.key\b/.test(text))).toEqual([]);
  });
});
