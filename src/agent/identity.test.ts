import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DEVICE_ID } from '@shared/protocol/agent-messages';
import { defaultDataDir, openIdentity } from './identity';
import { takeLock } from './identity-lock';
import { recordingLogger, temporaryFolder } from './testing/test-support';

function open(dataDir: string | null, name = 'nas', log = recordingLogger()) {
  const opened = openIdentity(dataDir, name, log);
  if (opened.ok) onTestFinished(() => opened.value.release());
  return opened;
}

function mustOpen(dataDir: string | null, name = 'nas', log = recordingLogger()) {
  const opened = open(dataDir, name, log);
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

const files = (folder: string) => readdirSync(join(folder, 'agents')).sort();
const pathOf = (folder: string, end: string) =>
  join(folder, 'agents', files(folder).find((f) => f.endsWith(end)) ?? '');

describe('the identity', () => {
  it('is kept between runs, one for each name, readable by its owner only', () => {
    const folder = temporaryFolder();
    const first = mustOpen(folder);
    const id = first.id;
    expect(id).toMatch(DEVICE_ID);
    first.release();
    const again = mustOpen(folder);
    expect(again.id).toBe(id);
    expect(mustOpen(folder, 'other').id).not.toBe(id);
    if (process.platform !== 'win32') expect(statSync(pathOf(folder, '.json')).mode & 0o777).toBe(0o600);
  });

  it('moves a key from an address to the hub that was met there, so that no other hub there gets it', () => {
    const folder = temporaryFolder();
    const identity = mustOpen(folder);
    identity.saveKey('nas:7411', 'secret');
    identity.moveKey('nas:7411', 'key:abc');
    identity.moveKey('attic:7411', 'key:abc');
    expect(identity.keyFor('nas:7411')).toBeUndefined();
    expect(identity.keyFor('key:abc')).toBe('secret');
    expect(identity.keyFor('constructor')).toBeUndefined();
    identity.release();
    expect(mustOpen(folder).keyFor('key:abc')).toBe('secret');
  });

  it('is not written again for a key that it has', () => {
    const folder = temporaryFolder();
    const identity = mustOpen(folder);
    identity.saveKey('nas:7411', 'secret');
    // Each write makes a new file.
    const { ino } = statSync(pathOf(folder, '.json'));
    for (let i = 0; i < 100; i++) identity.saveKey('nas:7411', 'secret');
    expect(statSync(pathOf(folder, '.json')).ino).toBe(ino);
  });

  it('keeps the key of each hub', () => {
    const folder = temporaryFolder();
    const first = mustOpen(folder);
    first.saveKey('nas:7411', 'secret');
    first.saveKey('other:7411', 'more');
    first.release();
    const again = mustOpen(folder);
    expect(again.keyFor('nas:7411')).toBe('secret');
    expect(again.keyFor('else:7411')).toBeUndefined();
    expect(files(folder).some((file) => file.endsWith('.new'))).toBe(false);
  });

  it('belongs to one agent at a time', () => {
    const folder = temporaryFolder();
    mustOpen(folder);
    expect(open(folder)).toMatchObject({ ok: false, error: { code: 'IDENTITY_IN_USE' } });
  });

  it('is refused while another living process holds it, and taken over once that is dead', async () => {
    const folder = temporaryFolder();
    mustOpen(folder).release();
    const lock = pathOf(folder, '.json').replace(/json$/, 'lock');
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    writeFileSync(lock, `${other.pid}\n`);
    expect(open(folder)).toMatchObject({ ok: false, error: { code: 'IDENTITY_IN_USE' } });
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(open(folder).ok).toBe(true);
  });

  it.runIf(process.platform === 'linux')('is taken over when the pid is another process by now', () => {
    const folder = temporaryFolder();
    mustOpen(folder).release();
    writeFileSync(pathOf(folder, '.json').replace(/json$/, 'lock'), `${process.ppid} 1\n`);
    expect(open(folder).ok).toBe(true);
  });

  it.runIf(process.platform === 'linux')('is taken over when a system without start times left it', () => {
    const folder = temporaryFolder();
    mustOpen(folder).release();
    writeFileSync(pathOf(folder, '.json').replace(/json$/, 'lock'), `${process.ppid} \n`);
    expect(open(folder).ok).toBe(true);
  });

  it.each(['darwin', 'win32', 'freebsd'] as const)(
    'is free where the system keeps locks (%s), whatever a crashed agent left in the file',
    (system) => {
      const lock = join(temporaryFolder(), 'nas.lock');
      writeFileSync(lock, `${process.ppid} \n`);
      const taken = takeLock(lock, 'nas', system);
      expect(taken.ok).toBe(true);
      if (taken.ok) taken.value();
      expect(takeLock(lock, 'nas', system).ok).toBe(true);
    },
  );

  it.skipIf(process.platform === 'linux')(
    'is refused where the system keeps locks while somebody holds it',
    () => {
      const lock = join(temporaryFolder(), 'nas.lock');
      const taken = takeLock(lock, 'nas');
      expect(takeLock(lock, 'nas')).toMatchObject({ ok: false, error: { code: 'IDENTITY_IN_USE' } });
      if (taken.ok) taken.value();
      expect(takeLock(lock, 'nas').ok).toBe(true);
    },
  );

  it('is taken over from an earlier run that had the same pid', () => {
    const folder = temporaryFolder();
    mustOpen(folder).release();
    writeFileSync(pathOf(folder, '.json').replace(/json$/, 'lock'), `${process.pid} 1\n`);
    expect(open(folder).ok).toBe(true);
  });

  it('lasts for one run, with a warning, where nothing can be written', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const log = recordingLogger();
    expect(mustOpen(file, 'nas', log).id).toMatch(DEVICE_ID);
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toContain('cannot save an identity');
  });

  it('is what its file says where nothing can be written any more', () => {
    const folder = temporaryFolder();
    const first = mustOpen(folder);
    first.release();
    const lock = pathOf(folder, '.json').replace(/json$/, 'lock');
    rmSync(lock, { force: true });
    mkdirSync(lock);
    const log = recordingLogger();
    const again = mustOpen(folder, 'nas', log);
    expect(again.id).toBe(first.id);
    expect(again.folder).toBeNull();
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toContain('will not be saved');
  });

  it('is made anew when its file is damaged, which is kept aside', () => {
    const folder = temporaryFolder();
    const first = mustOpen(folder);
    first.release();
    writeFileSync(pathOf(folder, '.json'), '{"id": ');
    const log = recordingLogger();
    expect(mustOpen(folder, 'nas', log).id).not.toBe(first.id);
    expect(files(folder).some((file) => file.endsWith('.damaged'))).toBe(true);
    expect(log.lines[0]).toContain('damaged');
  });

  it('is not written for names that would escape the folder', () => {
    const folder = temporaryFolder();
    mustOpen(folder, '../../../etc/passwd');
    expect(files(folder).every((file) => /^[A-Za-z0-9-]+\.(json|lock)$/.test(file))).toBe(true);
    expect(readFileSync(pathOf(folder, '.json'), 'utf8')).toContain('passwd');
  });

  it('lives where each system keeps such things', () => {
    expect(defaultDataDir({ XDG_CONFIG_HOME: '/x' }, 'linux')).toBe(join('/x', 'wirewatch'));
    expect(defaultDataDir({}, 'linux')).toMatch(/\.config.wirewatch$/);
    expect(defaultDataDir({ APPDATA: 'C:\\A' }, 'win32')).toMatch(/^C:\\A.wirewatch$/);
    expect(defaultDataDir({}, 'darwin')).toMatch(/Application Support.wirewatch$/);
  });
});
