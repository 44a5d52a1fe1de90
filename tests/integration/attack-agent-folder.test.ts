import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskFiles } from '../../src/agent/spool/spool-files';
import { runCli, startCli } from '../fakes/cli-process';
import { eventually } from '../patience';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

describe.skipIf(process.platform === 'win32')("an agent's data folder in which others could write", () => {
  let folder: string;
  let victim: string;
  let dataDir: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wirewatch-'));
    victim = join(folder, 'victim');
    dataDir = join(folder, 'data');
    mkdirSync(victim);
    writeFileSync(join(victim, 'file'), 'precious');
    mkdirSync(dataDir, { mode: 0o700 });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...more: string[]) => runCli(['agent', 'ws://127.0.0.1:9', '--data-dir', dataDir, ...more]);
  const untouched = () => {
    expect(readdirSync(victim)).toEqual(['file']);
    expect(readFileSync(join(victim, 'file'), 'utf8')).toBe('precious');
  };

  it.skipIf(!isRoot)('is refused where it belongs to another user, with what was planted in it', async () => {
    symlinkSync(victim, join(dataDir, 'agents'));
    symlinkSync(join(victim, 'file'), join(dataDir, 'hubs.json'));
    for (const name of ['agents', 'hubs.json']) lchownSync(join(dataDir, name), NOBODY, NOBODY);
    chownSync(dataDir, NOBODY, NOBODY);
    for (const mode of [0o777, 0o755, 0o700]) {
      chmodSync(dataDir, mode);
      const { code, stderr } = await run();
      expect(code).toBe(2);
      expect(stderr).toContain('belongs to another user');
      expect((await run('--forget-hub', 'nas')).code).toBe(2);
      untouched();
    }
  });

  it.skipIf(!isRoot)('is refused where another user has planted a list of hubs, or a link', async () => {
    const planted = join(dataDir, 'hubs.json');
    writeFileSync(planted, '{"hubs":[]}');
    chownSync(planted, NOBODY, NOBODY);
    expect((await run()).stderr).toContain(planted);
    rmSync(planted);
    mkdirSync(join(dataDir, 'spool'));
    symlinkSync(victim, join(dataDir, 'spool', 'vm'));
    lchownSync(join(dataDir, 'spool', 'vm'), NOBODY, NOBODY);
    expect((await run()).code).toBe(2);
    untouched();
  });

  it('is closed to others where it is this user’s own, and the log says so', async () => {
    chmodSync(dataDir, 0o777);
    const agent = startCli(['agent', 'ws://127.0.0.1:9', '--data-dir', dataDir]);
    await eventually(() => agent.stdout.includes('now only you can'));
    agent.kill('SIGTERM');
    await agent.ended;
    expect(statSync(dataDir).mode & 0o777).toBe(0o755);
  });

  it('has no file whose name could be guessed and that is written through a link', () => {
    const path = join(dataDir, 'lost.json');
    for (const draft of [`${path}.tmp`, `${path}.${process.pid}.new`])
      symlinkSync(join(victim, 'file'), draft);
    diskFiles.replace(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    const segment = join(dataDir, '0000000001.seg');
    symlinkSync(join(victim, 'file'), segment);
    expect(() => diskFiles.create(segment)).toThrow();
    expect(() => diskFiles.reopen(segment)).toThrow();
    untouched();
  });

  it.skipIf(!isRoot)('does not stop an agent whose parent folders are as usual', async () => {
    execFileSync('chmod', ['755', folder]);
    const agent = startCli(['agent', 'ws://127.0.0.1:9', '--data-dir', join(folder, 'new')]);
    await eventually(() => agent.stdout.includes('cannot reach the hub'));
    agent.kill('SIGTERM');
    await agent.ended;
    expect(agent.stdout).not.toContain('Other users');
    expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700);
  });
});
