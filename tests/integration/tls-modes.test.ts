import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'node:https';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceInfo } from '@shared/model';
import { testCertificate, writeCertificate } from '../fakes/certificates';
import { runCli, startCli, type CliProcess } from '../fakes/cli-process';
import { eventually } from '../patience';

type Listed = Pick<DeviceInfo, 'name' | 'state' | 'local'>;

describe('the built program', () => {
  let folder: string;
  let running: CliProcess[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wirewatch-'));
    running = [];
  });
  afterEach(async () => {
    for (const one of running) one.kill('SIGTERM');
    await Promise.all(running.map(({ ended }) => ended));
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(...args: string[]) {
    const program = startCli([...args, '--port=0', '--host=127.0.0.1', '--json']);
    running.push(program);
    return program.event('ready');
  }

  const serve = (...args: string[]) => start('serve', `--data-dir=${join(folder, 'hub')}`, ...args);

  /** A GET over whichever scheme the program printed; its certificate is nobody's business here. */
  async function get(url: string): Promise<{ status: number; body: string }> {
    if (url.startsWith('http:')) {
      const answer = await fetch(url, { redirect: 'manual' });
      return { status: answer.status, body: await answer.text() };
    }
    return new Promise((resolve, reject) => {
      const agent = new Agent({ rejectUnauthorized: false });
      request(url, { agent }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      })
        .on('error', reject)
        .end();
    });
  }

  const devices = async (url: string): Promise<Listed[]> => {
    const { body } = await get(`${url}/api/v1/devices`);
    return (JSON.parse(body) as { devices: Listed[] }).devices;
  };

  it.each(['off', 'allow', 'require'])(
    'prints an address that opens, and watches its own machine, with --tls %s',
    async (mode) => {
      const ready = await serve('--tls', mode);
      const url = String(ready['url']);
      expect(url.startsWith(mode === 'require' ? 'https://' : 'http://')).toBe(true);
      expect(await get(`${url}/`)).toMatchObject({ status: 200 });
      expect(String(ready['link'])).toContain(url);
      expect(ready['fingerprint'] === null).toBe(mode === 'off');
      const own = await eventually(
        () => devices(url),
        (all) => all.some(({ local, state }) => local && state === 'online'),
      );
      expect(own).toHaveLength(1);
    },
  );

  it.each(['allow', 'require'])('plays its demo with --tls %s', async (mode) => {
    const ready = await start('demo', '--tls', mode, '--devices', '12');
    const url = String(ready['url']);
    await eventually(
      () => devices(url),
      (all) => all.filter(({ state }) => state === 'online').length >= 8,
    );
  });

  it('takes a certificate of the user, and says in words what is wrong with half of one', async () => {
    const { certFile, keyFile } = writeCertificate(folder, await testCertificate());
    const ready = await serve('--tls-cert', certFile, '--tls-key', keyFile, '--no-local-agent');
    expect(String(ready['fingerprint'])).toMatch(/^[0-9A-F:]{95}$/);
    const half = await runCli(['serve', '--port=0', `--data-dir=${folder}`, '--tls-cert', certFile]);
    expect(half).toMatchObject({ code: 2, stdout: '' });
    expect(half.stderr).toMatch(/^wirewatch: .*both --tls-cert and --tls-key\.\n$/);
  });

  it('exports over TLS to whoever names the certificate, and to nobody who names another', async () => {
    const ready = await serve('--tls', 'require');
    const url = String(ready['url']);
    await eventually(
      () => devices(url),
      (all) => all.some(({ local, state }) => local && state === 'online'),
    );
    const fingerprint = String(ready['fingerprint']);
    const exported = (...args: string[]) => runCli(['export', '--from', '-1h', ...args]);
    expect(await exported('--url', url, '--fingerprint', fingerprint)).toMatchObject({ code: 0 });
    const wrong = await exported('--url', url, '--fingerprint', `00${fingerprint.slice(2)}`);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain(fingerprint);
    expect(await exported('--url', url.replace('https', 'http'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Use https://') as string,
    });
  });

  it('runs on without TLS when the certificate is no good', async () => {
    const ready = await serve('--tls-cert', '/nowhere/c.pem', '--tls-key', '/nowhere/k.pem');
    expect(ready).toMatchObject({ fingerprint: null, secureAgentUrls: [] });
    const url = String(ready['url']);
    await eventually(
      () => devices(url),
      (all) => all.some(({ local, state }) => local && state === 'online'),
    );
  });
});
