import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { programSnippet } from '../../src/renderer/src/views/add-device/snippets';
import { storedSamples } from '../fakes/push-client';
import { ADMIN, startRunningWeb, type RunningWeb } from '../fakes/running-web';
import { eventually } from '../patience';
import { buildTelegraf, TELEGRAF_VERSION } from './build-telegraf';
import { describePeer } from './peer';
import { TelegrafProcess } from './telegraf-process';

const CERTIFICATE = '/etc/telegraf/wirewatch.pem';
const telegraf = await buildTelegraf();

/** Returns the output of the `openssl s_client` command in the snippet. */
async function certificateOf(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const certificate = socket.getPeerX509Certificate()?.toString() ?? '';
  socket.destroy();
  return certificate;
}

describePeer(`Telegraf ${TELEGRAF_VERSION} with what the app shows`, telegraf.missing, () => {
  const folder = mkdtempSync(join(tmpdir(), 'wirewatch-trust-'));
  let web: RunningWeb;

  beforeAll(async () => {
    web = await startRunningWeb({}, { admit: 'token' });
  });
  afterAll(async () => {
    await web.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const devices = () => web.hub.execute('listDevices', {}, ADMIN);

  it('joins over TLS with a join token', async () => {
    const use = { name: 'telegraf', lifetimeMs: null, maxUses: 1 };
    const { secret } = await web.hub.execute('createJoinToken', use, ADMIN);
    const file = join(folder, 'wirewatch.pem');
    writeFileSync(file, await certificateOf(web.port));
    const shown = programSnippet(`wss://127.0.0.1:${web.port}`, 'telegraf', { token: secret });
    expect(shown).toContain(CERTIFICATE);
    const config = shown.replace(CERTIFICATE, file);
    const sender = new TelegrafProcess({ path: telegraf.path ?? '', config, hostname: 'joined' });
    try {
      const all = await eventually(devices, ([first]) => first?.state === 'online' && first.seriesCount > 0);
      expect(all).toMatchObject([{ name: 'joined', approval: 'approved' }]);
      const stored = await storedSamples(web.hub, all[0]?.id ?? '');
      expect(stored.some(({ metric }) => metric === 'system.load1')).toBe(true);
    } finally {
      await sender.dispose();
    }
  });

  it('waits to be approved, and sends on the same connection then', async () => {
    await web.hub.execute('updateSettings', { admit: 'ask' }, ADMIN);
    const config = programSnippet(`ws://127.0.0.1:${web.port}`, 'telegraf');
    const sender = new TelegrafProcess({ path: telegraf.path ?? '', config, hostname: 'waiting' });
    const waiting = async () => (await devices()).find(({ name }) => name === 'waiting');
    try {
      const pending = await eventually(waiting);
      expect(pending).toMatchObject({ approval: 'pending', seriesCount: 0 });
      await web.hub.execute('approveDevice', { device: pending?.id ?? '' }, ADMIN);
      await eventually(waiting, (device) => device?.state === 'online' && device.seriesCount > 0);
      expect(sender.output).not.toMatch(/E!/);
    } finally {
      await sender.dispose();
    }
  });
});
