import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyOf, refusal } from '../fakes/admission';
import { runCli, startCli, type CliProcess } from '../fakes/cli-process';
import { hello, TestClient } from '../fakes/hub-harness';
import { eventually } from '../patience';

describe('join tokens on the command line', () => {
  let dataDir: string;
  let hub: CliProcess | null = null;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'wirewatch-'));
  });
  afterEach(async () => {
    hub?.kill();
    await hub?.ended;
    hub = null;
    rmSync(dataDir, { recursive: true, force: true });
  });

  const token = (...args: string[]) => runCli(['token', ...args, '--data-dir', dataDir]);

  it('are made and revoked while the hub runs, which sees it at once', async () => {
    hub = startCli(['serve', '--port=0', '--host=127.0.0.1', '--no-local-agent', '--json', '--admit=token', `--data-dir=${dataDir}`]); // prettier-ignore
    const url = String((await hub.event('ready'))['url']).replace('http', 'ws');
    const ask = async (id: string, secret: string) => {
      const agent = await TestClient.open(`${url}/agent`, ['wirewatch.v1']);
      agent.send(hello(id, { token: secret }));
      return agent;
    };
    const made = await token('create', 'rack <b>2</b>', '--uses', '2', '--lifetime', '1h');
    expect(made.code).toBe(0);
    expect(made.stdout).toMatch(/^wwt_[\w-]{32}\n$/);
    expect(made.stderr).toContain('"rack <b>2</b>", valid until');
    const secret = made.stdout.trim();
    const agent = await ask('first', secret);
    expect(await agent.message('welcome')).toMatchObject({ state: 'approved' });
    await keyOf(agent);
    // The use is stored with the device, and a moment later where the command line looks.
    const list = async () =>
      JSON.parse((await token('list', '--json')).stdout) as { id: string; uses: number }[];
    const listed = await eventually(list, ([only]) => only?.uses === 1);
    expect(listed).toMatchObject([{ name: 'rack <b>2</b>', uses: 1, maxUses: 2 }]);
    expect(JSON.stringify(listed)).not.toContain('hash');
    expect((await token('revoke', listed[0]?.id ?? '')).code).toBe(0);
    expect((await refusal(await ask('second', secret))).error).toBe('WRONG_TOKEN');
    expect((await token('list')).stdout).toBe('');
    expect(hub.stdout + hub.stderr).not.toContain(secret);
    agent.end();
  });

  it('leave nothing behind that anybody could use or others could read', async () => {
    const { stdout } = await token('create');
    const [name = ''] = readdirSync(join(dataDir, 'join-tokens'));
    const file = join(dataDir, 'join-tokens', name);
    expect(readFileSync(file, 'utf8')).not.toContain(stdout.trim().slice(4));
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each([
    [['create', 'x', '--uses', 'many']],
    [['create', 'x', '--lifetime', 'soon']],
    [['create', 'y'.repeat(65)]],
    [['revoke']],
    [['revoke', 'abcdef01']],
    [['revoke', '../devices']],
  ])('end with 2 and one line for %j', async (args) => {
    const { code, stdout, stderr } = await token(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
